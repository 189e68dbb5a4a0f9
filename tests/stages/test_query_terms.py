"""The pay, degree, category, hours, length and start that a recruiter types are no words of a trade, and no skills."""

import time

import pytest

from matcher.compose import load_thesaurus
from matcher.core.domain import Kind, Posting, Profile, SalaryRange
from matcher.search import sought
from matcher.stages.text.query import parse


@pytest.mark.parametrize(
    "term",
    [
        "catégorie A",
        "cat. A+",
        "catégorie B ou C",
        "disponible immédiatement",
        "dispo sous 1 mois",
        "available now",
        "asap",
        "prise de poste au 01/09/2026",
        "à pourvoir dès que possible",
        "à partir de mars",
        "à compter du 1er septembre 2026",
        "septembre 2026",
        "12 mois",
        "6 mois renouvelables",
        "temps partiel 80 %",
        "50% ETP",
        "mi-temps",
        "part-time",
        "35h",
        "500 €/jour",
        "TJM 600",
        "2500 € net par mois",
        "rémunération selon profil",
    ],
)
def test_a_term_that_no_field_tells_is_shown_and_not_compared(term: str) -> None:
    for text in (f"data scientist {term}", f"data scientist, {term}, Lyon"):
        query = parse(text)
        assert query.words == "data scientist"
        assert query.terms == (term,)
        assert (query.education_level, query.salary_min, query.salary_max) == (None, None, None)


@pytest.mark.parametrize(
    ("term", "level"),
    [
        ("bac+2", 5),
        ("BTS", 5),
        ("bac + 3 minimum", 6),
        ("bac+3/4", 6),
        ("licence pro", 6),
        ("bac+5", 7),
        ("niveau master", 7),
        ("master 2", 7),
        ("école d'ingénieurs", 7),
        ("diplôme d’ingénieur", 7),
        ("PhD", 8),
        ("doctorat", 8),
    ],
)
def test_a_degree_is_asked_for(term: str, level: int) -> None:
    query = parse(f"data scientist, {term}")
    assert (query.words, query.education_level, query.terms) == ("data scientist", level, (term,))


@pytest.mark.parametrize(
    ("term", "least", "most"),
    [
        ("salaire 60k€", 60_000, 60_000),
        ("45 000 € brut annuel", 45_000, 45_000),
        ("45.000€", 45_000, 45_000),
        ("40 à 50K€", 40_000, 50_000),
        ("55-65 k€ bruts", 55_000, 65_000),
        ("entre 40 et 45 k€", 40_000, 45_000),
        ("rémunération de 42 000 à 48 000 euros", 42_000, 48_000),
        ("moins de 45k", None, 45_000),
        ("50 k€ max", None, 50_000),
        ("salaire > 50000", 50_000, None),
        ("60k+", 60_000, None),
        ("60k", 60_000, 60_000),
        ("payé 50k€", 50_000, 50_000),
        ("50k€/an", 50_000, 50_000),
        ("at least 50 k€", 50_000, None),
    ],
)
def test_a_yearly_pay_is_offered_or_wished(term: str, least: float | None, most: float | None) -> None:
    query = parse(f"RSSI, {term}, Paris")
    assert (query.words, query.places, query.terms) == ("RSSI", ("Paris",), (term,))
    assert (query.salary_min, query.salary_max) == (least, most)


@pytest.mark.parametrize(
    "quality",
    [
        "motivé",
        "très motivée",
        "motivé·e",
        "motivé(e)s",
        "rigoureux et autonome",
        "rigoureux/se",
        "Rigoureuse",
        "dynamique",
        "polyvalente",
        "débrouillard",
        "sérieux(se)",
        "proactif",
        "réactif·ve",
        "profil motivé",
        "quelqu'un de fiable",
        "self-motivated",
        "highly motivated and reliable",
        "well-organised",
    ],
)
def test_a_quality_between_commas_is_shown_and_not_compared(quality: str) -> None:
    for text in (f"développeur, {quality}", f"développeur ({quality}), Lyon", f"développeur\n{quality}\n5 ans"):
        query = parse(text)
        assert (query.words, query.terms) == ("développeur", (quality,))
    query = parse(f"développeur, {quality}, n8n")
    posting = sought(query, Kind.PROFILE, load_thesaurus(), organisation=None)
    assert isinstance(posting, Posting)
    assert posting.skills == ("n8n",)


@pytest.mark.parametrize(
    ("text", "words", "quality"),
    [
        ("comptable rigoureux et autonome à Lyon", "comptable", "rigoureux et autonome"),
        ("développeur Java passionné", "développeur Java", "passionné"),
        ("UX designer curieuse. Paris", "UX designer", "curieuse"),
        ("développeur motivé Lyon", "développeur", "motivé"),
        ("développeur motivé CDI senior", "développeur", "motivé"),
        ("commercial(e) motivé(e), Lyon", "commercial(e)", "motivé(e)"),
        ("développeur C++ motivé", "développeur C++", "motivé"),
        ("comptable motivé ou passionné", "comptable", "motivé ou passionné"),
        ("motivated data engineer, Python, very rigorous", "motivated data engineer Python", "very rigorous"),
    ],
)
def test_a_quality_of_people_alone_may_stand_behind_the_trade(text: str, words: str, quality: str) -> None:
    query = parse(text)
    assert (query.words, query.terms) == (words, (quality,))


@pytest.mark.parametrize(
    "text",
    [
        "ingénieur véhicule autonome",
        "tableau croisé dynamique",
        "agent polyvalent",
        "développeur passionné de data",
        "serious games, Unity",
        "Java, Spring, Reactive",
        "technicien, réactifs, PCR",
        "plombier, flexibles, raccords",
        "Adobe, Creative",
        "aide à domicile, personnes autonomes",
        "programmation réactive",
        "directeur créatif",
        "développeur, autonomie, rigueur",
    ],
)
def test_what_things_may_be_is_a_word(text: str) -> None:
    query = parse(text)
    assert (query.words, query.terms) == (text.replace(",", ""), ())


def test_a_quality_alone_is_compared_as_words() -> None:
    assert (parse("motivé").words, parse("motivé").terms) == ("motivé", ())


def test_degree_and_pay_are_compared_and_no_term_is_a_skill() -> None:
    thesaurus = load_thesaurus()
    query = parse("product owner, CDD 12 mois, 50-60 k€, bac+5, catégorie A")
    posting = sought(query, Kind.PROFILE, thesaurus, organisation=None)
    assert isinstance(posting, Posting)
    assert (posting.education_level_min, posting.salary_eur_year) == (7, SalaryRange(50_000, 60_000))
    assert posting.skills == ()
    profile = sought(query, Kind.POSTING, thesaurus, organisation=None)
    assert isinstance(profile, Profile)
    assert ([one.level for one in profile.education], profile.salary_eur_year_min) == ([7], 50_000)


@pytest.mark.parametrize("text", ["disponibilité 99 %", "couverture de tests 80 %", "développeur, disponibilité 99 %"])
def test_a_percentage_that_is_said_of_something_is_no_term(text: str) -> None:
    assert parse(text).terms == ()
    assert parse("développeur, 80 %, Lyon").terms == ("80 %",)


@pytest.mark.parametrize("condition", ["permis B", "astreintes", "habilitation secret défense", "RQTH", "night shifts"])
def test_a_condition_between_commas_is_compared_as_words_and_is_no_skill(condition: str) -> None:
    query = parse(f"technicien, n8n, {condition}, Lyon")
    posting = sought(query, Kind.PROFILE, load_thesaurus(), organisation=None)
    assert (query.words, posting.skills) == (f"technicien n8n {condition}", ("n8n",))


@pytest.mark.parametrize(
    "text",
    [
        "développeur 100% Python",
        "traitement de 100k lignes",
        "site de 500k",
        "chef de projet Windows 2019",
        "langage C",
        "systèmes temps réel",
        "support 24h/24",
        "support niveau 2",
        "master data management",
        "scrum master",
        "office 365",
        "pilotage d'un budget de 2 M€",
        "projet de 18 mois",
        "feuille de route 36 mois",
    ],
)
def test_what_only_looks_like_a_term_is_compared(text: str) -> None:
    query = parse(text)
    assert (query.words, query.terms, query.education_level) == (text, (), None)


@pytest.mark.parametrize(
    "text",
    [
        "doctorat en informatique non exigé",
        "master 2 en informatique pas nécessaire",
        "diplôme d'ingénieur en informatique non requis",
        "doctorat non exigé mais apprécié",
        "doctorat (non exigé mais apprécié)",
    ],
)
def test_a_degree_that_nobody_needs_is_not_asked_for(text: str) -> None:
    for whole in (text, f"data scientist {text}", f"data scientist, {text}, Lyon"):
        assert parse(whole).education_level is None
    assert parse("data scientist bac+5, Java non exigé").education_level == 7


@pytest.mark.parametrize(
    "text",
    [
        "budget 200 k€",
        "chef de projet, budget 250 k€, Paris",
        "budget de 200 k€ par an",
        "marchés publics de plus de 40 000 €",
        "trafic 50k",
        "équipe de 40k",
        "référent paie 50 agents",
        "responsable de la paie de 15000 agents",
        "gestion des salaires de 15000 agents",
        "congé payé 25 jours",
        "gestion de projets de 100 à 150 k€",
        "développeur, 50 €",
        "TJM 250 €",
    ],
)
def test_money_and_thousands_that_nobody_is_paid_are_no_salary(text: str) -> None:
    query = parse(text)
    assert (query.terms, query.salary_min, query.salary_max) == ((), None, None)


@pytest.mark.parametrize(
    "text",
    [
        "RSSI 60k, Paris",
        "RSSI 60k",
        "RSSI 60k télétravail",
        "RSSI 60k€ CDI",
        "CDI, 60k€ Paris",
        "60 k€ brut RSSI",
        "RSSI 60k selon profil",
    ],
)
def test_pay_is_told_where_it_ends_what_is_said_or_is_called_so(text: str) -> None:
    assert parse(text).salary_min == 60_000


@pytest.mark.parametrize("term", ["hors catégorie C", "pas de temps partiel", "sans bac+5", "no part-time"])
def test_a_term_that_is_refused_excludes_nobody(term: str) -> None:
    query = parse(f"gestionnaire, {term}, Lille")
    assert (query.words, query.excluded, query.terms) == ("gestionnaire", (), (term,))
    assert query.education_level is None


@pytest.mark.parametrize("text", ["catégorie A", "mi-temps", "disponible immédiatement"])
def test_a_term_alone_is_compared_as_words(text: str) -> None:
    assert (parse(text).words, parse(text).terms) == (text, ())


def test_a_degree_alone_is_something_to_ask_for() -> None:
    assert not parse("bac+5").is_empty


@pytest.mark.parametrize(
    ("lead", "rest"),
    [
        ("Je recherche un ", "chef de projet"),
        ("recherche urgente ", "chef de projet"),
        ("besoin d'un ", "chef de projet"),
        ("nous recrutons une ", "cheffe de projet"),
        ("Nous recherchons un.e ", "chef.fe de projet"),
        ("looking for a ", "project manager"),
        ("looking for someone who knows ", "SQL"),
        ("need 2 ", "java developers"),
        ("recherche : ", "data analyst"),
        ("quelqu'un qui sait faire du ", "SQL"),
        ("je cherche une personne pour ", "animer une communauté"),
    ],
)
def test_how_a_request_begins_is_no_word_of_it(lead: str, rest: str) -> None:
    assert parse(f"{lead}{rest}").words == rest


@pytest.mark.parametrize("text", ["recherche opérationnelle", "besoin en recrutement", "ingénieur de recherche"])
def test_a_trade_that_begins_like_a_request_is_whole(text: str) -> None:
    assert parse(text).words == text


@pytest.mark.parametrize(
    ("text", "words", "excluded"),
    [
        ("designer UX sans expérience de management", "designer UX", ("expérience de management",)),
        ("chef de projet informatique (pas métier)", "chef de projet informatique", ("métier",)),
        ("responsable applicatif autre que RH", "responsable applicatif", ("RH",)),
        ("développeur à part PHP", "développeur", ("PHP",)),
        ("PHP exclu, développeur", "développeur", ("PHP",)),
        ("développeur, SAP FI exclu", "développeur", ("SAP FI",)),
    ],
)
def test_more_ways_to_leave_out_are_understood(text: str, words: str, excluded: tuple[str, ...]) -> None:
    query = parse(text)
    assert (query.words, query.excluded, query.experience_years) == (words, excluded, None)


@pytest.mark.parametrize(
    "text",
    [
        "médiateur numérique, publics exclus",
        "Public exclu, médiateur numérique",
        "accompagnement de publics exclus",
        "travailleur social personnes exclues",
        "membre à part entière",
        "développeur à part égale",
        "MEMBRE A PART ENTIERE",
    ],
)
def test_who_is_excluded_from_society_is_not_refused(text: str) -> None:
    query = parse(text)
    assert (query.words, query.excluded) == (text.replace(",", ""), ())


@pytest.mark.parametrize("term", ["temps partiel exclu", "catégorie C exclue"])
def test_a_term_that_is_excluded_excludes_no_word(term: str) -> None:
    query = parse(f"développeur Java, {term}")
    assert (query.words, query.excluded, query.terms) == ("développeur Java", (), (term,))


@pytest.mark.parametrize(
    ("text", "place", "department"),
    [
        ("technicien Saint-Denis (La Réunion)", "Saint-Denis (La Réunion)", "974"),
        ("project manager, Paris region", "Paris", "75"),
        ("développeur Grand Lyon", "Lyon", "69"),
    ],
)
def test_what_stands_beside_a_place_belongs_to_it(text: str, place: str, department: str) -> None:
    query = parse(text)
    assert query.places == (place,)
    assert [one.department for one in query.locations] == [department] or query.locations[0].region == "La Réunion"
    assert query.words in ("technicien", "project manager", "développeur")


@pytest.mark.parametrize(
    "unit",
    [
        "12 000 à ",
        "catégorie ",
        "bac + ",
        "à partir du ",
        "recherche un ",
        "temps partiel ",
        "( ",
        "a exclu ",
        "60 k€ ",
        "60k de ",
        "de 12 mois ",
        "80 %, ",
        "30 km ",
        "motivé et ",
        "très ",
        "profil qui est ",
    ],
)
def test_reading_terms_takes_no_longer_than_the_text_is_long(unit: str) -> None:
    begun = time.thread_time()
    parse(unit * 2_000)
    assert time.thread_time() - begun < 1.0
