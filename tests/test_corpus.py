"""Both sides together: who ranks for whom, exactly as a slow and readable matcher would have it."""

import itertools
import shutil
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matcher import variants, varying
from matcher.comparison import Ranking
from matcher.core.domain import (
    Facet,
    Kind,
    Organisation,
    OrganisationId,
    Posting,
    PostingId,
    Profile,
    ProfileId,
    Record,
    kind_of,
)
from matcher.core.errors import InvalidVectors, NotFound, SnapshotRefused
from matcher.core.matched import Matched
from matcher.core.pages import NOTHING, lot
from matcher.core.ports import Encoders, Prose
from matcher.core.scoring import Match, Variety, Weights
from matcher.core.traits import TraitTable
from matcher.corpus import Corpus, Derived
from matcher.offline.demo import forum
from matcher.stages.index import FacetIndex
from matcher.stages.skills import SkillSets, Vocabulary
from matcher.stages.skills.vocabulary import SPARE
from matcher.stages.vary import shown
from tests.deriving import Deriver
from tests.fakes import FakeEncoder, FakeTerms, FakeThesaurus

TODAY = date(2026, 11, 23)
FORUM = forum(postings=30, profiles=90, today=TODAY)
RECORDS: tuple[Record, ...] = FORUM.postings + FORUM.profiles
ENCODERS = Encoders(
    FakeEncoder(dimension=24), FakeEncoder(dimension=32), FakeEncoder(dimension=20), Prose(FakeTerms(), 0.6)
)
DIMENSIONS = ENCODERS.dimensions
KNOWN = FakeThesaurus(
    {"python": "skill:python", "sql": "skill:sql", "postgresql": "skill:pg", "linux": "skill:linux"},
    near={"skill:sql": {"skill:pg": 0.7}},
)
DERIVE = Deriver(ENCODERS, KNOWN)
corpus_of = DERIVE.corpus
load = partial(Corpus.load, dimensions=DIMENSIONS, thesaurus=KNOWN, terms_share=ENCODERS.terms_share)


def best(corpus: Corpus, record: Record, k: int = 1000) -> Ranking:
    question = corpus.question(kind_of(record), record.id, weights=Weights())
    return corpus.best(question, k=k, weights=Weights(), today=TODAY)


def pairs(matches: Sequence[Match]) -> list[tuple[str, str]]:
    return [(match.posting_id, match.profile_id) for match in matches]


@pytest.fixture(scope="module")
def corpus() -> Corpus:
    return corpus_of(RECORDS)


def test_an_empty_corpus_knows_nobody() -> None:
    corpus = DERIVE.empty()
    for kind in Kind:
        assert (corpus.count(kind), corpus.ids(kind)) == (0, [])
        corpus.remove(kind, "nobody")
        with pytest.raises(NotFound, match=kind.value):
            corpus.question(kind, "nobody", weights=Weights())


def test_a_document_with_nobody_to_match_has_no_match() -> None:
    corpus = corpus_of((FORUM.postings[0],))
    assert best(corpus, FORUM.postings[0]) == Ranking(Matched.nothing(Weights()), eligible=0)


def test_ids_come_ascending_and_each_kind_apart(corpus: Corpus) -> None:
    assert corpus.ids(Kind.POSTING) == sorted(posting.id for posting in FORUM.postings)
    assert corpus.ids(Kind.PROFILE) == sorted(profile.id for profile in FORUM.profiles)
    assert (corpus.count(Kind.POSTING), corpus.count(Kind.PROFILE)) == (30, 90)


def test_the_score_of_a_pair_is_the_same_from_both_sides(corpus: Corpus) -> None:
    suggested = {
        (match.posting_id, match.profile_id): match
        for profile in FORUM.profiles
        for match in best(corpus, profile).matches
    }
    offered = [match for posting in FORUM.postings for match in best(corpus, posting).matches]
    assert len(offered) > 100
    for match in offered:
        twin = suggested[match.posting_id, match.profile_id]
        assert match.score == pytest.approx(twin.score, abs=1e-6)
        assert [part.standing for part in match.contributions] == [part.standing for part in twin.contributions]
        assert [part.value for part in match.contributions] == pytest.approx(
            [part.value for part in twin.contributions], abs=1e-6
        )


def test_scores_fall_and_ranks_rise(corpus: Corpus) -> None:
    for record in RECORDS:
        ranking = best(corpus, record)
        scores = [match.score for match in ranking.matches]
        assert all(one >= other - 2e-6 for one, other in itertools.pairwise(scores))
        assert [match.rank for match in ranking.matches] == list(range(1, ranking.eligible + 1))


@pytest.mark.parametrize("k", [-1, 0, 1, 3, 10])
def test_a_request_for_k_gets_the_head_of_the_whole_ranking(corpus: Corpus, k: int) -> None:
    for record in RECORDS[::4]:
        whole, head = best(corpus, record), best(corpus, record, k)
        assert pairs(head.matches) == pairs(whole.matches[: max(k, 0)])
        assert head.eligible == whole.eligible == len(whole.matches)


@pytest.mark.parametrize("kind", Kind)
def test_a_block_gets_the_answers_of_its_documents_one_by_one(corpus: Corpus, kind: Kind) -> None:
    ids = corpus.ids(kind)[:64]
    block = list(corpus.best_of_block(kind, ids, k=7, weights=Weights(), today=TODAY))
    for name, ranking in zip(ids, block, strict=True):
        question = corpus.question(kind, name, weights=Weights())
        alone = corpus.best(question, k=7, weights=Weights(), today=TODAY)
        assert pairs(ranking.matches) == pairs(alone.matches)
        assert ranking.eligible == alone.eligible
        assert [match.score for match in ranking.matches] == pytest.approx([m.score for m in alone.matches], abs=1e-6)


@pytest.mark.no_cover  # others run the same lines; measured, it takes twice as long
def test_a_forum_is_ranked_in_blocks_as_alone_to_the_last_place() -> None:
    # Large enough that a matrix product rounds some near ties otherwise than a scan does.
    large = forum(postings=30, profiles=250, today=TODAY)
    corpus = corpus_of(large.postings + large.profiles)
    for kind in Kind:
        for start in range(0, corpus.count(kind), 64):
            ids = corpus.ids(kind)[start : start + 64]
            for name, ranking in zip(
                ids, corpus.best_of_block(kind, ids, k=20, weights=Weights(), today=TODAY), strict=True
            ):
                question = corpus.question(kind, name, weights=Weights())
                assert ranking == corpus.best(question, k=20, weights=Weights(), today=TODAY)


def test_a_block_with_an_unknown_document_is_refused(corpus: Corpus) -> None:
    with pytest.raises(NotFound):
        list(corpus.best_of_block(Kind.POSTING, ["nobody"], k=1, weights=Weights(), today=TODAY))


def test_the_order_in_which_documents_came_changes_no_answer(corpus: Corpus) -> None:
    shuffled = [RECORDS[place] for place in np.random.default_rng(5).permutation(len(RECORDS))]
    other = corpus_of(tuple(shuffled))
    for record in RECORDS:
        one, two = best(corpus, record), best(other, record)
        assert pairs(one.matches) == pairs(two.matches)


def test_documents_that_came_and_went_leave_no_trace(corpus: Corpus) -> None:
    other = corpus_of(RECORDS)
    for number in range(20):
        for record in (Posting(PostingId(f"tmp{number}"), "Juriste"), Profile(ProfileId(f"tmp{number}"), "Juriste")):
            other.put(record, DERIVE(record))
    for number in range(20):
        for kind in Kind:
            other.remove(kind, f"tmp{number}")
    for record in RECORDS:
        one, two = best(corpus, record), best(other, record)
        assert pairs(one.matches) == pairs(two.matches)
        assert [m.score for m in one.matches] == pytest.approx([m.score for m in two.matches], abs=1e-6)


def test_identical_profiles_are_ranked_by_lot_in_a_block_as_alone() -> None:
    asked = FORUM.postings[0]
    twins = tuple(
        Profile(ProfileId(f"twin{number:03d}"), asked.title, visible_to_recruiters=True) for number in range(77)
    )
    corpus = corpus_of([asked, *twins])
    (block,) = corpus.best_of_block(Kind.POSTING, [asked.id], k=50, weights=Weights(), today=TODAY)
    expected = [(asked.id, twin.id) for twin in sorted(twins, key=lambda twin: lot(asked.id, twin.id))[:50]]
    assert pairs(best(corpus, asked, 50).matches) == pairs(block.matches) == expected


def test_a_vector_that_is_refused_leaves_the_document_as_it_was() -> None:
    corpus = corpus_of(RECORDS[:40])
    record = FORUM.postings[0]
    before = best(corpus, record)
    with pytest.raises(InvalidVectors):
        corpus.put(
            Posting(record.id, "Autre"),
            Derived({Facet.TITLE: np.full(DIMENSIONS[Facet.TITLE], np.nan, dtype=np.float32)}),
        )
    assert best(corpus, record) == before


def test_what_is_loaded_answers_as_what_was_saved(tmp_path: Path) -> None:
    corpus = corpus_of(RECORDS)
    for posting in FORUM.postings[:5]:
        corpus.remove(Kind.POSTING, posting.id)
    corpus.save(tmp_path)
    loaded = load(tmp_path)
    assert {kind: loaded.ids(kind) for kind in Kind} == {kind: corpus.ids(kind) for kind in Kind}
    for record in RECORDS[5:]:
        assert best(loaded, record) == best(corpus, record)
    loaded.put(FORUM.postings[0], DERIVE(FORUM.postings[0]))
    corpus.put(FORUM.postings[0], DERIVE(FORUM.postings[0]))
    assert best(loaded, FORUM.postings[0]) == best(corpus, FORUM.postings[0])


def test_skills_that_nobody_has_any_more_are_not_kept_for_ever(tmp_path: Path) -> None:
    corpus = corpus_of(RECORDS)
    record = FORUM.profiles[0]
    in_use = len(corpus.vocabulary)
    for edit in range(2 * (in_use + SPARE)):
        changed = replace(record, skills=(f"outil maison {edit}", f"méthode {edit}"))
        corpus.put(changed, DERIVE(changed))
        if edit % 100 == 0:  # what is known of numbers is in use meanwhile
            assert best(corpus, FORUM.postings[0])
    corpus.remove(Kind.PROFILE, record.id)
    corpus.put(record, DERIVE(record))
    assert len(corpus.vocabulary) <= 2 * in_use + SPARE + 10
    kept = len(corpus.vocabulary)
    corpus.save(tmp_path)
    loaded = load(tmp_path)
    assert (len(corpus.vocabulary), len(loaded.vocabulary)) == (kept, in_use)
    fresh = corpus_of(RECORDS)
    for one in RECORDS:
        assert best(corpus, one) == best(loaded, one) == best(fresh, one)
        row, other = (held.sides[kind_of(one)].index.row(one.id) for held in (corpus, fresh))
        assert row is not None
        assert other is not None
        assert corpus.skills(kind_of(one), row) == fresh.skills(kind_of(one), other)


def test_what_is_loaded_of_an_empty_corpus_is_empty(tmp_path: Path) -> None:
    DERIVE.empty().save(tmp_path)
    assert load(tmp_path).count(Kind.POSTING) == 0


@pytest.mark.parametrize("kind", Kind)
def test_traits_that_are_damaged_or_of_other_rows_are_refused(kind: Kind, tmp_path: Path) -> None:
    corpus_of(RECORDS[:35]).save(tmp_path)
    path = tmp_path / kind / "traits.npz"
    path.write_bytes(path.read_bytes()[:-20])
    with pytest.raises(SnapshotRefused, match="cannot be read"):
        load(tmp_path)
    for rows in (0, 1, 100):
        table = TraitTable()
        for row in range(rows):
            table.put(row, FORUM.postings[0])
        table.save(path, rows=rows)
        with pytest.raises(SnapshotRefused, match="other rows"):
            load(tmp_path)
    path.unlink()
    with pytest.raises(SnapshotRefused):
        load(tmp_path)


def test_an_index_that_is_missing_is_refused(tmp_path: Path) -> None:
    corpus_of(RECORDS[:35]).save(tmp_path)
    shutil.rmtree(tmp_path / Kind.PROFILE)
    with pytest.raises(SnapshotRefused):
        load(tmp_path)
    (tmp_path / Kind.PROFILE).mkdir()
    FacetIndex({Facet.TITLE: DIMENSIONS[Facet.TITLE], Facet.BODY: DIMENSIONS[Facet.BODY] + 1}).save(
        tmp_path / Kind.PROFILE
    )
    with pytest.raises(SnapshotRefused):
        load(tmp_path)


@pytest.mark.parametrize("kind", Kind)
def test_skills_that_are_damaged_or_of_other_rows_are_refused(kind: Kind, tmp_path: Path) -> None:
    corpus = corpus_of(RECORDS[:35])
    corpus.save(tmp_path)
    path = tmp_path / kind / "skills.npz"
    whole = path.read_bytes()
    for content in (b"", whole[: len(whole) // 2], whole[:-20]):
        path.write_bytes(content)
        with pytest.raises(SnapshotRefused, match="cannot be read"):
            load(tmp_path)
    stray = SkillSets()
    stray.put(corpus.sides[kind].index.rows, [1], [1.0])
    stray.save(path, renumbered=corpus.vocabulary.renumbered())
    with pytest.raises(SnapshotRefused, match="other rows"):
        load(tmp_path)
    path.unlink()
    with pytest.raises(SnapshotRefused):
        load(tmp_path)


def test_a_vocabulary_that_is_damaged_or_of_other_sets_is_refused(tmp_path: Path) -> None:
    corpus_of(RECORDS[:35]).save(tmp_path)
    path = tmp_path / "vocabulary.npz"
    whole = path.read_bytes()
    for content in (b"", whole[: len(whole) // 2], whole[:-20]):
        path.write_bytes(content)
        with pytest.raises(SnapshotRefused):
            load(tmp_path)
    for dimension, reason in ((DIMENSIONS[Facet.SKILLS], "not there"), (3, "another kind")):
        Vocabulary(dimension, KNOWN).save(path)
        with pytest.raises(SnapshotRefused, match=reason):
            load(tmp_path)


def test_a_document_that_is_not_stored_gets_the_answer_that_it_would_get_stored() -> None:
    absent = FORUM.profiles[0]
    corpus = corpus_of(RECORDS)
    stored = best(corpus, absent)
    derived = DERIVE(absent)
    asked = corpus.best(corpus.question_of(absent, derived, weights=Weights()), k=1000, weights=Weights(), today=TODAY)
    assert asked == stored
    corpus.remove(Kind.PROFILE, absent.id)
    before = len(corpus.vocabulary)
    unsaved = corpus.question_of(absent, derived, weights=Weights())
    ranking = corpus.best(unsaved, k=1000, weights=Weights(), today=TODAY)
    assert {match.posting_id for match in ranking.matches} == {match.posting_id for match in stored.matches}
    assert len(corpus.vocabulary) == before
    assert absent.id not in corpus.ids(Kind.PROFILE)


def test_the_skills_that_the_corpus_holds_are_those_of_the_records() -> None:
    corpus = corpus_of(RECORDS)
    for record in RECORDS[::7]:
        row = corpus.sides[kind_of(record)].index.row(record.id)
        assert row is not None
        assert corpus.skills(kind_of(record), row) == [(skill.name, skill.share) for skill in DERIVE(record).skills]


def test_where_few_organisations_have_many_postings_few_of_them_are_compared(monkeypatch: pytest.MonkeyPatch) -> None:
    titles = [posting.title for posting in FORUM.postings]
    both = [Organisation(OrganisationId(name)) for name in "ab"]
    postings = [
        Posting(PostingId(f"p{number}"), f"{titles[number % 30]} {number}", organisation=both[number % 2])
        for number in range(400)
    ]
    corpus = corpus_of([*postings, FORUM.profiles[0]])
    compared = []

    def counted(scores: Sequence[float], k: int, variety: Variety, **more: Any) -> object:
        compared.append(len(scores))
        return shown(scores, k, variety, **more)

    monkeypatch.setattr(varying, "shown", counted)
    question = corpus.question(Kind.PROFILE, FORUM.profiles[0].id, weights=Weights())
    variety = Variety(per_organisation=2)
    found = corpus.varied(question, k=10, weights=Weights(), variety=variety, today=TODAY)
    whole = best(corpus, FORUM.profiles[0]).matches
    first_two = [[one for one in whole if int(one.posting_id[1:]) % 2 == side][:2] for side in (0, 1)]
    expected = sorted((one for two in first_two for one in two), key=lambda one: one.rank)
    assert pairs(found.matches) == pairs(expected)
    assert (found.eligible, found.has_more) == (400, False)
    assert max(compared) == 33, "those of the first look: of each organisation, no more are compared than are shown"


TEXTS = [
    ("Data engineer", "Des données ouvertes et du droit"),
    ("Data scientist", "Statistiques de la santé"),
    ("Juriste", "Marchés"),
]


@st.composite
def _forums(draw: st.DrawFn) -> list[Posting]:
    """Postings of few organisations, many of them published again and again, under the same text or one of its own."""
    chance = draw(st.randoms(use_true_random=False))
    often, count = draw(st.sampled_from([0.1, 0.5, 0.95])), draw(st.integers(10, 70))
    both = [Organisation(OrganisationId(name)) for name in "ab"]
    postings = []
    for number in range(count):
        title, description = chance.choice(TEXTS)
        if chance.random() > often:
            title, description = f"{title} {number}", f"{number} {chance.choice(TEXTS)[1]} {number}"
        organisation = chance.choice([*both, both[0], both[0], None])
        postings.append(Posting(PostingId(f"p{number}"), title, description=description, organisation=organisation))
    return postings


@settings(max_examples=30, deadline=None)
@given(
    postings=_forums(),
    k=st.sampled_from([1, 2, 5]),
    variety=st.builds(
        Variety, merged=st.booleans(), per_organisation=st.integers(1, 4), diversity=st.sampled_from([0.0, 0.3, 0.8])
    ),
    most_known=st.sampled_from([variants.MOST_KNOWN, 0]),
)
def test_what_is_not_compared_could_not_have_been_shown(
    postings: list[Posting], k: int, variety: Variety, most_known: int
) -> None:
    corpus = corpus_of([*postings, FORUM.profiles[0]])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(variants, "MOST_KNOWN", most_known)
        found = _three_pages(corpus, k, variety)
        patch.setattr(varying, "_thinned", lambda _comparison, left, **_: left)
        assert found == _three_pages(corpus, k, variety)


def test_the_last_page_says_so_where_all_that_is_left_was_shown_as_variants() -> None:
    asks = Profile(ProfileId("asks"), "Data engineer", skills=("Python",), experience_years=2.0)
    jobs = {
        name: Posting(PostingId(name), "Data engineer", description=text, skills=("Python",))
        for name, text in zip("abcd", ("Juriste", "Réseau", "Santé", "Cloud"), strict=True)
    }
    jobs |= {name: replace(jobs[name], experience_years_min=9.0) for name in "cd"}
    below = [replace(jobs["c"], id=PostingId(f"c{number}"), skills=("COBOL",)) for number in range(20)]
    lowest = replace(jobs["a"], id=PostingId("a0"), skills=("COBOL",), experience_years_min=40.0)
    corpus = corpus_of([*jobs.values(), *below, lowest, asks])
    whole = [one.posting_id for one in best(corpus, asks).matches]
    assert [*map(set, (whole[:2], whole[2:4]))] == [{*"ab"}, {*"cd"}]
    assert whole[-1] == "a0"
    question, seen, pages = corpus.question(Kind.PROFILE, "asks", weights=Weights()), NOTHING, []
    for _ in range(2):
        page = corpus.varied(question, k=2, weights=Weights(), variety=Variety(), today=TODAY, seen=seen)
        pages += [({one.posting_id, *one.variants}, page.has_more) for one in page.matches]
        seen = seen.and_then(
            [lot("", one.posting_id) for one in page.matches],
            [lot("", name) for one in page.matches for name in one.variants],
        )
    assert [has_more for _, has_more in pages] == [True, True, False, False]
    assert {"a", "a0"} in [names for names, _ in pages]
    assert sum(len(names) for names, _ in pages) == len(whole) == 25


def _three_pages(corpus: Corpus, k: int, variety: Variety) -> list[tuple[list[object], bool]]:
    question, seen = corpus.question(Kind.PROFILE, FORUM.profiles[0].id, weights=Weights()), NOTHING
    pages: list[tuple[list[object], bool]] = []
    for _ in range(3):
        page = corpus.varied(question, k=k, weights=Weights(), variety=variety, today=TODAY, seen=seen)
        pages.append(([(one.posting_id, one.variants) for one in page.matches], page.has_more))
        shown = [lot("", one.posting_id) for one in page.matches]
        seen = seen.and_then(shown, [lot("", name) for one in page.matches for name in one.variants])
    return pages
