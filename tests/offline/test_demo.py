import re
import subprocess
import sys
from collections import Counter
from datetime import date
from itertools import islice
from pathlib import Path

import pytest

from matcher import records
from matcher.core.domain import Contract, PostingStatus, Profile, Record, Remote, Situation
from matcher.offline import demo
from matcher.offline.demo import grammar, phrases_profile, profiles
from matcher.offline.demo import postings as postings_module
from matcher.offline.demo.families import FAMILIES, FAMILY
from matcher.offline.demo.family import Family
from matcher.offline.demo.services import SERVICES
from matcher.offline.demo.territory import PLACES

TODAY = date(2026, 11, 16)
FORUM = demo.forum(today=TODAY)
POSTINGS = FORUM.postings
PROFILES = FORUM.profiles
RECORDS: tuple[Record, ...] = (*POSTINGS, *PROFILES)
FRENCH = [profile for profile in PROFILES if profile.id in FORUM.feminine]

FEMININE_ONLY = re.compile(
    r"\b(?:développeuse|conceptrice|ingénieure|cheffe|chargée|administratrice|directrice|technicienne|testeuse|"
    r"étudiante|diplômée|passionnée|prête|attirée|curieuse|rigoureuse|convaincue|heureuse|patiente|motivée|"
    r"habituée|disposée|attachée|forte de|soucieuse|débutante|experte en|déléguée|statisticienne)\b",
    re.IGNORECASE,
)
MASCULINE_ONLY = re.compile(
    r"\b(?:développeur|concepteur|ingénieur|chef de projet|chargé|administrateur|"
    r"(?<!schéma )directeur (?:du|des|de|adjoint)|"
    r"technicien|testeur|étudiant|diplômé|passionné|prêt|attiré|curieux|rigoureux|convaincu|heureux|patient|motivé|"
    r"habitué|disposé|attaché|fort de|soucieux|débutant|expert en|délégué|statisticien)\b",
    re.IGNORECASE,
)


def own_words(profile: Profile) -> str:
    """Return what the candidate says of themselves: not the degrees, whose names are the schools'."""
    return "\n".join([profile.headline, profile.summary, *(job.title for job in profile.experiences)])


def share(hits: int, of: int) -> float:
    return hits / of


def test_every_posting_passes_the_native_records_checks() -> None:
    for posting in POSTINGS:
        assert records.parse_posting(records.serialise(posting)) == posting


def test_every_profile_passes_the_native_records_checks() -> None:
    for profile in PROFILES:
        assert records.parse_profile(records.serialise(profile)) == profile


def test_the_forum_has_the_size_asked_for_and_ids_that_count_up() -> None:
    assert (len(POSTINGS), len(PROFILES)) == (300, 2000)
    assert [POSTINGS[0].id, POSTINGS[-1].id] == ["demo-posting-0001", "demo-posting-0300"]
    assert [PROFILES[0].id, PROFILES[-1].id] == ["demo-profile-0001", "demo-profile-2000"]
    assert len({posting.id for posting in POSTINGS}) == 300


def test_the_same_seed_gives_the_same_forum_and_another_seed_another() -> None:
    small = demo.forum(postings=40, profiles=60, today=TODAY)
    assert small == demo.forum(postings=40, profiles=60, today=TODAY)
    other = demo.forum(postings=40, profiles=60, seed=7, today=TODAY)
    assert {posting.title for posting in small.postings} != {posting.title for posting in other.postings}
    assert {profile.headline for profile in small.profiles} != {profile.headline for profile in other.profiles}


def test_another_process_with_another_hash_seed_writes_the_same_bytes(tmp_path: Path) -> None:
    script = (
        "import sys; from datetime import date; from pathlib import Path; from matcher.offline import demo; "
        "demo.write(demo.forum(postings=30, profiles=80, today=date(2026, 11, 16)), Path(sys.argv[1]))"
    )
    for hash_seed in ("1", "2"):
        environment = {"PYTHONHASHSEED": hash_seed, "PYTHONPATH": str(Path(demo.__file__).parents[3])}
        subprocess.run([sys.executable, "-c", script, str(tmp_path / hash_seed)], check=True, env=environment)
    here = demo.write(demo.forum(postings=30, profiles=80, today=TODAY), tmp_path / "here")
    for path in here:
        assert (
            path.read_bytes() == (tmp_path / "1" / path.name).read_bytes() == (tmp_path / "2" / path.name).read_bytes()
        )


def test_a_larger_forum_starts_with_the_smaller_one() -> None:
    small = demo.forum(postings=20, profiles=30, today=TODAY)
    assert POSTINGS[:20] == small.postings
    assert PROFILES[:30] == small.profiles


def test_the_streams_give_what_the_forum_holds() -> None:
    offered = islice(postings_module.stream(SERVICES, seed=2021, today=TODAY), 5)
    candidates = islice(profiles.stream(SERVICES, seed=2021, today=TODAY), 5)
    assert tuple(posting for posting, _ in offered) == POSTINGS[:5]
    assert tuple(candidate.profile for candidate in candidates) == PROFILES[:5]


def test_write_leaves_two_files_of_native_records_and_nothing_else(tmp_path: Path) -> None:
    small = demo.forum(postings=3, profiles=4, today=TODAY)
    paths = demo.write(small, tmp_path / "new" / "folder")
    assert sorted(path.name for path in (tmp_path / "new" / "folder").iterdir()) == ["postings.jsonl", "profiles.jsonl"]
    read_postings = [records.parse_posting(line) for line in paths[0].read_bytes().splitlines()]
    read_profiles = [records.parse_profile(line) for line in paths[1].read_bytes().splitlines()]
    assert (tuple(read_postings), tuple(read_profiles)) == (small.postings, small.profiles)


@pytest.mark.parametrize("organisations", [0, 25])
def test_a_number_of_organisations_out_of_bounds_is_refused(organisations: int) -> None:
    with pytest.raises(ValueError, match="choose 1 to 24"):
        demo.forum(organisations=organisations, today=TODAY)


def test_a_negative_count_is_refused() -> None:
    with pytest.raises(ValueError, match="choose 0 or more"):
        demo.forum(postings=-1, today=TODAY)


def test_all_organisations_recruit_and_are_marked_as_made_up() -> None:
    names = {posting.organisation.name for posting in POSTINGS if posting.organisation}
    assert len(names) == 24
    assert all(name.endswith("(démo)") for name in names)


def test_fewer_organisations_can_be_asked_for() -> None:
    few = demo.forum(postings=30, profiles=200, organisations=3, today=TODAY)
    assert len({posting.organisation.id for posting in few.postings if posting.organisation}) == 3


def test_the_ground_truth_names_a_family_for_every_record_and_every_family_is_there() -> None:
    assert set(FORUM.family_of) == {record.id for record in RECORDS}
    assert {FORUM.family_of[posting.id] for posting in POSTINGS} == set(FAMILY)
    assert {FORUM.family_of[profile.id] for profile in PROFILES} == set(FAMILY)
    assert len(FAMILY) == len(FAMILIES) == 23


def test_the_seven_families_of_the_forum_make_up_half_of_it() -> None:
    seven = {
        "data-scientist",
        "ux-designer",
        "technical-architect",
        "enterprise-architect",
        "software-developer",
        "digital-director",
        "security-officer",
    }
    counts = Counter(FORUM.family_of[posting.id] in seven for posting in POSTINGS)
    assert 0.45 < share(counts[True], 300) < 0.60


def test_half_of_the_french_profiles_are_in_the_feminine() -> None:
    assert 0.45 < share(sum(FORUM.feminine.values()), len(FRENCH)) < 0.55


def test_a_text_agrees_with_its_gender_from_headline_to_past_titles() -> None:
    for profile in FRENCH:
        wrong = MASCULINE_ONLY if FORUM.feminine[profile.id] else FEMININE_ONLY
        assert wrong.search(own_words(profile)) is None, (profile.id, own_words(profile))


def test_some_profiles_and_titles_are_in_english() -> None:
    assert 0.08 < share(len(PROFILES) - len(FRENCH), len(PROFILES)) < 0.20
    titled = [
        posting
        for posting in POSTINGS
        if any(title in posting.title for title in FAMILY[FORUM.family_of[posting.id]].titles_en)
    ]
    assert 0.08 < share(len(titled), len(POSTINGS)) < 0.20


def test_fields_are_missing_as_often_as_people_leave_them_out() -> None:
    assert 0.16 < share(sum(not profile.skills for profile in PROFILES), 2000) < 0.24
    assert max(len(profile.skills) for profile in PROFILES) <= 12
    assert 0.10 < share(sum(not profile.experiences for profile in PROFILES), 2000) < 0.35
    assert 0.12 < share(sum(not profile.summary for profile in PROFILES), 2000) < 0.24
    assert 0.20 < share(sum(not profile.locations for profile in PROFILES), 2000) < 0.40
    assert 0.88 < share(sum(profile.visible_to_recruiters for profile in PROFILES), 2000) < 0.96
    assert all(bool(profile.consented_at) == profile.visible_to_recruiters for profile in PROFILES)


def test_situations_come_in_the_shares_of_a_forum() -> None:
    counts = Counter(profile.situation for profile in PROFILES)
    assert 0.20 < share(counts[Situation.GRADUATE], 2000) < 0.30
    assert 0.40 < share(counts[Situation.PRIVATE], 2000) < 0.50
    assert 0.22 < share(counts[Situation.PUBLIC], 2000) < 0.33
    assert 0.005 < share(counts[Situation.OTHER], 2000) < 0.04


def test_titles_skills_and_texts_vary() -> None:
    assert len({posting.title for posting in POSTINGS}) > 240
    assert len({posting.description for posting in POSTINGS}) > 270
    assert len({profile.headline for profile in PROFILES}) > 1000
    written = [profile.summary for profile in PROFILES if profile.summary]
    assert len(set(written)) > 0.85 * len(written)


def test_texts_run_from_one_line_to_a_long_paragraph() -> None:
    lengths = [len(profile.summary.split()) for profile in PROFILES if profile.summary]
    assert share(sum(length <= 12 for length in lengths), len(lengths)) > 0.08
    assert share(sum(60 <= length <= 140 for length in lengths), len(lengths)) > 0.10
    descriptions = [len(posting.description.split()) for posting in POSTINGS]
    assert sum(length >= 60 for length in descriptions) > 60
    assert sum(0 < length <= 25 for length in descriptions) > 5


def test_descriptions_hold_the_markup_of_real_exports() -> None:
    assert any("<li>" in posting.description for posting in POSTINGS)
    assert any("\n- " in posting.description for posting in POSTINGS)
    assert any("**" in posting.description for posting in POSTINGS)


def test_nothing_looks_like_an_address_a_phone_number_or_a_forgotten_brace() -> None:
    for record in RECORDS:
        text = records.serialise(record).decode()
        assert "@" not in text
        assert not re.search(r"\b0[1-9](?:[ .]?\d\d){4}\b", text)
        prose = f"{record.description}{record.title}" if not isinstance(record, Profile) else own_words(record)
        assert not re.search(r"[{}]|None|  |\[.*\|", prose), prose


def test_words_are_elided_and_contracted() -> None:
    wrong = re.compile(r"\b(?:de|le|la|que|je) [aeéèêiouyh][a-zé]|\b(?:de|à) les? [a-z]", re.IGNORECASE)
    allowed = re.compile(r"(?:de|le|la|que|je) (?:huit|haut|handicap|un\b|onze|ou\b|oui)", re.IGNORECASE)
    french: tuple[Record, ...] = (*POSTINGS, *FRENCH)
    for record in french:
        text = record.summary if isinstance(record, Profile) else f"{record.description} {record.qualifications}"
        for found in wrong.finditer(text):
            assert allowed.match(text, found.start()), text[found.start() - 20 : found.end() + 20]


def test_experience_years_agree_with_the_jobs_told() -> None:
    for profile in PROFILES:
        if profile.experience_years is None or not profile.experiences:
            continue
        months = 0
        for job in profile.experiences:
            assert job.start is not None
            end = job.end or TODAY
            months += (end.year - job.start.year) * 12 + end.month - job.start.month + (1 if job.end else 0)
        assert profile.experience_years == months // 12


def test_jobs_follow_one_another_without_overlap_and_after_the_studies() -> None:
    for profile in PROFILES:
        for newer, older in zip(profile.experiences, profile.experiences[1:], strict=False):
            assert newer.start is not None
            assert older.end is not None
            assert older.end < newer.start
        degrees = [degree.end for degree in profile.education if degree.end]
        assert degrees == sorted(degrees, reverse=True)


def test_profiles_hide_only_from_services_that_exist() -> None:
    known = {service.organisation.id for service in SERVICES}
    hiding = [profile for profile in PROFILES if profile.hidden_from]
    assert 0.03 < share(len(hiding), 2000) < 0.07
    assert all(set(profile.hidden_from) <= known for profile in hiding)


def test_half_of_the_postings_are_in_paris_and_every_place_is_spelt_officially() -> None:
    places = {(place.region, place.department, place.city) for place in PLACES}
    told = [posting.locations[0] for posting in POSTINGS if posting.locations]
    assert all((place.region, place.department, place.city) in places for place in told)
    assert 0.42 < share(sum(place.city == "Paris" for place in told), len(told)) < 0.58
    wished = {(place.region, place.department) for profile in PROFILES for place in profile.locations}
    assert {region for region, _ in wished} <= {place.region for place in PLACES}


def test_most_postings_are_open_today_and_a_few_are_not() -> None:
    over = [posting for posting in POSTINGS if posting.valid_through and posting.valid_through < TODAY]
    assert 0.01 < share(len(over), 300) < 0.10
    counts = Counter(posting.status for posting in POSTINGS)
    assert counts[PostingStatus.OPEN] > 260
    assert counts[PostingStatus.FILLED] > 0
    assert counts[PostingStatus.CLOSED] > 0


def test_salaries_are_those_of_the_state() -> None:
    ranges = [posting.salary_eur_year for posting in POSTINGS if posting.salary_eur_year]
    assert len(ranges) > 120
    for pay in ranges:
        assert pay.min is not None
        assert pay.max is not None
        assert 20_000 < pay.min < pay.max < 120_000


def test_nobody_hires_an_apprentice_director() -> None:
    learners = [posting for posting in POSTINGS if Contract.APPRENTICESHIP in posting.contracts]
    assert learners
    assert all(not FAMILY[FORUM.family_of[posting.id]].senior for posting in learners)
    assert all(
        not re.search(r"directeur|directrice|responsable|expert", posting.title, re.IGNORECASE) for posting in learners
    )


def test_a_tool_in_the_title_is_among_the_skills() -> None:
    named = [posting for posting in POSTINGS if "Java " in f"{posting.title} " and posting.skills]
    assert named
    assert all("Java" in posting.skills for posting in named if "développeu" in posting.title.lower())


def test_a_description_does_not_contradict_the_contracts_and_the_remote_work() -> None:
    for posting in POSTINGS:
        if re.search("télétravail|from home", posting.description, re.IGNORECASE):
            assert posting.remote is Remote.PARTIAL
        if re.search("ouvert aux (titulaires|fonctionnaires)|Open to civil", posting.description):
            assert len(posting.contracts) > 1


def test_remote_work_is_told_by_most_and_every_kind_is_there() -> None:
    assert {posting.remote for posting in POSTINGS} == {None, *Remote}


@pytest.mark.parametrize("family", FAMILIES, ids=lambda family: str(family.key))
def test_a_family_has_enough_to_write_from(family: Family) -> None:
    assert len(set(family.missions)) >= 12
    assert len(family.missions_en) >= 3
    assert len(family.tools) + len(family.disciplines) >= 12
    assert all(key in FAMILY and key != family.key for key in family.neighbours)
    assert all(mission.split()[0].endswith(("er", "ir", "re")) for mission in family.missions)
    assert all(mission.split()[1] != "et" for mission in family.missions)


@pytest.mark.parametrize(
    ("title", "feminine", "dotted", "bracketed", "both"),
    [
        (
            "développeur web",
            "développeuse web",
            "développeur·se web",
            "développeur(se) web",
            "développeur/développeuse web",
        ),
        ("chef de projet", "cheffe de projet", "chef·fe de projet", "chef(fe) de projet", "chef/cheffe de projet"),
        ("urbaniste SI", "urbaniste SI", "urbaniste SI", "urbaniste SI", "urbaniste SI"),
    ],
)
def test_a_title_is_written_in_every_style(title: str, feminine: str, dotted: str, bracketed: str, both: str) -> None:
    written = (grammar.feminine(title), grammar.dotted(title), grammar.bracketed(title), grammar.both(title))
    assert written == (feminine, dotted, bracketed, both)


@pytest.mark.parametrize(
    ("of", "to", "text"),
    [
        ("du portail", "au portail", "le portail"),
        ("des aides", "aux aides", "les aides"),
        ("de la base", "à la base", "la base"),
        ("de l’espace", "à l’espace", "l’espace"),
        ("d’évaluer", "à évaluer", "évaluer"),
    ],
)
def test_of_and_to_contract_and_elide(of: str, to: str, text: str) -> None:
    assert (grammar.of(text), grammar.to(text)) == (of, to)


@pytest.mark.parametrize(
    ("mission", "participle", "future"),
    [
        ("piloter un projet", "piloté un projet", "piloterez un projet"),
        ("définir la cible", "défini la cible", "définirez la cible"),
        ("tenir le registre", "tenu le registre", "tiendrez le registre"),
        ("conduire l’audit", "conduit l’audit", "conduirez l’audit"),
        ("déployer le service", "déployé le service", "déploierez le service"),
        ("promouvoir les API", "promu les API", "promouvrez les API"),
    ],
)
def test_a_mission_is_put_into_the_past_and_the_future(mission: str, participle: str, future: str) -> None:
    assert (grammar.participle(mission), grammar.future(mission)) == (participle, future)


def test_english_missions_are_put_into_the_past() -> None:
    told = [grammar.past(text) for text in ("lead a team", "design maps", "manage it", "simplify forms", "deploy it")]
    assert told == ["led a team", "designed maps", "managed it", "simplified forms", "deployed it"]


def test_years_are_counted_in_words_a_person_would_use() -> None:
    assert [grammar.years_fr(1), grammar.years_fr(4)] == ["un an", "4 ans"]
    assert [grammar.years_en(1), grammar.years_en(4)] == ["one year", "4 years"]


def test_a_phrase_with_two_genders_holds_both_and_no_marks() -> None:
    pairs = (*phrases_profile.WISHES, *phrases_profile.OPENINGS, *phrases_profile.HEADLINES)
    assert all("|" not in text.replace(" | ", "") and "[" not in text for pair in pairs for text in pair)
    assert any(pair.masculine != pair.feminine for pair in pairs)
