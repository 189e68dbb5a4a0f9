"""The index against what one would write with numpy and no thought of speed."""

import json
import threading
from collections.abc import Callable, Mapping
from pathlib import Path

import faiss
import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, rule

from matcher.core.domain import Facet
from matcher.core.errors import InvalidVectors, SnapshotRefused
from matcher.core.ports import Vectors
from matcher.stages.index import FacetIndex, flat
from matcher.stages.index.heads import Heads

FACETS = tuple(Facet)
DIMENSIONS = {Facet.TITLE: 5, Facet.SKILLS: 3, Facet.BODY: 7}
WEIGHTS = {Facet.TITLE: 0.5, Facet.SKILLS: 0.2, Facet.BODY: 0.1}
Doc = dict[Facet, Vectors]


def unit(seed: int, dimension: int) -> Vectors:
    row = np.random.default_rng(seed).standard_normal(dimension).astype(np.float32)
    return np.asarray(row / np.linalg.norm(row), dtype=np.float32)


def doc(seed: int, facets: set[Facet] | frozenset[Facet] = frozenset(Facet)) -> Doc:
    return {facet: unit(seed * 3 + place, DIMENSIONS[facet]) for place, facet in enumerate(Facet) if facet in facets}


def filled(docs: Mapping[str, Doc]) -> FacetIndex:
    index = FacetIndex(DIMENSIONS)
    for name, vectors in docs.items():
        index.put(name, vectors)
    return index


def mean_by_hand(ours: Mapping[str, Doc], theirs: Mapping[str, Doc]) -> list[float]:
    means = []
    for facet in FACETS:
        pairs = [
            float(one[facet].astype(np.float64) @ other[facet].astype(np.float64))
            for one in ours.values()
            for other in theirs.values()
            if facet in one and facet in other
        ]
        means.append(sum(pairs) / len(pairs) if pairs else 0.0)
    return means


def score_by_hand(
    query: Doc, document: Doc, weights: Mapping[Facet, float], unknown: npt.NDArray[np.float32]
) -> tuple[float, list[float], list[bool]]:
    """The score, each facet's similarity, and whether it was compared."""
    similar, compared = [], []
    for place, facet in enumerate(FACETS):
        both = facet in query and facet in document
        similar.append(float(query[facet] @ document[facet]) if both else float(unknown[place]))
        compared.append(both)
    return sum(weights[facet] * value for facet, value in zip(FACETS, similar, strict=True)), similar, compared


docs = st.builds(doc, st.integers(0, 10_000), st.frozensets(st.sampled_from(Facet)))
corpora = st.dictionaries(st.text("abcdefghij", min_size=1, max_size=2), docs, max_size=25)
weightings = st.fixed_dictionaries({facet: st.floats(0, 1) for facet in Facet})


def test_no_thread_that_scans_wakes_a_team() -> None:
    index, teams = filled({"a": doc(1, set(Facet))}), []
    query = index.query(doc(2, set(Facet)), weights=dict.fromkeys(Facet, 1.0), unknown=np.zeros(3, dtype=np.float32))

    def scan() -> None:
        index.scores(query, np.arange(1))
        teams.append(faiss.omp_get_max_threads())

    threads = [threading.Thread(target=scan) for _ in range(2)]
    for thread in threads:
        thread.start()
        thread.join()
    scan()
    assert teams == [1, 1, 1]


@pytest.mark.no_cover  # others run the same lines; measured, it takes twice as long
@settings(max_examples=150, deadline=None)
@given(corpora, docs, weightings, st.data())
def test_scores_are_the_weighted_cosines_with_what_is_unknown_as_average(
    corpus: dict[str, Doc], question: Doc, weights: dict[Facet, float], data: st.DataObject
) -> None:
    index, asking = filled(corpus), filled({"q": question})
    unknown = index.mean_similarity(asking)
    assert unknown.tolist() == pytest.approx(mean_by_hand(corpus, {"q": question}), abs=1e-6)
    query = index.query(question, weights=weights, unknown=unknown)
    # Some, in any order; few enough go by id, all go by a scan.
    chosen = data.draw(st.permutations(range(len(corpus))).map(lambda order: order[: data.draw(st.integers(0, 25))]))
    rows = np.array(chosen, dtype=np.int64)
    scores = index.scores(query, rows)
    similar, compared = index.similarities(query, rows)
    every = index.scores_of_all([query, query])
    assert scores.shape == (len(rows),)
    assert every.shape == (2, index.rows)
    for place, row in enumerate(rows.tolist()):
        name = index.ids[row]
        assert name is not None
        score, by_facet, both = score_by_hand(question, corpus[name], weights, unknown)
        assert scores[place] == pytest.approx(score, abs=1e-5)
        assert every[:, row].tolist() == pytest.approx([score, score], abs=1e-5)
        assert similar[place].tolist() == pytest.approx(by_facet, abs=1e-5)
        assert compared[place].tolist() == both
        added = sum(weights[facet] * float(value) for facet, value in zip(FACETS, similar[place], strict=True))
        assert added == pytest.approx(float(scores[place]), abs=1e-5)


def test_some_rows_alone_and_all_rows_in_a_batch_agree() -> None:
    index = filled({str(seed): doc(seed) for seed in range(500)})
    query = index.query(doc(1000), weights=WEIGHTS, unknown=np.full(len(FACETS), 0.1, dtype=np.float32))
    rows = np.random.default_rng(3).permutation(500)[:120]
    assert np.allclose(index.scores(query, rows), index.scores_of_all([query])[0][rows], atol=1e-6)


@pytest.mark.parametrize("others", [0, 1000])
def test_the_rows_of_some_ids_are_marked_however_many_ids_there_are(others: int) -> None:
    index = filled({str(seed): doc(seed) for seed in range(40)})
    rows = np.array([3, 0, 17, 39], dtype=np.int64)
    ids = {"17", "3", "nobody", *(f"x{number}" for number in range(others))}
    assert index.are(rows, ids).tolist() == [True, False, True, False]
    assert index.are(rows, frozenset()).tolist() == [False] * 4
    assert index.are(rows[:0], ids).tolist() == []


def test_rows_need_not_be_contiguous_or_of_one_kind() -> None:
    index = filled({str(seed): doc(seed) for seed in range(40)})
    query = index.query(doc(99), weights=WEIGHTS, unknown=np.zeros(len(FACETS), dtype=np.float32))
    every = index.scores(query, np.arange(40))
    assert np.array_equal(index.scores(query, np.arange(40)[::-20]), every[::-20])
    assert np.array_equal(index.scores(query, np.array([7, 3], dtype=np.int32).astype(np.int64)), every[[7, 3]])


def test_an_index_of_nothing_answers_with_nothing() -> None:
    index = FacetIndex(DIMENSIONS)
    none = np.empty(0, dtype=np.int64)
    query = index.query(doc(1), weights=WEIGHTS, unknown=index.mean_similarity(FacetIndex(DIMENSIONS)))
    assert (len(index), index.rows, [*index.ids]) == (0, 0, [])
    assert index.row("a") is None
    assert index.remove("a") is None
    assert "a" not in index
    assert index.scores(query, none).shape == (0,)
    assert index.scores_of_all([query]).shape == (1, 0)
    assert index.similarities(query, none)[0].shape == (0, len(FACETS))
    assert index.mean_similarity(filled({"a": doc(1)})).tolist() == [0, 0, 0]


def test_a_document_keeps_its_row_while_it_lives_and_a_free_row_is_used_again() -> None:
    index = filled({"a": doc(1), "b": doc(2), "c": doc(3)})
    assert index.put("b", doc(4)) == 1
    assert index.remove("b") == 1
    assert (index.row("a"), index.row("b"), index.row("c")) == (0, None, 2)
    assert [*index.ids] == ["a", None, "c"]
    assert (len(index), index.rows, "b" in index, "c" in index) == (2, 3, False, True)
    assert index.put("d", doc(5)) == 1
    assert index.put("e", doc(6)) == 3
    assert np.array_equal(index.facet_vectors(1)[Facet.TITLE], doc(5)[Facet.TITLE])


def test_replacing_a_document_replaces_which_facets_it_has() -> None:
    index = filled({"a": doc(1, {Facet.TITLE, Facet.SKILLS})})
    assert {*index.facet_vectors(0)} == {Facet.TITLE, Facet.SKILLS}
    index.put("a", doc(2, {Facet.BODY}))
    assert {*index.facet_vectors(0)} == {Facet.BODY}
    assert index.counts.tolist() == [0, 0, 1]


def test_a_removed_document_leaves_no_number_behind() -> None:
    index = filled({"a": doc(1), "b": doc(2)})
    index.remove("a")
    assert not index.values(slice(0, 1)).any()


def test_facet_vectors_stay_valid_when_the_index_grows() -> None:
    index = filled({"a": doc(1)})
    kept = index.facet_vectors(0)
    for seed in range(2, 2000):
        index.put(str(seed), doc(seed))
    assert all(np.array_equal(kept[facet], doc(1)[facet]) for facet in FACETS)
    assert all(np.array_equal(index.facet_vectors(0)[facet], doc(1)[facet]) for facet in FACETS)


def test_a_row_is_as_wide_as_its_facets_and_one_mark_each() -> None:
    index = filled({"a": doc(1, {Facet.TITLE, Facet.BODY})})
    assert index.layout.width == 5 + 3 + 7 + 3
    expected = [*doc(1)[Facet.TITLE], 0, 0, 0, *doc(1)[Facet.BODY], 0, 1, 0]
    assert index.values(slice(None)).tolist() == [pytest.approx(expected)]


def test_equal_documents_get_equal_similarities_to_the_last_bit_wherever_they_stand() -> None:
    dimensions = {Facet.TITLE: 640, Facet.SKILLS: 33, Facet.BODY: 7}
    index = FacetIndex(dimensions)
    twin = {facet: unit(place, dimension) for place, (facet, dimension) in enumerate(dimensions.items())}
    for number in range(37):
        index.put(str(number), twin)
    question = {facet: unit(place + 9, dimension) for place, (facet, dimension) in enumerate(dimensions.items())}
    query = index.query(question, weights=WEIGHTS, unknown=np.zeros(3, dtype=np.float32))
    for rows in (37, 5, 1):
        similar, _ = index.similarities(query, np.arange(rows))
        assert np.array_equal(similar, np.repeat(index.similarities(query, np.arange(37))[0][:1], rows, axis=0))


def test_a_facet_that_the_query_lacks_counts_as_average_for_all() -> None:
    corpus = {"a": doc(1), "b": doc(2, {Facet.TITLE})}
    index = filled(corpus)
    unknown = np.array([0.3, 0.2, 0.1], dtype=np.float32)
    query = index.query({}, weights=WEIGHTS, unknown=unknown)
    assert index.scores(query, np.arange(2)).tolist() == pytest.approx([0.5 * 0.3 + 0.2 * 0.2 + 0.1 * 0.1] * 2)
    similar, compared = index.similarities(query, np.arange(2))
    assert similar.tolist() == [unknown.tolist()] * 2
    assert not compared.any()


def test_more_of_the_same_never_lowers_a_score() -> None:
    index = filled({"same": doc(1), "title only": {Facet.TITLE: doc(1)[Facet.TITLE]}, "other": doc(50)})
    query = index.query(doc(1), weights=WEIGHTS, unknown=np.zeros(3, dtype=np.float32))
    same, title, other = index.scores(query, np.arange(3))
    assert same == pytest.approx(0.8, abs=1e-6)
    assert same > title > other


BAD: dict[str, Callable[[int], Vectors]] = {
    "nan": lambda dimension: np.full(dimension, np.nan, dtype=np.float32),
    "one inf": lambda dimension: np.eye(1, dimension, dtype=np.float32)[0] * np.float32(np.inf),
    "one nan": lambda dimension: np.array([1, np.nan, *[0] * (dimension - 2)], dtype=np.float32),
    "huge": lambda dimension: np.full(dimension, 1e30, dtype=np.float32),
    "zero": lambda dimension: np.zeros(dimension, dtype=np.float32),
    "long": lambda dimension: unit(1, dimension) * np.float32(1.01),
    "wide": lambda dimension: unit(1, dimension + 1),
    "narrow": lambda dimension: unit(1, dimension - 1),
    "deep": lambda dimension: unit(1, dimension)[None, :],
    "no array": lambda _: np.ones((), dtype=np.float32),
}


@pytest.mark.parametrize("bad", BAD)
@pytest.mark.parametrize("facet", Facet)
def test_a_vector_that_is_no_unit_vector_is_refused_and_changes_nothing(facet: Facet, bad: str) -> None:
    index = filled({"a": doc(1), "gone": doc(2)})
    index.remove("gone")
    numbers = (index.values(slice(None)), index.sums.copy(), index.counts.copy())
    for name in ("a", "new"):
        with (
            np.errstate(invalid="ignore"),
            pytest.raises(InvalidVectors, match=f"the {facet} vector .* of {DIMENSIONS[facet]} dimensions"),
        ):
            index.put(name, doc(3) | {facet: BAD[bad](DIMENSIONS[facet])})
    assert np.array_equal(numbers[0], index.values(slice(None)))
    assert np.array_equal(numbers[1], index.sums)
    assert np.array_equal(numbers[2], index.counts)
    assert ([*index.ids], len(index), index.rows) == (["a", None], 1, 2)


class Life(RuleBasedStateMachine):
    """Two sides written to in any order, against two dictionaries."""

    names = Bundle("names")

    def __init__(self) -> None:
        super().__init__()
        self.sides = (FacetIndex(DIMENSIONS), FacetIndex(DIMENSIONS))
        self.expected: tuple[dict[str, Doc], dict[str, Doc]] = ({}, {})

    @rule(target=names, name=st.text("abcdef", min_size=1, max_size=1))
    def name(self, name: str) -> str:
        return name

    @rule(side=st.integers(0, 1), name=names, vectors=docs)
    def put(self, side: int, name: str, vectors: Doc) -> None:
        row = self.sides[side].put(name, vectors)
        self.expected[side][name] = vectors
        assert self.sides[side].row(name) == row

    @rule(side=st.integers(0, 1), name=names)
    def remove(self, side: int, name: str) -> None:
        row = self.sides[side].row(name)
        assert self.sides[side].remove(name) == row
        assert (self.expected[side].pop(name, None) is None) == (row is None)

    @invariant()
    def the_index_holds_what_was_put(self) -> None:
        for index, expected in zip(self.sides, self.expected, strict=True):
            assert {name for name in index.ids if name is not None} == {*expected}
            assert len(index) == len(expected)
            for name, vectors in expected.items():
                row = index.row(name)
                assert row is not None
                assert index.ids[row] == name
                found = index.facet_vectors(row)
                assert found.keys() == vectors.keys()
                assert all(np.array_equal(found[facet], vectors[facet]) for facet in vectors)

    @invariant()
    def the_mean_similarity_is_that_of_all_pairs_from_either_side(self) -> None:
        one, other = self.sides
        assert np.array_equal(one.mean_similarity(other), other.mean_similarity(one))
        assert one.mean_similarity(other).tolist() == pytest.approx(mean_by_hand(*self.expected), abs=1e-6)


def test_a_document_that_does_not_count_leaves_what_is_unknown_as_it_is(tmp_path: Path) -> None:
    other = filled({"o": doc(7), "p": doc(8)})
    alone, index = filled({"a": doc(1)}), filled({"a": doc(1), "gone": doc(3), "turned": doc(4)})
    index.put("unseen", doc(2), counts=False)
    index.put("turned", doc(4), counts=False)
    index.remove("gone")
    index.save(tmp_path)
    loaded = FacetIndex.load(tmp_path, DIMENSIONS)
    for one in (index, loaded):
        assert one.mean_similarity(other).tolist() == pytest.approx(alone.mean_similarity(other).tolist(), abs=1e-7)
        one.remove("unseen")
        one.put("turned", doc(5))
        expected = filled({"a": doc(1), "turned": doc(5)}).mean_similarity(other)
        assert one.mean_similarity(other).tolist() == pytest.approx(expected.tolist(), abs=1e-7)


TestLife = pytest.mark.no_cover(Life.TestCase)  # others run the same lines; measured, it takes twice as long
TestLife.settings = settings(max_examples=40, stateful_step_count=25, deadline=None)


@pytest.fixture
def saved(tmp_path: Path) -> FacetIndex:
    """An index with a free row, saved into the test's folder."""
    index = filled({"a": doc(1), "é\u2028 \"'": doc(2, {Facet.BODY}), "gone": doc(3), "d": doc(4, set())})
    index.remove("gone")
    index.save(tmp_path)
    return index


def test_what_is_loaded_is_what_was_saved(saved: FacetIndex, tmp_path: Path) -> None:
    loaded = FacetIndex.load(tmp_path, DIMENSIONS)
    assert [*loaded.ids] == [*saved.ids] == ["a", "é\u2028 \"'", None, "d"]
    assert np.array_equal(loaded.values(slice(None)), saved.values(slice(None)))
    assert np.allclose(loaded.sums, saved.sums, atol=1e-9)
    assert loaded.counts.tolist() == saved.counts.tolist() == [1, 1, 2]
    assert loaded.put("new", doc(9)) == 2, "the free row is still free"
    assert loaded.put("newer", doc(10)) == 4


def test_an_empty_index_is_saved_and_loaded(tmp_path: Path) -> None:
    FacetIndex(DIMENSIONS).save(tmp_path)
    loaded = FacetIndex.load(tmp_path, DIMENSIONS)
    assert (len(loaded), loaded.rows) == (0, 0)
    assert loaded.put("a", doc(1)) == 0


@pytest.mark.usefixtures("saved")
@pytest.mark.parametrize("name", ["vectors.faiss", "ids.json", "sums.npz"])
@pytest.mark.parametrize("content", [None, b"", b"foreign", b"\xff\xfe\x00"])
def test_a_missing_or_foreign_file_is_refused(name: str, content: bytes | None, tmp_path: Path) -> None:
    if content is None:
        (tmp_path / name).unlink()
    else:
        (tmp_path / name).write_bytes(content)
    with pytest.raises(SnapshotRefused, match="rebuilt"):
        FacetIndex.load(tmp_path, DIMENSIONS)


@pytest.mark.usefixtures("saved")
def test_a_truncated_file_of_vectors_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "vectors.faiss"
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(SnapshotRefused, match="cannot be read"):
        FacetIndex.load(tmp_path, DIMENSIONS)


@pytest.mark.usefixtures("saved")
@pytest.mark.parametrize(
    "ids", [[], ["a", "b", "c"], [*"abcde"], {"a": 1, "b": 2, "c": 3, "d": 4}, 4, "abcd", [1, 2, 3, 4], ["a"] * 4]
)
def test_ids_that_do_not_fit_the_rows_are_refused(ids: object, tmp_path: Path) -> None:
    (tmp_path / "ids.json").write_text(json.dumps(ids))
    with pytest.raises(SnapshotRefused, match="other rows"):
        FacetIndex.load(tmp_path, DIMENSIONS)


@pytest.mark.usefixtures("saved")
def test_an_index_of_another_dimension_or_metric_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SnapshotRefused, match="rebuilt"):
        FacetIndex.load(tmp_path, DIMENSIONS | {Facet.SKILLS: 4})
    other = faiss.IndexFlatL2(sum(DIMENSIONS.values()) + len(FACETS))
    other.add(np.zeros((4, other.d), dtype=np.float32))
    faiss.write_index(other, str(tmp_path / "vectors.faiss"))
    with pytest.raises(SnapshotRefused, match="rebuilt"):
        FacetIndex.load(tmp_path, DIMENSIONS)


def test_no_memory_for_heads_leaves_every_document_its_own_vectors(monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither when they are first made, nor when one more is to be written: it is refused, and can be put again."""
    monkeypatch.setattr(flat, "HEADS_FROM", 10)
    docs = {f"d{number}": doc(number) for number in range(14)}
    refused = []

    def no_memory(*_: object) -> None:
        refused.append(1)
        raise OSError("no memory")

    index = filled(dict([*docs.items()][:9]))
    with monkeypatch.context() as patch:
        patch.setattr(Heads, "reserve", no_memory)
        index.put("d9", docs["d9"])
    assert (len(refused), index.has_upper_bounds) == (1, False)
    index.put("d10", docs["d10"])
    assert index.has_upper_bounds
    with monkeypatch.context() as patch:
        patch.setattr(Heads, "reserve", no_memory)
        with pytest.raises(OSError, match="no memory"):
            index.put("d11", docs["d11"])
    for name in ("d11", "d12", "d13"):
        index.put(name, docs[name])
    for name, vectors in docs.items():
        row = index.row(name)
        assert row is not None
        found = index.facet_vectors(row)
        assert all(np.allclose(found[facet], vectors[facet], atol=1e-5) for facet in vectors)
