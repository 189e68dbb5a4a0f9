"""What must be true of any score, where nobody can say what the score should be: on the real pieces, many random pairs.

Every example is a small forum; what changes between two scores is the only difference between two profiles (or two
postings) that stand in it side by side.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from functools import partial
from itertools import chain
from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matcher.answers import Answer
from matcher.core.domain import (
    Contract,
    Education,
    Facet,
    Kind,
    Location,
    Posting,
    PostingId,
    Profile,
    ProfileId,
    Record,
    Remote,
    SalaryRange,
    kind_of,
)
from matcher.core.ports import Encoders, Prose
from matcher.core.scoring import ASPECTS, Evidence, Match, Weights
from matcher.corpus import Corpus
from matcher.engine import Matcher
from matcher.offline.demo import forum
from matcher.stages.explain import Sheet, explain, meet
from matcher.stages.rank import UNASKED
from matcher.stages.rank.scores import READY_DAYS
from matcher.stages.text import quotes
from matcher.stores.snapshots import Snapshots
from tests.deriving import Deriver
from tests.fakes import FakeEncoder, FakeStore, FakeTerms, FakeThesaurus
from tests.forums import KNOWN, KNOWN_SKILLS, SKILLS, TODAY, changed, forums, numbered
from tests.stages.test_eligibility import may_be_offered, may_meet, regions_of

pytestmark = pytest.mark.no_cover  # others run the same lines; measured, these take twice as long

WEIGHTS = Weights()
ENCODERS = Encoders(
    FakeEncoder(dimension=12), FakeEncoder(dimension=8), FakeEncoder(dimension=10), Prose(FakeTerms(), 0.6)
)
DERIVE = Deriver(ENCODERS, KNOWN)
SLACK = 1e-6
"""Below what any aspect counts, above what float32 rounds."""
CASES = 5_000
"""Comparisons that each property is to stand."""
UNSEEN = float("-inf")
"""The score of a pair that is not eligible."""


def answers(corpus: Corpus, record: Record, k: int = 1000) -> Sequence[Match]:
    question = corpus.question(kind_of(record), record.id, weights=WEIGHTS)
    return corpus.best(question, k=k, weights=WEIGHTS, today=TODAY).matches


def scores(corpus: Corpus, record: Record) -> dict[str, Match]:
    """The answers by the other side's id."""
    is_posting = kind_of(record) is Kind.POSTING
    return {match.profile_id if is_posting else match.posting_id: match for match in answers(corpus, record)}


def score(found: Mapping[str, Match], record: Record) -> float:
    return found[record.id].score if record.id in found else UNSEEN


def of(match: Match, name: str) -> float:
    return match.contributions[ASPECTS.index(name)].similarity


# More skills, fewer skills.


@settings(max_examples=100, deadline=None)
@given(forums(8, 1), st.lists(st.sampled_from(SKILLS), min_size=6, max_size=6, unique=True))
def test_one_more_skill_in_the_list_never_lowers_a_score_and_one_less_never_raises_it(
    made: tuple[list[Posting], list[Profile]], added: list[str]
) -> None:
    asked, (base,) = made
    bare = replace(base, id=ProfileId("bare"), skills=())
    more = [replace(base, id=ProfileId(f"+{name}"), skills=(*base.skills, name)) for name in added]
    first = [replace(bare, id=ProfileId(f"only {name}"), skills=(name,)) for name in added]
    less = [
        replace(base, id=ProfileId(f"-{at}"), skills=(*base.skills[:at], *base.skills[at + 1 :]))
        for at in range(len(base.skills))
    ]
    every = replace(base, id=ProfileId("every"), skills=SKILLS)
    corpus = DERIVE.corpus([*asked, base, bare, every, *more, *first, *less])
    for posting in asked:
        found = scores(corpus, posting)
        assert all(score(found, other) >= score(found, base) - SLACK for other in (*more, every))
        assert all(score(found, other) >= score(found, bare) - SLACK for other in first)
        assert all(score(found, other) <= score(found, base) + SLACK for other in less)
        if every.id in found:
            assert of(found[every.id], "skills") == pytest.approx(1.0 if DERIVE(posting).skills else UNASKED)


@settings(max_examples=100, deadline=None)
@given(forums(8, 1), st.lists(st.sampled_from(KNOWN_SKILLS), min_size=7, max_size=7))
def test_one_more_known_skill_in_the_prose_never_lowers_what_the_skills_add(
    made: tuple[list[Posting], list[Profile]], added: list[str]
) -> None:
    # The prose is compared as a whole too: what its vector adds may fall.
    asked, (base,) = made
    told = [
        replace(base, id=ProfileId(f"{at}"), summary=f"{base.summary}\nDu {name}.") for at, name in enumerate(added)
    ]
    corpus = DERIVE.corpus([*asked, base, *told])
    for posting in asked:
        found = scores(corpus, posting)
        for other in told:
            if base.id in found:
                without = [part for part in found[base.id].contributions if part.name != Facet.BODY]
                with_it = [part for part in found[other.id].contributions if part.name != Facet.BODY]
                assert sum(part.value for part in with_it) >= sum(part.value for part in without) - SLACK


def test_a_required_skill_that_the_prose_names_lifts_the_score_of_who_lists_none() -> None:
    asked = Posting(PostingId("p"), "Juriste", skills=("Python", "COBOL"))
    silent = Profile(ProfileId("silent"), "Juriste", visible_to_recruiters=True)
    teller = replace(silent, id=ProfileId("teller"), summary="Du Python.")
    lister = replace(silent, id=ProfileId("lister"), skills=("COBOL", "Python"))
    found = scores(DERIVE.corpus([asked, silent, teller, lister]), asked)
    assert score(found, silent) < score(found, teller) < score(found, lister)
    assert [of(found[name], "skills") for name in ("silent", "lister")] == pytest.approx([0, 1])


@pytest.mark.parametrize("skills", [("PostgreSQL",), ("PostgreSQL", "Postgres")])
def test_another_name_of_a_skill_that_is_there_already_never_lowers_a_score(skills: tuple[str, ...]) -> None:
    derive = Deriver(DERIVE.encoders, FakeThesaurus({"postgresql": "skill:pg", "postgres": "skill:pg"}))
    # Unknown to the thesaurus, and the same as `postgres` to the encoder.
    asked = Posting(PostingId("p"), "Juriste", skills=("Pöstgres",))
    one = Profile(ProfileId("one"), "Juriste", skills=("Postgres",), visible_to_recruiters=True)
    if len(skills) == 1:
        one = replace(one, skills=(), summary="Du Postgres.")
    other = replace(one, id=ProfileId("other"), skills=skills)
    found = scores(derive.corpus([asked, one, other]), asked)
    assert score(found, other) >= score(found, one) - SLACK


# Unknown and contradicting.

FAR = (Location(region="Corse"),)
OFFERED: Mapping[str, Sequence[object]] = {
    "experience_years": [None, 0.0, 1.0, 3.0, 8.0],
    "education": [(), *((Education("x", level),) for level in (4, 5, 6, 7))],
    "languages": [(), ("français",), ("anglais",), ("allemand", "espagnol")],
    "locations": [(), (Location(region="Normandie"),), FAR, (Location(department="29"),)],
    "contracts": [(), (Contract.CIVIL_SERVANT,), (Contract.CONTRACT_AGENT,), (Contract.FREELANCE,)],
    "remote": [None, *Remote],
    "salary_eur_year_min": [None, 25_000.0, 40_000.0, 60_000.0],
    "available_from": [None, *(TODAY + timedelta(days=days) for days in (30, 120, 200, 500))],
}
"""What a profile may say, by field: first what says nothing."""
ASKED: Mapping[str, Sequence[object]] = {
    "experience_years_min": OFFERED["experience_years"],
    "education_level_min": [None, 4, 5, 6, 8],
    "languages": OFFERED["languages"],
    "locations": OFFERED["locations"],
    "contracts": OFFERED["contracts"],
    "salary_eur_year": [None, *(SalaryRange(max=top) for top in (20_000.0, 30_000.0, 60_000.0))],
}
"""Likewise a posting. How much of its work is remote also says where it is done."""


def falls_short(field: str, asked: Posting, offered: Profile) -> bool:
    """Tell whether both sides speak of this and do not agree."""
    levels = [degree.level or 0 for degree in offered.education]
    salary = asked.salary_eur_year.max if asked.salary_eur_year else None
    here, there = regions_of(asked), regions_of(offered)
    pairs: dict[str, tuple[object, object, bool]] = {
        "experience_years": (
            asked.experience_years_min,
            offered.experience_years is not None,
            (asked.experience_years_min or 0) > (offered.experience_years or 0),
        ),
        "education": (asked.education_level_min, levels, (asked.education_level_min or 0) > max(levels, default=0)),
        "languages": (asked.languages, offered.languages, not {*asked.languages} <= {*offered.languages}),
        "locations": (here, there, not here & there),
        "contracts": (asked.contracts, offered.contracts, not {*asked.contracts} & {*offered.contracts}),
        "remote": (asked.remote, offered.remote, asked.remote is not offered.remote),
        "salary_eur_year": (salary, offered.salary_eur_year_min, (salary or 0) < (offered.salary_eur_year_min or 0)),
        "available_from": (True, offered.available_from, (offered.available_from or TODAY) > TODAY + READY),
    }
    one, other, short = pairs[field.removesuffix("_min").replace("_level", "")]
    return bool(one) and bool(other) and short


READY = timedelta(days=READY_DAYS)


def test_a_profile_that_is_silent_never_ranks_below_one_that_contradicts() -> None:
    cases: Counter[str] = Counter()

    @settings(max_examples=100, deadline=None)
    @given(forums(8, 1))
    def compare(made: tuple[list[Posting], list[Profile]]) -> None:
        asked, (base,) = made
        variants = {
            field: [changed(base, f"{field} {at}", **{field: value}) for at, value in enumerate(values)]
            for field, values in OFFERED.items()
        }
        corpus = DERIVE.corpus([*asked, *chain.from_iterable(variants.values())])
        for posting in asked:
            found = scores(corpus, posting)
            for field, (silent, *others) in variants.items():
                for other in others:
                    if falls_short(field, posting, other):
                        cases[field] += 1
                        assert score(found, silent) >= score(found, other) - SLACK

    compare()
    assert cases.keys() == OFFERED.keys()
    assert cases.total() >= CASES, cases


def test_a_posting_that_is_silent_never_ranks_below_one_that_contradicts() -> None:
    cases: Counter[str] = Counter()

    @settings(max_examples=140, deadline=None)
    @given(forums(1, 10))
    def compare(made: tuple[list[Posting], list[Profile]]) -> None:
        (base,), wished = made
        variants = {
            field: [changed(base, f"{field} {at}", **{field: value}) for at, value in enumerate(values)]
            for field, values in ASKED.items()
        }
        corpus = DERIVE.corpus([*wished, *chain.from_iterable(variants.values())])
        for profile in wished:
            found = scores(corpus, profile)
            for field, (silent, *others) in variants.items():
                for other in others:
                    if falls_short(field, other, profile):
                        cases[field] += 1
                        assert score(found, silent) >= score(found, other) - SLACK

    compare()
    assert cases.keys() == ASKED.keys()
    assert cases.total() >= CASES, cases


# Both sides, and the explanation.


def test_a_pair_has_the_same_sub_scores_from_both_sides_and_its_reasons_add_up_to_them() -> None:
    cases = explained = 0

    @settings(max_examples=130, deadline=None)
    @given(forums(8, 10))
    def compare(made: tuple[list[Posting], list[Profile]]) -> None:
        nonlocal cases, explained
        asked, wished = made
        corpus = DERIVE.corpus([*asked, *wished])
        every: list[Record] = [*asked, *wished]
        sheets: dict[str, Sheet] = {record.id: DERIVE.sheet(record) for record in every}
        suggested: dict[str, dict[str, Match]] = {profile.id: scores(corpus, profile) for profile in wished}
        for posting in asked:
            for profile_id, match in scores(corpus, posting).items():
                cases += 1
                assert_alike(match, suggested[profile_id][posting.id])
                assert match.score == pytest.approx(sum(part.value for part in match.contributions), abs=SLACK)
                assert all(part.value == pytest.approx(part.weight * part.similarity) for part in match.contributions)
                explained += bool(sheets[posting.id].skills)
                assert_explained(match, sheets[posting.id], sheets[profile_id])

    compare()
    assert cases >= CASES, cases
    assert explained >= CASES / 2, explained


def assert_alike(one: Match, other: Match) -> None:
    assert (one.posting_id, one.profile_id) == (other.posting_id, other.profile_id)
    assert one.score == pytest.approx(other.score, abs=SLACK)
    assert (one.asks_score, one.wishes_score) == pytest.approx((other.asks_score, other.wishes_score), abs=SLACK)
    for part, twin in zip(one.contributions, other.contributions, strict=True):
        assert (part.name, part.standing, part.weight) == (twin.name, twin.standing, twin.weight)
        assert part.similarity == pytest.approx(twin.similarity, abs=SLACK)


def assert_explained(match: Match, posting: Sheet, profile: Sheet) -> None:
    skills = explain(match, meet(posting, profile, thesaurus=KNOWN, quotes=partial(quotes, thesaurus=KNOWN))).skills
    assert len(skills) == len(posting.skills)
    assert isinstance(posting.record, Posting)
    assert isinstance(profile.record, Profile)
    if not skills:
        assert of(match, "skills") == pytest.approx(UNASKED)
        return
    assert sum(skill.share for skill in skills) == pytest.approx(1.0)
    assert sum(skill.share * skill.similarity for skill in skills) == pytest.approx(of(match, "skills"), abs=SLACK)
    titles_and_prose = fields_of(profile.record)
    for skill in skills:
        assert (skill.evidence is Evidence.MISSING) == (skill.similarity == 0)
        assert skill.counterpart is not None or skill.evidence is Evidence.MISSING
        words = skill.counterpart or ""
        claimed = any(words in item for item in profile.record.skills)
        quoted = any(words in field for field in titles_and_prose)
        assert claimed or quoted
        assert quoted or skill.evidence is not Evidence.EVIDENCED
        assert any(skill.required in field for field in (*posting.record.skills, *fields_of(posting.record)))


def fields_of(record: Record) -> list[str]:
    """Titles and prose, each field on its own."""
    if isinstance(record, Posting):
        return [record.title, record.description, record.qualifications]
    jobs = (text for job in record.experiences for text in (job.title, job.summary))
    return [record.headline, record.summary, *jobs]


# The same question, the same answer.


@settings(max_examples=100, deadline=None)
@given(forums(6, 10), st.randoms(use_true_random=False))
def test_the_order_in_which_documents_came_and_what_came_between_decide_nothing(
    made: tuple[list[Posting], list[Profile]], chance: Random
) -> None:
    records: list[Record] = [*made[0], *made[1]]
    straight = DERIVE.corpus(records)
    passing = numbered(made[1][:5], prefix="passing")
    coming = [*records, *passing, *chance.sample(records, 5)]
    chance.shuffle(coming)
    mixed = DERIVE.corpus(coming)
    for passer in passing:
        mixed.remove(Kind.PROFILE, passer.id)
    for record in records:
        one, other = answers(straight, record), answers(mixed, record)
        assert ids(one) == ids(other)
        assert [match.score for match in one] == pytest.approx([match.score for match in other], abs=SLACK)


def ids(found: Sequence[Match]) -> list[tuple[str, str, int]]:
    return [(match.posting_id, match.profile_id, match.rank) for match in found]


def test_many_threads_get_the_answers_that_one_gets(tmp_path: Path) -> None:
    made = forum(postings=20, profiles=60, today=TODAY)
    matcher = Matcher(
        store=FakeStore(),
        encoders=DERIVE.encoders,
        thesaurus=KNOWN,
        snapshots=Snapshots(tmp_path),
        today=lambda: TODAY,
    )
    matcher.put([*made.postings, *made.profiles])
    asks: list[Callable[[], Answer]] = [partial(matcher.candidates, posting.id) for posting in made.postings]
    asks += [partial(matcher.suggestions, profile.id) for profile in made.profiles]
    asks += [partial(matcher.suggest, profile) for profile in made.profiles[:20]]
    alone = [ask() for ask in asks]
    with ThreadPoolExecutor(8) as pool:
        assert [*pool.map(lambda ask: ask(), asks * 4)] == alone * 4


# As many as are asked for.


def test_whoever_asks_for_k_gets_k_whenever_k_are_eligible() -> None:
    cases = 0

    @settings(max_examples=40, deadline=None)
    @given(forums(8, 8))
    def compare(made: tuple[list[Posting], list[Profile]]) -> None:
        nonlocal cases
        asked, wished = made
        wished = [replace(profile, visible_to_recruiters=at % 4 > 0) for at, profile in enumerate(wished)]
        corpus = DERIVE.corpus([*asked, *wished])
        allowed: dict[str, int] = {
            posting.id: sum(may_be_offered(posting, profile) for profile in wished) for posting in asked
        }
        allowed |= {profile.id: sum(may_meet(posting, profile) for posting in asked) for profile in wished}
        every: list[Record] = [*asked, *wished]
        for record in every:
            for k in range(10):
                cases += 1
                assert len(answers(corpus, record, k)) == min(k, allowed[record.id])

    compare()
    assert cases >= CASES, cases
