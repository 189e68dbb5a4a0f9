"""Reasons: what is quoted was written, and what is said is so."""

from collections.abc import Mapping, Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matcher.core.domain import (
    ASPECTS,
    Contribution,
    Evidence,
    Experience,
    Explanation,
    Match,
    Posting,
    PostingId,
    Profile,
    ProfileId,
    Record,
    SkillMatch,
    Standing,
)
from matcher.stages import text
from matcher.stages.explain import Sheet, explain, match_skills, prose_of, sheet
from tests.contracts.test_store_round_trip import postings, profiles
from tests.fakes import FakeEncoder

ENCODER = FakeEncoder(dimension=64)
TOOLS = [
    "R",
    "C",
    "C++",
    "C#",
    ".NET",
    "Java",
    "JavaScript",
    "React",
    "Python",
    "PostgreSQL",
    "Go",
    "Développement",
    "SQL",
]


def sheet_of(record: Record) -> Sheet:
    skills = text.skills(record)
    return sheet(record, skills, ENCODER.encode([form for _, form in skills]))


def asking(*skills: str) -> Sheet:
    return sheet_of(Posting(PostingId("p"), "Développeur", skills=skills))


def saying(summary: str = "", *skills: str) -> Sheet:
    return sheet_of(Profile(ProfileId("c"), "Développeuse", summary=summary, skills=skills))


def found(posting: Sheet, profile: Sheet) -> SkillMatch:
    (only,) = match_skills(posting, profile)
    return only


def match_of(
    similarity: float = 1.0, standing: Standing = Standing.COMPARED, changed: Mapping[str, float] | None = None
) -> Match:
    values = dict.fromkeys(ASPECTS, similarity) | dict(changed or {})
    parts = tuple(Contribution(name, values[name] / len(ASPECTS), values[name], standing) for name in ASPECTS)
    return Match(PostingId("p"), ProfileId("c"), 1, sum(part.value for part in parts), parts)


def with_vectors(skills: Sequence[str], *cosines: float) -> Sheet:
    """A profile whose skills lie at those cosines from the posting's one skill."""
    rows = np.array([[cosine, (1 - cosine**2) ** 0.5] for cosine in cosines], dtype=np.float32)
    return sheet(Profile(ProfileId("c"), "x"), [(skill, skill.lower()) for skill in skills], rows)


ONE_SKILL = sheet(Posting(PostingId("p"), "x"), [("Kubernetes", "kubernetes")], np.eye(1, 2, dtype=np.float32))


def test_what_the_prose_names_is_evidenced_in_the_prose_own_words() -> None:
    assert found(asking("Python"), saying("J’ai écrit du PYTHON pendant dix ans.", "python")) == SkillMatch(
        "Python", Evidence.EVIDENCED, "PYTHON", 1.0
    )


def test_what_a_past_job_says_is_evidence_too() -> None:
    job = Experience("Développeuse Python", organisation="Cobol SA", summary="APIs en Go.")
    record = Profile(ProfileId("c"), "x", experiences=(job,))
    evidence = [skill.evidence for skill in match_skills(asking("Python", "Go", "Cobol"), sheet_of(record))]
    assert evidence == [Evidence.EVIDENCED, Evidence.EVIDENCED, Evidence.MISSING]


def test_what_is_only_listed_is_claimed() -> None:
    assert found(asking("python"), saying("", "Java", "Python")) == SkillMatch(
        "python", Evidence.CLAIMED, "Python", 1.0
    )


def test_two_forms_of_one_gendered_skill_are_the_same() -> None:
    claimed = found(asking("Développeur Java"), saying("", "développeuse Java"))
    assert (claimed.evidence, claimed.counterpart) == (Evidence.CLAIMED, "développeuse Java")


@pytest.mark.parametrize(
    ("cosines", "evidence", "counterpart"),
    [
        ((0.3, 0.95), Evidence.CLAIMED, "second"),
        ((0.81, 0.2), Evidence.CLAIMED, "first"),
        ((0.6, 0.79), Evidence.NEAR, "second"),
        ((0.56, 0.1), Evidence.NEAR, "first"),
        ((0.5, 0.54), Evidence.MISSING, None),
        ((-1.0, -1.0), Evidence.MISSING, None),
    ],
)
def test_evidenced_goes_before_claimed_before_near_before_missing(
    cosines: tuple[float, float], evidence: Evidence, counterpart: str | None
) -> None:
    skill = found(ONE_SKILL, with_vectors(["first", "second"], *cosines))
    assert (skill.evidence, skill.counterpart) == (evidence, counterpart)
    assert skill.similarity == pytest.approx(max(cosines) if counterpart else 0.0)


def test_a_similarity_is_never_above_one() -> None:
    posting = sheet(Posting(PostingId("p"), "x"), [("a", "a")], np.array([[1.0001, 0]], dtype=np.float32))
    assert found(posting, with_vectors(["b"], 1.0)).similarity == 1.0


def test_who_says_nothing_misses_everything() -> None:
    assert found(asking("Python"), saying()) == SkillMatch("Python", Evidence.MISSING, None, 0.0)


def test_a_posting_that_asks_for_nothing_has_nothing_to_match() -> None:
    assert match_skills(asking(), saying("Python", "Python")) == ()


@pytest.mark.parametrize(
    ("skill", "prose", "span"),
    [
        ("R", "Applications en React.", None),
        ("R", "Responsable R&D.", None),
        ("R", "Statistiques en R.", "R"),
        ("R", "statistiques (R, SAS)", "R"),
        ("C", "Du C++ et du C#.", None),
        ("C", "Du C, puis du C++.", "C"),
        ("C++", "Du C++.", "C++"),
        ("C++", "Du c++17.", None),
        ("C++", "Du C.", None),
        ("C#", "Du C#, de l’ASP.NET.", "C#"),
        ("C#", "Do majeur, C##.", None),
        ("Java", "JavaScript seulement", None),
        ("Java", "JavaScript, Java", "Java"),
        (".NET", "La plateforme .NET", ".NET"),
        ("SQL", "MySQL", None),
        ("SQL", "du SQL_92", None),
        ("(a|b)*", "la forme (A|b)* ici", "(A|b)*"),
        ("données", "Des DONNÉES ouvertes", "DONNÉES"),
    ],
)
def test_a_name_is_found_whole_or_not_at_all(skill: str, prose: str, span: str | None) -> None:
    posting = sheet(Posting(PostingId("p"), "x"), [(skill, skill.lower())], np.eye(1, 2, dtype=np.float32))
    profile = sheet(Profile(ProfileId("c"), "x", summary=prose), [], np.zeros((0, 2), dtype=np.float32))
    skill_match = found(posting, profile)
    assert skill_match.counterpart == span
    assert skill_match.evidence is (Evidence.EVIDENCED if span else Evidence.MISSING)


def test_the_neutral_form_is_looked_for_where_the_written_one_is_not_found() -> None:
    posting = sheet(Posting(PostingId("p"), "x"), [("Développeur·se", "développeur")], np.eye(1, 2, dtype=np.float32))
    assert found(posting, saying("Développeur Java")).counterpart == "Développeur"


def test_prose_is_what_stands_in_sentences() -> None:
    asked = Posting(PostingId("p"), "Titre", description="Une mission.", qualifications="Un diplôme.", skills=("SQL",))
    assert prose_of(asked) == "Une mission.\nUn diplôme."
    jobs = (Experience("Juriste", organisation="Ministère", summary="Droit public."), Experience(""))
    assert prose_of(Profile(ProfileId("c"), "x", summary="Bonjour.", experiences=jobs)) == (
        "Bonjour.\nJuriste\nDroit public."
    )
    assert prose_of(Posting(PostingId("p"), "Titre")) == ""


# Sentences.


def sentences(match: Match, posting: Sheet, profile: Sheet) -> Explanation:
    return explain(match, posting, profile)


def test_a_good_match_reads_well_in_both_languages() -> None:
    reasons = sentences(match_of(), asking("Python", "Kubernetes"), saying("Du Python."))
    assert reasons.sentence["fr"] == (
        "Intitulé très proche\u202f; compétences retrouvées : Python\u202f; non trouvées : Kubernetes\u202f; "
        "expérience suffisante\u202f; niveau d’études atteint\u202f; langues demandées\u202f; lieu compatible\u202f; "
        "contrat souhaité\u202f; télétravail comme souhaité\u202f; salaire souhaité atteint\u202f; "
        "disponibilité rapide."
    )
    assert reasons.sentence["en"].startswith("Very close title; skills found: Python; not found: Kubernetes; enough")
    assert [skill.required for skill in reasons.skills] == ["Python", "Kubernetes"]


@pytest.mark.parametrize(
    ("aspect", "similarity", "phrase"),
    [
        ("title", 0.75, "very close title"),
        ("title", 0.5, "close title"),
        ("title", -1.0, "distant title"),
        ("title", -1.1, "distant title"),
        ("place", 0.99999994, "compatible place"),
        ("place", 0.6, "same region"),
        ("place", 0.1, "distant place"),
        ("languages", 0.5, "some of the languages"),
        ("languages", 0.0, "languages not named"),
        ("salary", 0.999, "salary below the wish"),
    ],
)
def test_an_aspect_is_said_by_how_well_it_agrees(aspect: str, similarity: float, phrase: str) -> None:
    said = (
        sentences(match_of(changed={aspect: similarity}), asking(), saying())
        .sentence["en"]
        .lower()
        .rstrip(".")
        .split("; ")
    )
    assert phrase in said


def test_what_was_not_compared_is_not_said() -> None:
    silent = sentences(match_of(standing=Standing.UNKNOWN), asking(), saying())
    assert silent.sentence == {
        "fr": "Aucun élément commun n’est renseigné.",
        "en": "Nothing in common is stated.",
    }
    skills_only = sentences(match_of(standing=Standing.UNKNOWN), asking("Python"), saying())
    assert skills_only.sentence["en"] == "Not found: Python."


def test_a_near_skill_is_named_with_what_it_is_near_to() -> None:
    reasons = sentences(match_of(standing=Standing.UNKNOWN), ONE_SKILL, with_vectors(["Docker"], 0.7))
    assert reasons.sentence == {"fr": "Proches : Docker ≈ Kubernetes.", "en": "Near: Docker ≈ Kubernetes."}


def test_a_long_list_is_counted_after_its_head() -> None:
    reasons = sentences(match_of(standing=Standing.UNKNOWN), asking(*"abcdef"), saying())
    assert reasons.sentence["en"] == "Not found: a, b, c, d (+2)."


skills = st.lists(st.sampled_from(TOOLS) | st.text(max_size=12), max_size=5).map(tuple)
sums = st.lists(st.sampled_from([*TOOLS, "et", "de", "R&D", "\n", "İ", "ﬁ", "{}"]), max_size=12).map(" ".join)
asked = st.builds(Posting, id=st.just(PostingId("p")), title=st.just("x"), skills=skills)
telling = st.builds(Profile, id=st.just(ProfileId("c")), headline=st.just("x"), summary=sums, skills=skills)


@settings(max_examples=200, deadline=None)
@given(asked | postings, telling | profiles, st.floats(-1, 1), st.sampled_from(Standing))
def test_any_pair_is_explained_and_every_quotation_was_written(
    posting: Posting, profile: Profile, similarity: float, standing: Standing
) -> None:
    reasons = explain(match_of(similarity, standing), sheet_of(posting), sheet_of(profile))
    assert [skill.required for skill in reasons.skills] == [written for written, _ in text.skills(posting)]
    for skill in reasons.skills:
        assert any(skill.required in written for written in posting.skills)
        assert 0 <= skill.similarity <= 1
        if skill.evidence is Evidence.EVIDENCED:
            assert skill.counterpart
            assert skill.counterpart in prose_of(profile)
        elif skill.evidence is Evidence.MISSING:
            assert skill.counterpart is None
        else:
            assert skill.counterpart
            assert any(skill.counterpart in written for written in profile.skills)
    assert {*reasons.sentence} == {"fr", "en"}
    for sentence in reasons.sentence.values():
        assert len(sentence) > 3
        assert sentence.endswith(".")


@settings(max_examples=100, deadline=None)
@given(telling, st.sampled_from(TOOLS))
def test_listing_a_skill_that_is_asked_for_never_leaves_it_missing(profile: Profile, tool: str) -> None:
    with_it = Profile(profile.id, profile.headline, profile.summary, skills=(*profile.skills, tool))
    evidence = found(asking(tool), sheet_of(with_it)).evidence
    assert evidence in (Evidence.EVIDENCED, Evidence.CLAIMED)


@pytest.mark.parametrize(
    ("skill", "prose", "span"),
    [
        ("C", "Dix ans d’Objective-C et de C++.", None),
        ("C", "Pilotes en C, puis en Rust.", "C"),
        ("Go", "We go live every week.", None),
        ("Go", "Services en Go.", "Go"),
        ("PHP", "Sites en php-fpm.", "php"),
        ("Django", "API avec django.", "django"),
    ],
)
def test_a_name_that_is_a_word_too_is_quoted_only_as_it_is_written(skill: str, prose: str, span: str | None) -> None:
    posting = sheet(Posting(PostingId("p"), "x"), [(skill, skill.lower())], np.ones((1, 1), dtype=np.float32))
    candidate = Profile(ProfileId("c"), "x", summary=prose)
    profile = sheet(candidate, [], np.zeros((0, 1), dtype=np.float32))
    (found,) = match_skills(posting, profile)
    assert found.counterpart == span
