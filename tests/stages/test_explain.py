"""Reasons: what is quoted was written, and what is said is so."""

from collections.abc import Mapping, Sequence
from functools import partial

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matcher.core.domain import Experience, Location, Posting, PostingId, Profile, ProfileId, Record, Remote
from matcher.core.ports import Mention, Vectors
from matcher.core.scoring import ASPECTS, Contribution, Evidence, Explanation, Match, SkillMatch, Standing
from matcher.core.skills import NEAR, PROSE_SHARE, SAME, Skill
from matcher.stages import text
from matcher.stages.explain import Quotes, Sheet, explain, match_skills, meet
from matcher.stages.explain.phrases import NAMED_SKILLS
from matcher.stages.text.named import prose_of
from tests.contracts.test_store_round_trip import postings, profiles
from tests.fakes import FakeEncoder, FakeThesaurus

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


NOTHING_KNOWN = FakeThesaurus()
POSTGRES = FakeThesaurus(
    {"postgresql": "skill:pg", "postgres": "skill:pg", "react": "skill:react", "javascript": "skill:js"},
    near={"skill:js": {"skill:react": 0.7}},
)


def sheet_of(record: Record, thesaurus: FakeThesaurus = NOTHING_KNOWN) -> Sheet:
    skills = text.skills(record, thesaurus)
    return Sheet(record, skills, ENCODER.encode([skill.form for skill in skills]))


def quoting(thesaurus: FakeThesaurus) -> Quotes:
    return partial(text.quotes, thesaurus=thesaurus)


def asking(*skills: str) -> Sheet:
    return sheet_of(Posting(PostingId("p"), "Développeur", skills=skills))


def saying(summary: str = "", *skills: str) -> Sheet:
    return sheet_of(Profile(ProfileId("c"), "Développeuse", summary=summary, skills=skills))


def found(posting: Sheet, profile: Sheet) -> SkillMatch:
    (only,) = match_skills(posting, profile, thesaurus=NOTHING_KNOWN)
    return only


def match_of(
    similarity: float = 1.0, standing: Standing = Standing.COMPARED, changed: Mapping[str, float] | None = None
) -> Match:
    values = dict.fromkeys(ASPECTS, similarity) | dict(changed or {})
    weight = 1 / len(ASPECTS)
    parts = tuple(Contribution(name, weight * values[name], values[name], standing, weight) for name in ASPECTS)
    return Match(PostingId("p"), ProfileId("c"), 1, sum(part.value for part in parts), parts)


def with_vectors(skills: Sequence[str], *cosines: float) -> Sheet:
    """A profile whose skills lie at those cosines from the posting's one skill."""
    rows = np.array([[cosine, (1 - cosine**2) ** 0.5] for cosine in cosines], dtype=np.float32)
    listed = tuple(Skill(skill.lower(), skill.lower(), listed=skill) for skill in skills)
    return Sheet(Profile(ProfileId("c"), "x"), listed, rows)


def with_one_skill(vector: Vectors) -> Sheet:
    return Sheet(Posting(PostingId("p"), "x"), (Skill("kubernetes", "kubernetes", listed="Kubernetes"),), vector)


ONE_SKILL = with_one_skill(np.eye(1, 2, dtype=np.float32))


def test_what_the_prose_names_is_evidenced_in_the_prose_own_words() -> None:
    assert found(asking("Python"), saying("J’ai écrit du PYTHON pendant dix ans.", "python")) == SkillMatch(
        "Python", Evidence.EVIDENCED, "PYTHON", 1.0, 1.0
    )


def test_what_a_past_job_says_is_evidence_too() -> None:
    knows = FakeThesaurus({"python": "python", "go": "go", "cobol": "cobol"})
    job = Experience("Développeuse Python", organisation="Cobol SA", summary="APIs en Go.")
    posting = Posting(PostingId("p"), "x", skills=("Python", "Go", "Cobol"))
    profile = sheet_of(Profile(ProfileId("c"), "x", experiences=(job,)), knows)
    evidence = [skill.evidence for skill in match_skills(sheet_of(posting, knows), profile, thesaurus=knows)]
    assert evidence == [Evidence.EVIDENCED, Evidence.EVIDENCED, Evidence.MISSING]


def test_what_is_listed_is_evidenced_by_prose_that_writes_its_apostrophes_and_dashes_otherwise() -> None:
    skill = found(
        asking("analyse d'impact"), saying("Dix ans d’analyse d’impact, d’auto‑évaluation.", "analyse d'impact")
    )
    assert (skill.evidence, skill.counterpart) == (Evidence.EVIDENCED, "analyse d’impact")


def test_what_is_only_listed_is_claimed() -> None:
    assert found(asking("python"), saying("", "Java", "Python")) == SkillMatch(
        "python", Evidence.CLAIMED, "Python", 1.0, 1.0
    )


def test_two_forms_of_one_gendered_skill_are_the_same() -> None:
    claimed = found(asking("Développeur Java"), saying("", "développeuse Java"))
    assert (claimed.evidence, claimed.counterpart) == (Evidence.CLAIMED, "développeuse Java")


BETWEEN = (NEAR + SAME) / 2


@pytest.mark.parametrize(
    ("cosines", "evidence", "counterpart", "similarity"),
    [
        ((NEAR - 0.1, SAME + 0.01), Evidence.CLAIMED, "second", 1.0),
        ((1.0, NEAR), Evidence.CLAIMED, "first", 1.0),
        ((BETWEEN - 0.05, BETWEEN), Evidence.NEAR, "second", BETWEEN),
        ((NEAR + 0.01, 0.1), Evidence.NEAR, "first", NEAR + 0.01),
        ((0.1, NEAR - 0.01), Evidence.MISSING, None, 0.0),
        ((-1.0, -1.0), Evidence.MISSING, None, 0.0),
    ],
)
def test_claimed_goes_before_near_before_missing(
    cosines: tuple[float, float], evidence: Evidence, counterpart: str | None, similarity: float
) -> None:
    skill = found(ONE_SKILL, with_vectors(["first", "second"], *cosines))
    assert (skill.evidence, skill.counterpart) == (evidence, counterpart)
    assert skill.similarity == pytest.approx(similarity)


def test_one_skill_under_two_names_is_the_same_and_what_the_thesaurus_holds_near_is_near() -> None:
    asked = sheet_of(Posting(PostingId("p"), "x", skills=("PostgreSQL", "JavaScript")), POSTGRES)
    profile = sheet_of(Profile(ProfileId("c"), "x", summary="Du React.", skills=("Postgres",)), POSTGRES)
    assert match_skills(asked, profile, thesaurus=POSTGRES) == (
        SkillMatch("PostgreSQL", Evidence.CLAIMED, "Postgres", 1.0, 0.5),
        SkillMatch("JavaScript", Evidence.NEAR, "React", float(np.float32(0.7)), 0.5),
    )
    back = match_skills(
        sheet_of(Posting(PostingId("p"), "x", skills=("React",)), POSTGRES),
        sheet_of(Profile(ProfileId("c"), "x", skills=("JavaScript",)), POSTGRES),
        thesaurus=POSTGRES,
    )
    assert [skill.evidence for skill in back] == [Evidence.MISSING], "React is JavaScript, JavaScript need not be React"


def test_what_a_posting_only_mentions_counts_less_than_what_it_lists() -> None:
    posting = Posting(PostingId("p"), "x", description="Vous connaissez React.", skills=("PostgreSQL",))
    nobody = sheet_of(Profile(ProfileId("c"), "x"))
    listed, mentioned = match_skills(sheet_of(posting, POSTGRES), nobody, thesaurus=POSTGRES)
    assert (listed.required, mentioned.required) == ("PostgreSQL", "React")
    assert (listed.share, mentioned.share) == pytest.approx((1 / (1 + PROSE_SHARE), PROSE_SHARE / (1 + PROSE_SHARE)))


def test_a_similarity_is_never_above_one() -> None:
    posting = with_one_skill(np.array([[1.0001, 0]], dtype=np.float32))
    assert found(posting, with_vectors(["b"], 1.0)).similarity == 1.0


def test_who_says_nothing_misses_everything() -> None:
    assert found(asking("Python"), saying()) == SkillMatch("Python", Evidence.MISSING, None, 0.0, 1.0)


def test_a_posting_that_asks_for_nothing_has_nothing_to_match() -> None:
    assert match_skills(asking(), saying("Python", "Python"), thesaurus=NOTHING_KNOWN) == ()


# Sentences.


def sentences(match: Match, posting: Sheet, profile: Sheet) -> Explanation:
    return explain(match, meet(posting, profile, thesaurus=NOTHING_KNOWN, quotes=quoting(NOTHING_KNOWN)))


def test_a_good_match_reads_well_in_both_languages() -> None:
    reasons = sentences(match_of(), asking("Python", "Kubernetes"), saying("Du Python.", "Python"))
    assert reasons.sentence["fr"] == (
        "Intitulé très proche\u202f; compétence décrite\u00a0: Python\u202f; "
        "compétence non trouvée\u00a0: Kubernetes\u202f; expérience suffisante\u202f; niveau d’études atteint\u202f; "
        "langues demandées indiquées\u202f; lieu compatible\u202f; contrat souhaité\u202f; "
        "télétravail comme souhaité\u202f; salaire souhaité atteint\u202f; disponibilité rapide."
    )
    assert reasons.sentence["en"].startswith(
        "Very similar title; skill described: Python; skill not found: Kubernetes; enough"
    )
    assert [skill.required for skill in reasons.skills] == ["Python", "Kubernetes"]


@pytest.mark.parametrize(
    ("aspect", "similarity", "phrase"),
    [
        ("title", 0.75, "very similar title"),
        ("title", 0.58, "similar title"),
        ("title", 0.57, "different title"),
        ("title", 0.44, "very different title"),
        ("title", -1.0, "very different title"),
        ("title", -1.1, "very different title"),
        ("place", 0.99999994, "suitable location"),
        ("place", 0.6, "same region"),
        ("place", 0.1, "distant location"),
        ("languages", 0.5, "only some of the required languages listed"),
        ("languages", 0.0, "no required language is mentioned"),
        ("salary", 0.999, "salary below expectation"),
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
    assert skills_only.sentence["en"] == "Skill not found: Python."


def test_a_near_skill_is_named_with_what_it_is_near_to() -> None:
    reasons = sentences(match_of(standing=Standing.UNKNOWN), ONE_SKILL, with_vectors(["Docker"], BETWEEN))
    assert reasons.sentence == {
        "fr": "À défaut de Kubernetes\u00a0: Docker.",
        "en": "Related skill: Docker (for Kubernetes).",
    }


@pytest.mark.parametrize(
    ("asked", "theirs", "said"),
    [
        ("qualité de données", "Qualité des données", "qualité de données"),
        ("base de données", "bases de données", "base de données"),
        ("Wifi", "Wi-Fi", "Wifi"),
        ("appel d’offres", "appels d'offres", "appel d’offres"),
        ("SAS", "logiciel SAS", "SAS (logiciel SAS)"),
        ("C", "C++", "C (C++)"),
        ("RGAA", "accessibilité (RGAA)", "RGAA"),
        ("accessibilité (RGAA)", "RGAA", "accessibilité (RGAA)"),
        ("a11y", "accessibilité (RGAA)", "a11y (accessibilité (RGAA))"),
    ],
)
def test_their_words_are_named_where_they_are_others_and_not_another_number(asked: str, theirs: str, said: str) -> None:
    known = FakeThesaurus({asked.lower(): "skill", theirs.lower(): "skill"})
    posting = sheet_of(Posting(PostingId("p"), "x", skills=(asked,)), known)
    profile = sheet_of(Profile(ProfileId("c"), "x", skills=(theirs,)), known)
    reasons = explain(
        match_of(standing=Standing.UNKNOWN), meet(posting, profile, thesaurus=known, quotes=quoting(known))
    )
    assert reasons.sentence["en"] == f"Skill only listed: {said}."


def test_what_is_described_is_told_apart_from_what_is_only_listed_and_theirs_is_named_where_it_differs() -> None:
    asked = sheet_of(
        Posting(PostingId("p"), "x", skills=("PostgreSQL", "JavaScript", "c++", "Java", "Développeur")), POSTGRES
    )
    profile = sheet_of(
        Profile(ProfileId("c"), "x", summary="Du React, du C++.", skills=("Postgres", "C++", "JAVA", "développeuse")),
        POSTGRES,
    )
    reasons = explain(
        match_of(standing=Standing.UNKNOWN), meet(asked, profile, thesaurus=POSTGRES, quotes=quoting(POSTGRES))
    )
    assert reasons.sentence == {
        "fr": "Compétence décrite\u00a0: c++\u202f; "
        "compétences seulement listées\u00a0: PostgreSQL (Postgres), Java et Développeur (développeuse)\u202f; "
        "à défaut de JavaScript\u00a0: React.",
        "en": "Skill described: c++; skills only listed: PostgreSQL (Postgres), Java and Développeur (développeuse); "
        "related skill: React (for JavaScript).",
    }


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("Ansible", "d’Ansible"),
        ("élicitation", "d’élicitation"),
        ("Œuvre", "d’Œuvre"),
        ("hébergement", "d’hébergement"),
        ("Homologation", "d’Homologation"),
        ("Hadoop", "de Hadoop"),
        ("helpdesk", "de helpdesk"),
        ("user stories", "de user stories"),
        ("use cases", "de use cases"),
        ("usages", "d’usages"),
        ("hotline", "de hotline"),
        ("hiérarchisation", "de hiérarchisation"),
        ("harmonisation", "d’harmonisation"),
        ("hardware", "de hardware"),
        (".NET", "de .NET"),
        ("R", "de R"),
    ],
)
def test_what_is_asked_for_stands_after_de_as_french_has_it(asked: str, said: str) -> None:
    posting = Sheet(ONE_SKILL.record, (Skill(asked.lower(), asked.lower(), listed=asked),), ONE_SKILL.vectors)
    reasons = sentences(match_of(standing=Standing.UNKNOWN), posting, with_vectors(["Docker"], BETWEEN))
    assert reasons.sentence["fr"] == f"À défaut {said}\u00a0: Docker."


def test_what_stands_in_for_several_is_named_once() -> None:
    posting = Sheet(
        Posting(PostingId("p"), "x"),
        tuple(Skill(name.lower(), name.lower(), listed=name) for name in ("Kubernetes", "Ansible")),
        np.eye(1, 2, dtype=np.float32).repeat(2, axis=0),
    )
    reasons = sentences(match_of(standing=Standing.UNKNOWN), posting, with_vectors(["Docker"], BETWEEN))
    assert reasons.sentence == {
        "fr": "À défaut de Kubernetes et d’Ansible\u00a0: Docker.",
        "en": "Related skill: Docker (for Kubernetes and Ansible).",
    }


VERBATIM = saying("J’ai automatisé 40 procédures avec n8n et Nextcloud Talk ; analyse d’impact.")


def test_what_stands_in_the_prose_to_the_letter_is_never_said_to_be_missing() -> None:
    reasons = sentences(
        match_of(standing=Standing.UNKNOWN), asking("n8n", "NextCloud Talk", "analyse d'impact", "Odoo"), VERBATIM
    )
    assert reasons.sentence == {
        "fr": "Compétences nommées dans le texte, non comptées\u00a0: n8n, NextCloud Talk et analyse d'impact\u202f; "
        "compétence non trouvée\u00a0: Odoo.",
        "en": "Skills named in the text, not counted: n8n, NextCloud Talk and analyse d'impact; skill not found: Odoo.",
    }
    assert [(one.evidence, one.counterpart, one.similarity) for one in reasons.skills] == [
        (Evidence.MISSING, words, 0.0) for words in ("n8n", "Nextcloud Talk", "analyse d’impact", None)
    ], "the score counted none of them"


def test_what_was_counted_is_never_said_not_to_be() -> None:
    vectors = np.array([[BETWEEN, (1 - BETWEEN**2) ** 0.5]], dtype=np.float32)
    profile = Sheet(VERBATIM.record, (Skill("nextcloud", "nextcloud", quoted="Nextcloud"),), vectors)
    asked = Sheet(
        ONE_SKILL.record, (Skill("nextcloud talk", "nextcloud talk", listed="Nextcloud Talk"),), ONE_SKILL.vectors
    )
    reasons = sentences(match_of(standing=Standing.UNKNOWN), asked, profile)
    assert reasons.sentence["en"] == "Related skill: Nextcloud (for Nextcloud Talk)."
    (skill,) = reasons.skills
    assert (skill.evidence, skill.counterpart) == (Evidence.NEAR, "Nextcloud"), "that is what the score counted"


class Denying(FakeThesaurus):
    """Reads Java and React, and finds neither in what follows."""

    def mentions(self, text: str) -> list[Mention]:
        return [one for one in super().mentions(text) if one.name == "skill:spring"]


def test_no_sentence_says_that_a_profile_names_what_it_denies_or_does_not_mean() -> None:
    known = Denying(
        {"java": "skill:java", "react": "skill:react", "spring boot": "skill:spring"},
        near={"skill:java": {"skill:spring": 0.85}},
    )
    posting = sheet_of(Posting(PostingId("p"), "x", skills=("java", "react", "Frobnicator")), known)
    prose = "Je n'ai pas d'expérience en java. I react well under pressure. Sans Frobnicator."

    def said(*skills: str) -> str:
        profile = sheet_of(Profile(ProfileId("c"), "x", summary=prose, skills=skills), known)
        met = meet(posting, profile, thesaurus=known, quotes=quoting(known))
        return explain(match_of(standing=Standing.UNKNOWN), met).sentence["en"]

    assert said() == "Skills not found: java, react and Frobnicator."
    assert said("Spring Boot") == "Related skill: Spring Boot (for java); skills not found: react and Frobnicator."


def test_a_sentence_shows_no_markup_and_the_quotation_keeps_it() -> None:
    known = FakeThesaurus({"intégration continue": "skill:ci", "r&d": "skill:rd"})
    posting = sheet_of(Posting(PostingId("p"), "x", skills=("Intégration continue", "R&D", "<>")), known)
    profile = sheet_of(Profile(ProfileId("c"), "x", summary="Int&eacute;gration <b>continue</b>, R&amp;D"), known)
    reasons = explain(
        match_of(standing=Standing.UNKNOWN), meet(posting, profile, thesaurus=known, quotes=quoting(known))
    )
    assert reasons.sentence["en"] == "Skills described: Intégration continue and R&D."
    assert [skill.counterpart for skill in reasons.skills] == ["Int&eacute;gration <b>continue", "R&amp;D"]


def placed(latitude: float | None, longitude: float | None, *, remote: Remote | None = None, more: int = 0) -> Sheet:
    places = (Location(latitude=latitude, longitude=longitude), *[Location()] * more)
    return sheet_of(Posting(PostingId("p"), "x", locations=places, remote=remote))


AT_PARIS = sheet_of(Profile(ProfileId("c"), "x", locations=(Location(latitude=48.8566, longitude=2.3522),)))


@pytest.mark.parametrize(
    ("posting", "french", "english"),
    [
        (placed(48.8414, 2.3003), "à 4\u00a0km", "4 km away"),
        (placed(48.8567, 2.3523), "à moins de 1\u00a0km", "less than 1 km away"),
        (placed(-21.1151, 55.5364), "à 9\u202f392\u00a0km", "9,392 km away"),
        (placed(45.764, 4.8357, remote=Remote.PARTIAL), "à 391\u00a0km", "391 km away"),
        (placed(48.8414, None), "même région", "same region"),
        (placed(0.0, 0.0), "même région", "same region"),
        (placed(48.8414, 2.3003, more=1), "même région", "same region"),
        (placed(48.8414, 2.3003, remote=Remote.FULL), "même région", "same region"),
    ],
)
def test_a_distance_is_said_where_it_is_what_counts(posting: Sheet, french: str, english: str) -> None:
    match = match_of(changed={"place": 0.6})
    said = sentences(match, posting, AT_PARIS).sentence
    assert said["fr"].endswith(
        f"langues demandées indiquées\u202f; {french}\u202f; contrat souhaité\u202f; "
        "télétravail comme souhaité\u202f; salaire souhaité atteint\u202f; disponibilité rapide."
    )
    assert f"; required languages listed; {english}; preferred type of contract;" in said["en"]
    silent = sentences(match_of(standing=Standing.UNKNOWN), posting, AT_PARIS)
    assert silent.sentence["en"] == "Nothing in common is stated."


def test_a_long_list_is_counted_after_its_head() -> None:
    reasons = sentences(match_of(standing=Standing.UNKNOWN), asking(*"abcdef"[: NAMED_SKILLS + 2]), saying())
    assert reasons.sentence == {
        "fr": "Compétences non trouvées\u00a0: a, b, c, d et 2 autres.",
        "en": "Skills not found: a, b, c, d and 2 others.",
    }
    one_more = sentences(match_of(standing=Standing.UNKNOWN), asking(*"abcde"[: NAMED_SKILLS + 1]), saying())
    assert one_more.sentence["fr"] == "Compétences non trouvées\u00a0: a, b, c, d et 1 autre."
    assert one_more.sentence["en"] == "Skills not found: a, b, c, d and 1 other."


TOOLS_KNOWN = FakeThesaurus(
    {tool.lower(): f"skill:{tool}" for tool in TOOLS}, near={"skill:JavaScript": {"skill:React": 0.7}}
)
skills = st.lists(st.sampled_from(TOOLS) | st.text(max_size=12), max_size=5).map(tuple)
sums = st.lists(st.sampled_from([*TOOLS, "et", "de", "R&D", "\n", "İ", "ﬁ", "{}"]), max_size=12).map(" ".join)
asked = st.builds(Posting, id=st.just(PostingId("p")), title=st.just("x"), skills=skills)
telling = st.builds(Profile, id=st.just(ProfileId("c")), headline=st.just("x"), summary=sums, skills=skills)


@pytest.mark.no_cover  # others run the same lines; measured, it takes twice as long
@settings(max_examples=200, deadline=None)
@given(asked | postings, telling | profiles, st.floats(-1, 1), st.sampled_from(Standing))
def test_any_pair_is_explained_and_every_quotation_was_written(
    posting: Posting, profile: Profile, similarity: float, standing: Standing
) -> None:
    asking, telling = sheet_of(posting, TOOLS_KNOWN), sheet_of(profile, TOOLS_KNOWN)
    reasons = explain(
        match_of(similarity, standing), meet(asking, telling, thesaurus=TOOLS_KNOWN, quotes=quoting(TOOLS_KNOWN))
    )
    assert [skill.required for skill in reasons.skills] == [skill.written for skill in asking.skills]
    assert sum(skill.share for skill in reasons.skills) == pytest.approx(1.0 if asking.skills else 0.0)
    for skill in reasons.skills:
        assert any(skill.required in written for written in (*posting.skills, prose_of(posting)))
        assert 0 <= skill.similarity <= 1
        assert (skill.evidence is Evidence.MISSING) == (skill.similarity == 0)
        assert (skill.evidence is Evidence.NEAR) == (0 < skill.similarity < 1)
        words = skill.counterpart or ""
        if skill.evidence is Evidence.EVIDENCED:
            assert words in prose_of(profile)
        elif skill.evidence is Evidence.CLAIMED:
            assert any(words in written for written in profile.skills)
        else:
            assert any(words in written for written in (*profile.skills, prose_of(profile)))
            assert words or skill.evidence is Evidence.MISSING
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
