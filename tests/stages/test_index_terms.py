"""Bodies that are compared by their telling words too, small side and large, against what one would write by hand."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matcher import compiled
from matcher.core.domain import Facet
from matcher.core.errors import InvalidVectors, SnapshotRefused
from matcher.core.terms import BUCKETS, HEAVIEST, STEMS, WEIGHT_BITS, Terms, terms_of
from matcher.stages import index as stage
from matcher.stages.index import FacetIndex, codes
from matcher.stages.index.terms import Asked, TermRows
from tests.stages.test_index import DIMENSIONS, FACETS, WEIGHTS, Doc, doc, docs

SHARE = 0.6
BODY = FACETS.index(Facet.BODY)
Prose = tuple[Doc, Terms]

few_words = st.dictionaries(st.sampled_from([0, 1, 2, 3, 4, BUCKETS - 1]), st.integers(1, 9), min_size=1, max_size=5)
prose = st.tuples(docs, few_words.map(terms_of))


@pytest.fixture(autouse=True, params=[10_000, 2], ids=["small", "large"])
def size(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> int:
    """From which row on vectors are codes; two threads from the fourth."""
    compact_from: int = request.param
    monkeypatch.setattr(stage, "COMPACT_FROM", compact_from)
    monkeypatch.setattr(compiled, "LONG", 4)
    for name, value in {"HEAD": 2, "MIDDLE": 2}.items():
        monkeypatch.setattr(codes, name, value)
    return compact_from


def filled(documents: list[Prose]) -> FacetIndex:
    index = FacetIndex(DIMENSIONS, terms_share=SHARE)
    for place, (vectors, terms) in enumerate(documents):
        index.put(str(place), vectors, terms)
    return index


def words_of(terms: Terms) -> dict[int, int]:
    return {int(code) >> WEIGHT_BITS: int(code) & HEAVIEST for code in terms if code}


def by_hand(one: Terms, other: Terms) -> float:
    here, there = words_of(one), words_of(other)
    shared = sum(weight * there.get(bucket, 0) for bucket, weight in here.items())
    lengths = [sum(weight * weight for weight in some.values()) for some in (here, there)]
    return float(shared / (lengths[0] * lengths[1]) ** 0.5)


@settings(max_examples=80, deadline=None)
@given(st.lists(prose, min_size=3, max_size=12), prose)
def test_a_body_s_cosine_is_that_of_vectors_and_terms_by_their_shares(documents: list[Prose], asked: Prose) -> None:
    index = filled(documents)
    rows = np.arange(len(documents))[::-1].copy()
    unknown = np.full(len(FACETS), 0.1, dtype=np.float32)
    query = index.query(asked[0], weights=WEIGHTS, unknown=unknown, terms=asked[1])
    similar, compared = index.similarities(query, rows)
    weights = np.array([WEIGHTS[facet] for facet in FACETS])
    for place, row in enumerate(rows.tolist()):
        vectors, terms = documents[row]
        if Facet.BODY in vectors and Facet.BODY in asked[0]:
            dense = float(index.facet_vectors(row)[Facet.BODY] @ asked[0][Facet.BODY])
            assert similar[place, BODY] == pytest.approx(
                (1 - SHARE) * dense + SHARE * by_hand(terms, asked[1]), abs=1e-5
            )
        else:
            assert (similar[place, BODY], compared[place, BODY]) == (np.float32(0.1), False)
    scores = index.scores(query, rows)
    assert scores.tolist() == pytest.approx((similar @ weights).tolist(), abs=1e-4)
    assert index.scores_of_all([query, query])[1][rows].tolist() == pytest.approx(scores.tolist(), abs=1e-4)
    if index.has_upper_bounds:
        upper_bounds = index.upper_bounds(query, rows) - index.terms_shortfall(query, rows)
        assert np.all(upper_bounds >= scores - 1e-5)
        assert np.all(upper_bounds - index.middles_shortfall(query, rows) >= scores - 1e-5)


@settings(max_examples=40, deadline=None)
@given(st.lists(prose, min_size=1, max_size=8))
def test_rows_among_themselves_are_compared_as_when_one_of_them_asks(documents: list[Prose]) -> None:
    index = filled(documents)
    rows = np.arange(len(documents))
    cosines, known = index.among(rows)
    for row in rows.tolist():
        query = index.query(
            index.facet_vectors(row), weights=WEIGHTS, unknown=np.zeros(3, dtype=np.float32), terms=index.terms(row)
        )
        similar, _ = index.similarities(query, rows)
        both = known[:, BODY] & known[row, BODY]
        assert cosines[BODY][row][both] == pytest.approx(similar[both, BODY], abs=1e-5)


@pytest.mark.no_cover  # others run the same lines; measured, it takes twice as long
@settings(max_examples=60, deadline=None)
@given(st.lists(prose, min_size=1, max_size=8), st.lists(prose, min_size=1, max_size=4))
def test_a_stored_document_asks_what_it_would_ask_from_outside(documents: list[Prose], others: list[Prose]) -> None:
    here, there = filled(documents), filled(others)
    unknown = here.mean_similarity(there)
    for row in range(len(documents)):
        asked = there.query_of(*here.side_by_side(row), here.terms(row), weights=WEIGHTS, unknown=unknown)
        given_ = there.query(here.facet_vectors(row), weights=WEIGHTS, unknown=unknown, terms=here.terms(row))
        for name in ("facets", "known", "unknown"):
            assert np.array_equal(getattr(asked, name), getattr(given_, name)), name
        for name in ("vector", "base", "terms_weight"):
            assert np.array_equal(getattr(asked.scaled, name), getattr(given_.scaled, name)), name
        assert (asked.terms is None) == (given_.terms is None)
        if asked.terms is not None and given_.terms is not None:
            assert np.array_equal(asked.terms.table, given_.terms.table)


@pytest.mark.no_cover  # others run the same lines; measured, it takes twice as long
@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from([(doc(1), terms_of({0: 1})), (doc(2), terms_of({1: 1, 2: 3}))]) | prose, max_size=5))
def test_bodies_of_which_none_may_be_alike_are_not_alike(documents: list[Prose]) -> None:
    index = filled(documents)
    rows = np.arange(len(documents))
    bodies = np.triu(index.among(rows)[0][BODY], 1)
    for least in (0.5, 0.9, 0.97):
        assert index.may_be_alike(Facet.BODY, rows, least=least) or not (bodies >= least).any()
        twins = (bodies + bodies.T >= least).any(axis=1)
        assert index.may_have_twins(Facet.BODY, rows, least=least)[twins].all()


def test_two_that_are_one_may_be_alike_and_two_that_have_nothing_in_common_may_not() -> None:
    one, other = doc(1), doc(2)
    other[Facet.BODY] = -one[Facet.BODY]
    terms = terms_of({0: 1})
    assert filled([(one, terms), (doc(3), terms), (one, terms)]).may_be_alike(Facet.BODY, np.array([0, 2]), least=0.97)
    assert not filled([(one, terms), (other, terms)]).may_be_alike(Facet.BODY, np.array([0, 1]), least=0.97)


def test_of_many_those_that_may_have_twins_are_told_whatever_block_they_are_in() -> None:
    terms = terms_of({0: 1})
    index = filled([(doc(number % 599), terms) for number in range(600)])
    found = index.may_have_twins(Facet.BODY, np.arange(600), least=0.9999)
    assert np.flatnonzero(found).tolist() == [0, 599]


def test_the_mean_that_was_worked_out_is_worked_out_anew_after_a_write_on_either_side() -> None:
    one, other = filled([(doc(1), terms_of({0: 1}))]), filled([(doc(2), terms_of({0: 1}))])
    means = [one.mean_similarity(other)]
    assert one.mean_similarity(other) is means[0], "nothing was written meanwhile"
    one.put("0", doc(1), terms_of({1: 1}))
    means.append(one.mean_similarity(other))
    other.put("1", doc(3), terms_of({1: 1}))
    means.append(one.mean_similarity(other))
    other.remove("0")
    means.append(one.mean_similarity(other))
    third = filled([(doc(4), terms_of({1: 1}))])
    means.append(one.mean_similarity(third))
    assert len({mean.tobytes() for mean in means}) == len(means)
    again = filled([(doc(1), terms_of({1: 1}))])
    assert np.array_equal(means[-1], again.mean_similarity(third))


@pytest.mark.no_cover  # others run the same lines; measured, it takes twice as long
@settings(max_examples=40, deadline=None)
@given(st.lists(prose, max_size=8), st.lists(prose, max_size=8))
def test_the_mean_of_bodies_is_that_of_all_pairs(ours: list[Prose], theirs: list[Prose]) -> None:
    one, other = filled(ours), filled(theirs)
    pairs = [
        (1 - SHARE) * float(one.facet_vectors(row)[Facet.BODY] @ other.facet_vectors(column)[Facet.BODY])
        + SHARE * by_hand(here[1], there[1])
        for row, here in enumerate(ours)
        for column, there in enumerate(theirs)
        if Facet.BODY in here[0] and Facet.BODY in there[0]
    ]
    mean = one.mean_similarity(other)
    assert mean[BODY] == pytest.approx(float(np.mean(pairs)) if pairs else 0.0, abs=1e-5)
    assert np.array_equal(mean, other.mean_similarity(one))


@given(few_words.map(terms_of), few_words.map(terms_of))
def test_a_cosine_of_terms_is_the_same_from_both_sides_to_the_last_bit_and_one_with_itself(
    one: Terms, other: Terms
) -> None:
    rows = TermRows()
    for row, terms in enumerate((one, other)):
        rows.put(row, terms)
    both = np.arange(2)
    there, back = (rows.cosines(Asked.of(terms), both) for terms in (one, other))
    assert there[1] == back[0]
    assert (there[0], back[1]) == (1.0, 1.0)
    assert np.array_equal(rows.cosines_of_all([Asked.of(one), Asked.of(other)]), [there, back])


def test_what_is_taken_out_leaves_nothing_behind() -> None:
    terms = terms_of({number * 7: 1 + number % 5 for number in range(STEMS)})
    index = filled([(doc(1), terms), (doc(2), terms_of({3: 1.0}))])
    rows = index.term_rows
    assert rows
    alone = rows.sums.copy()
    index.put("2", doc(3), terms)
    index.put("0", doc(3), terms_of({5: 1.0, 9: 2.0}))
    index.remove("2")
    index.put("0", doc(1), terms)
    assert np.array_equal(rows.sums, alone)
    assert index.terms(2) is None
    index.put("0", {Facet.TITLE: doc(1)[Facet.TITLE]}, terms)
    assert index.terms(0) is None, "terms go with the body"
    index.remove("1")
    assert not rows.sums.any()


def test_terms_of_a_document_that_does_not_count_are_in_no_sum(tmp_path: Path) -> None:
    index = filled([(doc(1), terms_of({3: 1.0}))])
    assert index.term_rows
    alone = index.term_rows.sums.copy()
    index.put("unseen", doc(2), terms_of({3: 1.0, 5: 2.0}), counts=False)
    index.save(tmp_path)
    loaded = FacetIndex.load(tmp_path, DIMENSIONS, terms_share=SHARE)
    for one in (index, loaded):
        assert one.term_rows
        assert np.array_equal(one.term_rows.sums, alone)
        one.remove("unseen")
        assert np.array_equal(one.term_rows.sums, alone)


def test_a_body_without_terms_is_refused_and_leaves_the_document_as_it_was() -> None:
    index = filled([(doc(1), terms_of({3: 1.0}))])
    with pytest.raises(InvalidVectors, match="no terms"):
        index.put("0", doc(2))
    with pytest.raises(InvalidVectors, match="no terms"):
        index.query(doc(2), weights=WEIGHTS, unknown=np.zeros(3, dtype=np.float32))
    kept = index.terms(0)
    assert kept is not None
    assert words_of(kept) == {3: HEAVIEST}


def test_an_index_without_bodies_or_without_a_share_keeps_no_terms() -> None:
    titles = FacetIndex({Facet.TITLE: 5}, terms_share=SHARE)
    plain = FacetIndex(DIMENSIONS)
    for index in (titles, plain):
        index.put("a", {Facet.TITLE: doc(1)[Facet.TITLE]}, terms_of({1: 1.0}))
        assert (index.term_rows, index.terms(0)) == (None, None)


def test_what_is_loaded_is_what_was_saved(tmp_path: Path) -> None:
    documents = [(doc(number), terms_of({number: 1.0, 77: 2.0})) for number in range(4)]
    index = filled(documents)
    index.remove("1")
    index.save(tmp_path)
    loaded = FacetIndex.load(tmp_path, DIMENSIONS, terms_share=SHARE)
    assert index.term_rows
    assert loaded.term_rows
    assert np.array_equal(loaded.term_rows.sums, index.term_rows.sums)
    assert [None if (terms := loaded.terms(row)) is None else words_of(terms) for row in range(4)] == [
        {0: 4, 77: 7},
        None,
        {2: 4, 77: 7},
        {3: 4, 77: 7},
    ]  # fmt: skip - one line
    assert loaded.put("new", *documents[1]) == 1
    again = loaded.terms(1)
    assert again is not None
    assert np.array_equal(again, documents[1][1])


@pytest.mark.parametrize(
    "rows",
    [
        np.zeros((4, STEMS), dtype=np.int16),
        np.zeros((4, STEMS - 1), dtype=np.uint16),
        np.zeros((3, STEMS), dtype=np.uint16),
        np.zeros(4, dtype=np.uint16),
        *(np.array([[*codes, *[0] * (STEMS - len(codes))]] * 4, dtype=np.uint16) for codes in ([9, 17], [17, 18], [8])),
        np.array([[0, 9, *[0] * (STEMS - 2)]] * 4, dtype=np.uint16),
    ],
    ids=["signed", "short", "too few", "flat", "ascending", "one bucket twice", "without a weight", "behind nothing"],
)
def test_terms_of_another_kind_are_refused(rows: np.ndarray, tmp_path: Path) -> None:
    filled([(doc(number), terms_of({number: 1.0})) for number in range(4)]).save(tmp_path)
    np.save(tmp_path / "terms.npy", rows)
    with pytest.raises(SnapshotRefused, match="rebuilt"):
        FacetIndex.load(tmp_path, DIMENSIONS, terms_share=SHARE)


@pytest.mark.parametrize("content", [None, b"", b"foreign"])
def test_missing_or_foreign_terms_are_refused(content: bytes | None, tmp_path: Path) -> None:
    filled([(doc(1), terms_of({1: 1.0}))]).save(tmp_path)
    path = tmp_path / "terms.npy"
    path.unlink()
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(SnapshotRefused, match="rebuilt"):
        FacetIndex.load(tmp_path, DIMENSIONS, terms_share=SHARE)
