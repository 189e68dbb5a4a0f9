"""What a recruiter types, taken apart."""

import time
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.core.domain import Contract, Remote
from matcher.stages.text.query import MOST_CHARACTERS, SearchQuery, in_any_number, parse, search_words, spellings


def test_a_whole_query_is_understood() -> None:
    query = parse('data scientist santé, Lyon, télétravail, Python, 5 ans, -PHP, "open data", sauf "Power BI"')
    assert query.words == "data scientist santé Python open data"
    assert query.phrases == ("open data",)
    assert query.excluded == ("PHP", "Power BI")
    assert query.places == ("Lyon",)
    assert [(place.region, place.department) for place in query.locations] == [("Auvergne-Rhône-Alpes", "69")]
    assert query.remote is Remote.PARTIAL
    assert query.experience_years == 5


@pytest.mark.parametrize(
    ("text", "remote"),
    [
        ("développeur full remote", Remote.FULL),
        ("développeur 100 % télétravail", Remote.FULL),
        ("développeur en distanciel", Remote.PARTIAL),
        ("developer, remote", Remote.PARTIAL),
        ("télétravailleur", None),
    ],
)
def test_remote_work_is_understood_in_both_languages(text: str, remote: Remote | None) -> None:
    assert parse(text).remote is remote


@pytest.mark.parametrize(
    ("text", "remote"),
    [
        ("100% remote", Remote.FULL),
        ("100 % télétravail", Remote.FULL),
        ("full remote", Remote.FULL),
        ("télétravail à 100 %", Remote.FULL),
        ("télétravail 2 jours par semaine", Remote.PARTIAL),
        ("sans télétravail", Remote.NONE),
        ("pas de télétravail", Remote.NONE),
        ("hors télétravail", Remote.NONE),
        ("-remote", Remote.NONE),
        ("no remote", Remote.NONE),
        ("présentiel", Remote.NONE),
        ("pas de full remote", Remote.PARTIAL),
        ("100% TT", Remote.FULL),
        ("3j/semaine de TT", Remote.PARTIAL),
        ("1 jour de TT", Remote.PARTIAL),
        ("TT possible", Remote.PARTIAL),
        ("remote ok", Remote.PARTIAL),
        ("remote two days per week", Remote.PARTIAL),
        ("deux jours de télétravail", Remote.PARTIAL),
        ("work from home", Remote.PARTIAL),
        ("pas de TT", Remote.NONE),
    ],
)
def test_remote_work_leaves_no_word_behind(text: str, remote: Remote) -> None:
    assert parse(f"développeur {text}") == SearchQuery("développeur", remote=remote)


def test_remote_sensing_is_a_trade() -> None:
    assert parse("remote sensing engineer") == SearchQuery("remote sensing engineer")


@pytest.mark.parametrize(
    ("text", "excluded"),
    [
        ("hors PHP", ("PHP",)),
        ("sans PHP", ("PHP",)),
        ("pas de PHP", ("PHP",)),
        ("à l'exception du PHP", ("PHP",)),
        ("NOT PHP", ("PHP",)),
        ("without PHP", ("PHP",)),
        ("–PHP", ("PHP",)),
        ("\u2212PHP", ("PHP",)),
        ("- PHP", ("PHP",)),
        (", – PHP", ("PHP",)),
        ("-.NET", (".NET",)),
        ("mais pas PHP", ("PHP",)),
        (", pas php", ("php",)),
        ("non PHP", ("PHP",)),
        ("sauf Java et PHP", ("Java", "PHP")),
        ("sauf Java ou PHP", ("Java", "PHP")),
        ("sauf Java, PHP", ("Java", "PHP")),
        ("sauf Java, PHP et Cobol", ("Java", "PHP", "Cobol")),
        ("ni Java ni PHP", ("Java", "PHP")),
        ("sauf Power BI et ISO 27001", ("Power BI", "ISO 27001")),
        ("sans gestion de projet", ("gestion de projet",)),
        ('sauf "Power BI" et Excel', ("Power BI", "Excel")),
        ('-"Power BI"', ("Power BI",)),
    ],
)
def test_what_is_refused_is_not_wanted(text: str, excluded: tuple[str, ...]) -> None:
    assert parse(f"développeur {text}") == SearchQuery("développeur", excluded=excluded)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("sauf PHP, Lyon", SearchQuery("développeur", excluded=("PHP",), places=("Lyon",))),
        ("sauf PHP, télétravail", SearchQuery("développeur", excluded=("PHP",), remote=Remote.PARTIAL)),
        ("sauf PHP, CDI", SearchQuery("développeur", excluded=("PHP",), contracts=(Contract.CONTRACT_AGENT,))),
        ("sauf PHP, gestion de projet", SearchQuery("développeur gestion de projet", excluded=("PHP",))),
        ('sauf PHP, "open data"', SearchQuery("développeur open data", ("open data",), ("PHP",))),
        ("sauf PHP; Java", SearchQuery("développeur Java", excluded=("PHP",))),
        ("sauf PHP et 5 ans", SearchQuery("développeur", excluded=("PHP",), experience_years=5.0)),
        ("-PHP, Java", SearchQuery("développeur Java", excluded=("PHP",))),
    ],
)
def test_what_is_of_another_sort_ends_a_refusal(text: str, expected: SearchQuery) -> None:
    assert replace(parse(f"développeur {text}"), locations=()) == expected


@pytest.mark.parametrize("text", ["hors Paris", "-Paris", "- paris,", "sauf Paris", "hors de Paris", "pas à Paris"])
def test_a_place_that_is_refused_is_not_wanted(text: str) -> None:
    query = parse(f"RSSI, {text}")
    assert (query.words, query.locations, query.excluded) == ("RSSI", (), ())
    assert [place.department for place in query.excluded_locations] == ["75"]
    assert [place.casefold() for place in query.excluded_places] == ["paris"]


def test_several_places_are_refused_and_one_around_them_is_wanted() -> None:
    query = parse("RSSI Île-de-France hors Paris et Seine-Saint-Denis")
    assert (query.words, query.places) == ("RSSI", ("Île-de-France",))
    assert query.excluded_places == ("Paris", "Seine-Saint-Denis")
    assert parse("RSSI hors Le Havre et La Défense").excluded_places == ("Le Havre", "La Défense")
    assert parse("RSSI hors Paris/Lyon").excluded_places == ("Paris", "Lyon")


@pytest.mark.parametrize(
    "text",
    [
        "réseau sans fil",
        "développeur no code",
        "Data scientist - chef de projet",
        "data engineer - Spark, AWS",
        "développeur – Java",
        "Développeur - Paris",
    ],
)
def test_not_every_dash_and_not_every_without_refuses(text: str) -> None:
    assert parse(text).excluded == ()


def test_a_dash_that_stands_free_before_a_place_parts_a_title() -> None:
    assert (parse("Data scientist - Lyon").words, parse("Data scientist - Lyon").places) == (
        "Data scientist",
        ("Lyon",),
    )


@pytest.mark.parametrize("text", ['"sans télétravail"', '"hors Paris"', '"5 ans"', '"stage -Java"'])
def test_nothing_is_read_into_what_is_quoted(text: str) -> None:
    phrase = text.strip('"')
    assert parse(text) == SearchQuery(phrase, phrases=(phrase,))


@pytest.mark.parametrize(
    ("excluded", "word"), [("-stage", "Stages"), ("-stages", "stage"), ("sauf santé", "SANTE"), ("-travaux", "travaux")]
)
def test_number_accents_and_case_of_an_excluded_word_do_not_count(excluded: str, word: str) -> None:
    assert parse(f"chef {word} {excluded}").words == "chef"
    assert parse(f"chef {word} {excluded}").contracts == ()
    assert {*in_any_number("stage")} == {*in_any_number("Stages")} == {"stage", "stages"}


@pytest.mark.parametrize(
    ("text", "contract"),
    [
        ("titulaire", Contract.CIVIL_SERVANT),
        ("contractuelle", Contract.CONTRACT_AGENT),
        ("contrat à durée indéterminée", Contract.CONTRACT_AGENT),
        ("permanent contract", Contract.CONTRACT_AGENT),
        ("permanent position", Contract.CONTRACT_AGENT),
        ("fixed-term", Contract.CONTRACT_AGENT),
        ("on a fixed-term contract", Contract.CONTRACT_AGENT),
        ("permanent or fixed-term position", Contract.CONTRACT_AGENT),
        ("alternance", Contract.APPRENTICESHIP),
        ("stage", Contract.INTERNSHIP),
        ("freelance", Contract.FREELANCE),
    ],
)
def test_contracts_are_understood(text: str, contract: Contract) -> None:
    assert parse(f"designer {text}") == SearchQuery("designer", contracts=(contract,))


@pytest.mark.parametrize(
    ("text", "contracts"),
    [
        ("pas de contractuel", (Contract.CONTRACT_AGENT,)),
        ("hors stage", (Contract.INTERNSHIP,)),
        ("hors Stages", (Contract.INTERNSHIP,)),
        ("sauf alternance", (Contract.APPRENTICESHIP,)),
        ("not internship", (Contract.INTERNSHIP,)),
        ("not an internship", (Contract.INTERNSHIP,)),
        ("no internships", (Contract.INTERNSHIP,)),
        ("-freelance", (Contract.FREELANCE,)),
        ("sans stage ni alternance", (Contract.INTERNSHIP, Contract.APPRENTICESHIP)),
        ("pas de stage ou d'alternance", (Contract.INTERNSHIP, Contract.APPRENTICESHIP)),
        ("ni CDD ni CDI", (Contract.CONTRACT_AGENT,)),
        ("no permanent or fixed-term contract", (Contract.CONTRACT_AGENT,)),
        ("pas de contrat en alternance", (Contract.APPRENTICESHIP,)),
        ("sauf contrat d'apprentissage", (Contract.APPRENTICESHIP,)),
        ("pas titulaire", (Contract.CIVIL_SERVANT,)),
        ("pas un stage", (Contract.INTERNSHIP,)),
    ],
)
def test_a_contract_that_is_refused_is_no_word_and_not_wanted(text: str, contracts: tuple[Contract, ...]) -> None:
    assert parse(f"designer, {text}") == SearchQuery("designer", excluded_contracts=contracts)
    assert parse(text).is_empty


def test_one_contract_of_a_kind_may_be_wanted_and_another_not() -> None:
    for text in ("CDD, pas de CDI", "contractuel hors CDI"):
        assert parse(f"designer {text}") == SearchQuery(
            "designer", excluded=("CDI",), contracts=(Contract.CONTRACT_AGENT,)
        )
    assert parse("designer, pas de CDI") == SearchQuery("designer", excluded=("CDI",))
    assert parse("designer, pas de CDI ni de stage") == SearchQuery(
        "designer", excluded=("CDI",), excluded_contracts=(Contract.INTERNSHIP,)
    )
    for name in ("CDI", "CDD"):
        assert parse(f"designer, pas de {name}").apart == name
    for name in ("permanent contract", "fixed-term position", "contrat à durée déterminée"):
        for refused in (f"not a {name}", f"pas de {name}"):
            assert parse(f"designer, {refused}").apart == name
    assert parse("designer, pas de CDI ni de contrat à durée indéterminée").apart == "CDI"
    for text in ("ni CDD ni CDI", "pas de contractuel ni de CDI", '-"CDI"', "pas de stage"):
        assert parse(f"designer, {text}").apart is None, text


@pytest.mark.parametrize("text", ["fixed term deposit", "permanent staff", "durée déterminée"])
def test_what_is_fixed_or_permanent_and_no_contract_stays_a_word(text: str) -> None:
    assert parse(f"designer {text} analyst").words == f"designer {text} analyst"


@pytest.mark.parametrize(
    "text", ["3-year fixed-term contract", "fixed-term contract of 3 years", "contrat à durée déterminée de 3 ans"]
)
def test_the_years_of_a_contract_are_none_of_experience(text: str) -> None:
    assert parse(f"designer, {text}") == SearchQuery("designer", contracts=(Contract.CONTRACT_AGENT,))


def test_all_but_a_contract_and_a_thing_refuses_both() -> None:
    for text in ("stage et PHP", "PHP et stage"):
        assert parse(f"designer sauf {text}") == SearchQuery(
            "designer", excluded=("PHP",), excluded_contracts=(Contract.INTERNSHIP,)
        )


@pytest.mark.parametrize(
    "text",
    [
        "data scientist apprentissage automatique",
        "ingénieur, apprentissage par renforcement",
        "RSSI titulaire du PASSI",
        "conducteur titulaire du permis B",
    ],
)
def test_not_every_word_of_a_contract_names_one(text: str) -> None:
    assert parse(text) == SearchQuery(text.replace(",", ""))


@pytest.mark.parametrize("text", ['-"stage"', 'hors "stage"'])
def test_a_contract_that_is_refused_in_quotes_is_a_phrase(text: str) -> None:
    assert parse(f"designer {text}") == SearchQuery("designer", excluded=("stage",))


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("architecte à Rennes", ("Rennes",)),
        ("architecte, Ille-et-Vilaine", ("Ille-et-Vilaine",)),
        ("architecte, 35", ("35",)),
        ("Provence-Alpes-Côte d'Azur", ("Provence-Alpes-Côte d'Azur",)),
        ("35 architectes", ()),
        ("RSSI, Niort", ("Niort",)),
        ("RSSI Saint-Brieuc", ("Saint-Brieuc",)),
        ("maçon à Mâcon", ("Mâcon",)),
        ("maçon", ()),
        ("gap analysis", ()),
        ("développeur, Nouvelle-Calédonie", ("Nouvelle-Calédonie",)),
        ("architecte en or", ()),
    ],
)
def test_places_are_understood_where_nothing_else_is_meant(text: str, places: tuple[str, ...]) -> None:
    assert parse(text).places == places


def test_names_of_places_and_kitchens_are_no_languages() -> None:
    assert parse("traducteur, tchèque, hongrois").languages == ("tchèque", "hongrois")
    assert parse("développeur Pays basque").languages == parse("RSSI, Corse").languages == ()


@pytest.mark.parametrize(
    "text", ["CDD d'un an", "stage d'un an, Java", "contrat d’un an", "mission sur deux ans", "projet d'un an"]
)
def test_how_long_a_contract_lasts_is_no_experience(text: str) -> None:
    assert parse(text).experience_years is None


@pytest.mark.parametrize(
    ("text", "years"),
    [
        ("développeur, entre deux et cinq ans d'expérience", 2.0),
        ("développeur Java et deux ans d'expérience", 2.0),
        ("python et cinq ans d'expérience", 5.0),
    ],
)
def test_a_number_behind_and_is_read(text: str, years: float) -> None:
    assert parse(text).experience_years == years


@pytest.mark.parametrize(
    "text", ["DÉVELOPPEUR, DİX ANS", "SİX ans d'expérience java", "moins de sıx ans", "dix-ſept ans"]
)
def test_letters_of_another_keyboard_break_no_number(text: str) -> None:
    assert isinstance(parse(text), SearchQuery)


def test_names_of_places_and_cuisines_are_no_languages() -> None:
    assert parse("traducteur, tchèque, hongrois").languages == ("tchèque", "hongrois")
    assert parse("développeur Pays basque").languages == parse("RSSI, Corse").languages == ()


@pytest.mark.parametrize("text", ["«open data»", "“open data”", '"open data"', '" open data "'])
def test_every_kind_of_quotation_mark_makes_a_phrase(text: str) -> None:
    assert [phrase.strip() for phrase in parse(text).phrases] == ["open data"]


@pytest.mark.parametrize("text", ["ISO-27001", "CI-CD", "front-end", "e-administration"])
def test_a_hyphen_within_a_word_excludes_nothing(text: str) -> None:
    assert (parse(text).words, parse(text).excluded) == (text, ())


@pytest.mark.parametrize("text", ["C++", ".NET", "C#", "node.js", "PL/SQL"])
def test_names_of_tools_stay_as_they_are_written(text: str) -> None:
    assert parse(f"développeur {text}").words == f"développeur {text}"


@pytest.mark.parametrize(
    "text",
    [
        *(
            "",
            " ",
            "-",
            '""',
            '"',
            "-PHP",
            "hors Paris",
            "\x00",
            ",;,",
            "- - -",
            "2024",
            "2024 12",
            "?",
            "le la",
            "a, ou",
        ),
        *("jeanne.martin@exemple.fr", "06 12 34 56 78", "+33 6 12 34 56 78", "https://exemple.fr/jeanne-martin"),
    ],
)
def test_what_asks_for_nothing_is_empty(text: str) -> None:
    assert parse(text).is_empty


@pytest.mark.parametrize("contact", ["jeanne.martin@exemple.fr", "06 12 34 56 78", "+33 (0)6.12.34.56.78"])
@pytest.mark.parametrize("form", ["RSSI {}", '"{}" RSSI', "RSSI -{}", "RSSI sauf {}", "RSSI, {}, Paris"])
def test_how_a_person_is_reached_is_in_nothing_that_was_understood(form: str, contact: str) -> None:
    query = parse(form.format(contact))
    assert query.words == "RSSI"
    assert "artin" not in repr(query)
    assert "34" not in repr(query)


@given(st.text(max_size=200))
def test_any_text_is_a_query_that_can_be_stored_and_sent(text: str) -> None:
    query = parse(text)
    for part in (query.words, *query.phrases, *query.excluded, *query.places):
        assert "\x00" not in part
        part.encode()


_PIECES = st.sampled_from(
    "hors sans sauf pas de ni NOT - – −Java -php PHP Java et ou , ; / ( ) (69) 93 Paris lyon Nord télétravail stage "
    '5 ans plus CDI "open data" « » 100 % remote anglais courant à le'.split(" ")
)


@given(st.one_of(st.text(max_size=80), st.lists(_PIECES, max_size=14).map(" ".join)))
def test_no_excluded_word_is_among_the_wanted(text: str) -> None:
    query = parse(text)
    wanted = {one for word in query.words.split() for one in in_any_number(word)}
    for word in query.excluded:
        assert " " in word.strip() or wanted.isdisjoint(in_any_number(word)) or not in_any_number(word)[0]
    assert {*query.locations}.isdisjoint(query.excluded_locations)
    assert {*query.contracts}.isdisjoint(query.excluded_contracts)


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("dev python, pas besoin de java", "dev python"),
        ("dev python, pas besoin de java, Django", "dev python Django"),
        ("dev python pas besoin de connaître Java ni PHP, Django", "dev python Django"),
        ("dev python, pas besoin de machine learning", "dev python"),
        ("dev python, pas besoin de machine learning à Paris", "dev python"),
        ("dev python, pas besoin de", "dev python"),
        ("dev python, no need for Java", "dev python"),
        ("dev python, il n'est pas nécessaire de connaître Java", "dev python"),
        ("dev python, it is not necessary to know Java", "dev python"),
        ("dev python, you don't need Java", "dev python"),
        ("dev python, pas forcément Paris", "dev python"),
        ("dev python, Java non requis", "dev python"),
        ("dev python, Spring Boot n’est pas obligatoire", "dev python"),
        ("dev python, Java not required", "dev python"),
        ("dev python, Java (non requis)", "dev python"),
        ("dev python (Java non requis), Django", "dev python Django"),
        ("dev python, pas de Java requis", "dev python"),
        ("dev python, pas de Java vraiment obligatoire, Django", "dev python Django"),
        ("dev python, pas de Java Requis", "dev python"),
        ("dev python, télétravail non obligatoire", "dev python"),
        ("dev python java non requis", "dev python"),
        ("Java non requis, dev python", "dev python"),
        ("dev gestion de projet non requise", "dev"),
        ("Connaissance de Java non requise, dev python", "dev python"),
        ("dev python, Java non requis mais apprécié", "dev python Java non requis mais apprécié"),
        ("dev python, non requis", "dev python"),
    ],
)
def test_what_is_not_needed_is_neither_wanted_nor_refused(text: str, left: str) -> None:
    query = parse(text)
    assert query.words == left
    assert (query.excluded_places, query.remote) == ((), None)
    assert query.excluded == (("Java Requis",) if "Requis" in text else ())


@pytest.mark.parametrize(
    "text", ["je ne veux pas de Java", "nous ne cherchons pas Java", "we don't want Java", "sans Java"]
)
def test_whoever_does_not_want_it_leaves_no_word_behind(text: str) -> None:
    assert parse(f"développeur, {text}") == SearchQuery("développeur", excluded=("Java",))


@pytest.mark.parametrize("text", ["sans expérience requise", "no experience required", "sans expérience"])
def test_no_experience_is_none(text: str) -> None:
    most = None if "requi" in text else 2
    query = SearchQuery("développeur", experience_years=0.0, experience_years_max=most)
    assert parse(f"développeur, {text}") == query


@pytest.mark.parametrize(
    ("text", "words", "excluded"),
    [
        ("dev, sauf Lyon et PHP", "dev", ("PHP",)),
        ("dev sauf Lyon et PHP, Python", "dev Python", ("PHP",)),
        ("dev, hors Lyon et PHP, 5 ans", "dev", ("PHP",)),
        ("dev, hors Lyon, PHP", "dev PHP", ()),
        ("dev, hors Lyon et gestion de projet agile", "dev gestion de projet agile", ()),
        ("dev, pas à Lyon et PHP", "dev PHP", ()),
    ],
)
def test_all_but_a_place_and_a_thing_refuses_both(text: str, words: str, excluded: tuple[str, ...]) -> None:
    query = parse(text)
    assert (query.words, query.excluded, query.excluded_places) == (words, excluded, ("Lyon",))


@pytest.mark.parametrize("sign", ["sans – a ", "ni Java ", "-a ", "pas besoin de a ", "a non requis ", "(non requis"])
def test_what_refuses_is_looked_for_once_however_much_of_it_there_is(sign: str) -> None:
    parse(sign)
    started = time.thread_time()
    parse((sign * MOST_CHARACTERS)[:MOST_CHARACTERS])
    assert time.thread_time() - started < 0.2


@pytest.mark.parametrize("lead", ['"', "« a", "lu écrit", "5"])
def test_a_run_of_spaces_is_one(lead: str) -> None:
    started = time.thread_time()
    parse(f"{lead}{' ' * 600}x")
    assert time.thread_time() - started < 0.1
    assert parse('"open  \t data"').phrases == ("open data",)


@pytest.mark.parametrize("sign", ['"', "«", '-"', "- ", "sauf ", "\ud800", "NOT ", '"a" ', "Paris, ", "1 an "])
def test_a_megabyte_of_anything_is_read_at_once(sign: str) -> None:
    taken = []
    for _ in range(3):  # whatever else the process does meanwhile is counted, too
        started = time.thread_time()
        parse(sign * (1_000_000 // len(sign)))
        taken.append(time.thread_time() - started)
    assert min(taken) < 0.5, f"only the first {MOST_CHARACTERS} characters are read"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Lille ou Paris", ""),
        ("le Lot", ""),
        ("RSSI dans le Lot", "RSSI"),
        ("Java AND Python OR Go", "Java Python Go"),
        ("Java ou Python", "Java Python"),
        ("recherche et développement", "recherche et développement"),
        ("chef de projet à Lyon, de", "chef de projet"),
        ("Chargé(e) de mission", "Chargé(e) de mission"),
        ("je cherche un développeur, pas loin de Paris", "développeur"),
        ("urbaniste SI, Tours", "urbaniste SI"),
        ("tout sauf PHP", ""),
        ("un développeur pour l'État", "développeur pour l'État"),
        ("développeur C", "développeur C"),
        ("a, ou, the", ""),
        ('le "le"', "le"),
    ],
)
def test_small_words_are_no_search_words(text: str, words: str) -> None:
    assert parse(text).words == words


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("chef de projet (Chorus)", ("chef de projet", "Chorus")),
        ("data engineer (spark, airflow)", ("data engineer", "spark", "airflow")),
        ("data engineer (spark", ("data engineer", "spark")),
        ("data engineer spark)", ("data engineer spark",)),
        ("SI finances (Chorus, Oracle) en urgence", ("SI finances", "Chorus", "Oracle", "urgence")),
        ("développeur (React ou Vue), Lyon (Rhône)", ("développeur", "React Vue")),
        ("chef de projet (F/H)", ("chef de projet (F/H)",)),
        ("chargé(e) de mission", ("chargé(e) de mission",)),
        ("développeur (se) web", ("développeur (se) web",)),
        ("RSSI (CDI) (69)", ("RSSI",)),
    ],
)
def test_brackets_part_a_query_as_commas_do(text: str, parts: tuple[str, ...]) -> None:
    assert parse(text).parts == parts


@pytest.mark.parametrize(
    ("text", "words", "years"),
    [
        ("5 ans", "", 5.0),
        ("plus de 5 ans Python", "Python", 5.0),
        ("3-5 ans Java", "Java", 3.0),
        ("de 3 à 5 ans", "", 3.0),
        ("5 ans et plus", "", 5.0),
        ("au moins 5 ans de Python", "Python", 5.0),
        ("5+ years", "", 5.0),
        ("at least 5 years of experience", "", 5.0),
        ("5 ans minimum d'expérience", "", 5.0),
        ("expérience de 5 ans en Python", "Python", 5.0),
        ("+ de 10 ans", "", 10.0),
        ("moins de 3 ans", "", 0.0),
        ("sans expérience", "", 0.0),
        ("contrat de 3 ans", "contrat", None),
        ("mission de 2 ans renouvelable", "mission", None),
        ("CDD 3 ans, 5 ans d'expérience", "", 5.0),
        ("junior", "", 0.0),
        ("débutante", "", 0.0),
        ("confirmé", "", 3.0),
        ("senior", "", 5.0),
        ("senior, 8 ans", "", 8.0),
        ("services aux seniors", "services aux seniors", None),
        ("3 ans max", "", 0.0),
        ("bac+5", "", None),
        ("5 ans mini", "", 5.0),
        ("18 mois d'expérience", "", 1.5),
        ("18 months of experience", "", 1.5),
        ("18 months' experience", "", 1.5),
        ("six mois d'expérience", "", 0.5),
        ("dix-huit mois d'expérience", "", 1.5),
        ("au moins 18 mois d'expérience", "", 1.5),
        ("expérience de 6 mois en support", "support", 0.5),
        ("expérience professionnelle d'au moins 18 mois", "", 1.5),
        ("deux ans et demi d'expérience", "", 2.5),
        ("two and a half years of experience", "", 2.5),
        ("2,5 ans", "", 2.5),
        ("five years", "", 5.0),
        ("vingt ans d'expérience", "", 20.0),
        ("2 years' experience", "", 2.0),
        ("six mois", "six mois", None),
        ("projet de 18 mois", "projet de 18 mois", None),
        ("contrat de deux ans", "contrat", None),
        ("CDD 12 mois, 3 ans d'expérience", "", 3.0),
        ("50 ans", "", None),
        ("moins de 30 ans", "", None),
    ],
)
def test_years_of_experience_are_asked_for_at_least(text: str, words: str, years: float | None) -> None:
    query = parse(f"développeur, {text}")
    assert query.words == f"développeur {words}".strip()
    assert query.experience_years == years


@pytest.mark.parametrize(
    ("text", "least", "most"),
    [
        ("junior", 0, 2),
        ("débutant(e)", 0, 2),
        ("jeune diplômée", 0, 2),
        ("entry-level", 0, 2),
        ("sans expérience", 0, 2),
        ("moins de 3 ans", 0, 2),
        ("moins d'1 an", 0, 0),
        ("less than 3 years", 0, 2),
        ("< 3 ans", 0, 2),
        ("<= 3 ans", 0, 3),
        ("3 ans maximum", 0, 3),
        ("3 ans d'expérience max", 0, 3),
        ("jusqu'à 3 ans", 0, 3),
        ("pas plus de 5 ans", 0, 5),
        ("0-2 ans", 0, 2),
        ("3 à 5 ans", 3, 5),
        ("3 ans à 5 ans", 3, 5),
        ("entre 3 et 5 ans", 3, 5),
        ("between 3 and 5 years", 3, 5),
        ("3-5 ans minimum", 3, None),
        ("junior, 1 an", 1, 2),
        ("junior, 4 ans", 4, None),
        ("5 ans", 5, None),
        ("5+ years", 5, None),
        ("au moins 3 à 5 ans", 3, None),
        ("confirmé", 3, None),
        ("senior", 5, None),
        ("junior ou confirmé", 0, None),
        ("junior/senior", 0, None),
        ("débutant accepté", 0, None),
        ("débutant·e bienvenu", 0, None),
        ("sans expérience requise", 0, None),
        ("moins de 18 mois d'expérience", 0, 1),
        ("moins de deux ans", 0, 1),
        ("6 mois à 2 ans d'expérience", 0.5, 2),
        ("trois à cinq ans", 3, 5),
    ],
)
def test_years_are_asked_for_at_most_where_the_words_say_so(text: str, least: float, most: float | None) -> None:
    query = parse(f"développeur, {text}")
    assert (query.words, query.experience_years, query.experience_years_max) == ("développeur", least, most)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("développeurs seniors", "développeurs"),
        ("Développeuses Séniors Java", "Développeuses Java"),
        ("profils seniors, RSSI", "profils RSSI"),
        ("chefs de projet seniors", "chefs de projet"),
        ("ingénieurs réseaux seniors", "ingénieurs réseaux"),
        ("data scientists seniors", "data scientists"),
        ("développeurs Java/JEE seniors", "développeurs Java/JEE"),
    ],
)
def test_several_who_are_senior_have_worked_long(text: str, words: str) -> None:
    query = parse(text)
    assert (query.words, query.experience_years, query.experience_years_max) == (words, 5, None)


@pytest.mark.parametrize(
    "text",
    [
        "accompagnement des seniors",
        "public senior-s",
        "animateurs pour seniors",
        "animatrice résidence seniors",
        "chargé de mission seniors",
        "animateurs activités seniors",
        "services seniors",
        "référent seniors",
        "conseillers aux séniors",
        "seniors",
        "trésorier junior entreprise",
        "trésorière Junior Association",
    ],
)
def test_who_is_cared_for_or_is_a_name_is_no_level(text: str) -> None:
    query = parse(text)
    assert (query.words, query.experience_years) == (text, None)


@pytest.mark.parametrize(
    ("text", "word", "least", "most"),
    [
        ("pas de profils juniors", "juniors", 3, None),
        ("pas de profil senior", "senior", 0, 4),
        ("no candidates entry-level", "entry-level", 3, None),
        ("pas de débutant", "débutant", 3, None),
        ("-junior", "junior", 3, None),
        ("hors seniors", "seniors", None, None),
        ("pas de senior", "senior", 0, 4),
        ("pas de junior, 6 ans", "junior", 6, None),
        ("pas de confirmé", "confirmé", None, None),
    ],
)
def test_who_refuses_a_level_asks_for_years_beyond_it(
    text: str, word: str, least: float | None, most: float | None
) -> None:
    query = parse(f"développeur, {text}")
    assert (query.words, query.excluded) == ("développeur", (word,))
    assert (query.experience_years, query.experience_years_max) == (least, most)


@pytest.mark.parametrize(
    ("text", "words", "languages"),
    [
        ("développeur anglais courant", "développeur", ("anglais courant",)),
        ("anglais", "", ("anglais",)),
        ("RSSI, anglais", "RSSI", ("anglais",)),
        ("English-speaking developer", "developer", ("English",)),
        ("fluent in English", "", ("English",)),
        ("développeur anglophone", "développeur", ("anglais",)),
        ("RSSI bilingue anglais", "RSSI", ("anglais",)),
        ("RSSI anglais lu, écrit et parlé", "RSSI", ("anglais lu/écrit/parlé",)),
        ("RSSI, maîtrise de l'anglais et de l'allemand C1", "RSSI", ("anglais", "allemand C1")),
        ("langue des signes française", "", ("langue des signes française",)),
        ("juriste bilingue anglais-allemand", "juriste", ("anglais", "allemand")),
        ("juriste, français/anglais", "juriste", ("français", "anglais")),
        ("traducteur anglais", "traducteur anglais", ("anglais",)),
        ("RSSI sans anglais", "RSSI", ()),
    ],
)
def test_languages_are_asked_for(text: str, words: str, languages: tuple[str, ...]) -> None:
    query = parse(text)
    assert (query.words, query.languages) == (words, languages)
    assert not query.is_empty


@pytest.mark.parametrize(
    "group",
    [
        ("ISO27001", "ISO 27001", "iso-27001"),
        ("Node.js", "node js", "NodeJS"),
        ("Power BI", "PowerBI"),
        ("CI/CD", "ci cd"),
    ],
)
def test_ways_to_write_one_name_meet(group: tuple[str, ...]) -> None:
    for one in group:
        assert not {*spellings(one)}.isdisjoint(spellings(group[0])), one
        assert "" not in spellings(one)


def test_a_long_phrase_is_looked_up_as_it_is() -> None:
    assert spellings("sécurité des systèmes d'information de l'État") == ["securite des systemes information de etat"]


@pytest.mark.parametrize(
    ("part", "wanted"),
    [
        ("node js", "node js nodejs"),
        ("ISO27001", "iso27001 27001"),
        ("JavaScript", "javascript"),
        ("chef de projet", "chef projet chefprojet"),
        ("C", "c"),
    ],
)
def test_full_text_search_looks_for_spellings(part: str, wanted: str) -> None:
    assert search_words([part]) == wanted


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Compétences :\n- Java\n- Spring\n", "Compétences Java Spring"),
        ("- Java\n- Spring", "Java Spring"),
        ("développeur, sans doute débutant", "développeur doute"),
        ("Vous développez " + "des services " * 30 + "sans interruption", ""),
    ],
)
def test_prose_that_was_pasted_refuses_nothing(text: str, words: str) -> None:
    assert parse(text).excluded == ()
    assert not words or parse(text).words == words


def test_several_levels_may_be_refused() -> None:
    query = parse("développeur, ni junior ni senior")
    assert (query.excluded, query.experience_years, query.experience_years_max) == (("junior", "senior"), 3, 4)


@pytest.mark.parametrize("text", ["sauf Lyon et stage", "hors stage et Lyon"])
def test_all_but_a_place_and_a_contract_refuses_both(text: str) -> None:
    query = parse(f"développeur, {text}")
    assert (query.contracts, query.excluded_contracts) == ((), (Contract.INTERNSHIP,))
    assert query.excluded_places == ("Lyon",)


@pytest.mark.parametrize("text", ["sans jeunes diplômés", "sans profils jeunes diplômés", "pas de jeune diplômé"])
def test_a_level_of_two_words_is_refused_whole(text: str) -> None:
    query = parse(f"développeur, {text}")
    assert (query.words, query.experience_years) == ("développeur", 3)
    assert query.excluded[0].startswith("jeune")
    assert "diplômé" in query.excluded[0]


@pytest.mark.parametrize(
    ("text", "refused"),
    [
        ("hors Junior Consultant et PHP", ("Junior Consultant", "PHP")),
        ("sans Junior Entreprise", ("Junior Entreprise",)),
    ],
)
def test_a_level_in_a_name_is_no_level(text: str, refused: tuple[str, ...]) -> None:
    query = parse(f"développeur, {text}")
    assert (query.words, query.excluded, query.experience_years) == ("développeur", refused, None)


def test_a_trade_is_no_machine_learning() -> None:
    query = parse("sans apprentissage superviseur de production")
    assert query.words == "superviseur de production"
    assert query.excluded_contracts == (Contract.APPRENTICESHIP,)


def test_machine_learning_is_refused_whole() -> None:
    for learning in ("automatique", "supervisé", "non supervisé", "par renforcement", "fédéré"):
        assert parse(f"développeur, pas d'apprentissage {learning}") == SearchQuery(
            "développeur", excluded=(f"apprentissage {learning}",)
        )


def test_a_contract_that_is_in_force_is_always_told() -> None:
    query = parse(", ".join(f"-w{number}" for number in range(20)) + ", -CDI, Java")
    assert query.apart in query.excluded


@pytest.mark.parametrize(
    "text",
    ["développeur non débutant", "développeur, pas un débutant", "développeur, pas un profil débutant"],
)
def test_whoever_is_no_beginner_has_worked_for_years(text: str) -> None:
    assert parse(text) == SearchQuery("développeur", excluded=("débutant",), experience_years=3.0)


def test_whoever_is_no_trainee_is_not_looked_for_as_one() -> None:
    assert parse("développeur non stagiaire") == SearchQuery("développeur", excluded_contracts=(Contract.INTERNSHIP,))
    assert parse("agent non titulaire").contracts == (Contract.CONTRACT_AGENT,)


@pytest.mark.parametrize(
    "text",
    [
        "pourquoi pas Java",
        "développeur Python, pourquoi pas Java",
        "why not Java",
        "pas seulement Java",
        "développeur, pas que Java",
        "développeur, pas vraiment Java",
        "développeur, not just Java",
        "sauf un, Java",
        "développeur, sans trop de Java",
    ],
)
def test_a_small_word_or_an_adverb_is_never_excluded(text: str) -> None:
    query = parse(text)
    assert query.excluded == ()
    assert "Java" in query.words.split()
