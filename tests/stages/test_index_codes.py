"""The index of many documents: in a quarter of the memory, and the same answers but for the last thousandth."""

import errno
import itertools
from pathlib import Path
from typing import NoReturn

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matcher import compiled
from matcher.core.domain import Facet
from matcher.core.errors import SnapshotRefused
from matcher.stages import index as stage
from matcher.stages.index import FacetIndex, codes, names
from matcher.stages.index.growing import GrowingArray
from matcher.stages.index.names import Packed
from tests.stages.test_index import DIMENSIONS, FACETS, WEIGHTS, Doc, doc, docs, unit

WIDE = {Facet.TITLE: 96, Facet.BODY: 64}


@pytest.fixture(autouse=True)
def compact(monkeypatch: pytest.MonkeyPatch) -> None:
    """Codes from the third row on, two threads from the fourth, and heads that are shorter than a vector."""
    monkeypatch.setattr(stage, "COMPACT_FROM", 2)
    monkeypatch.setattr(compiled, "LONG", 4)
    monkeypatch.setattr(codes, "HEAD", 2)
    monkeypatch.setattr(codes, "MIDDLE", 2)


def filled(documents: list[Doc], dimensions: dict[Facet, int] = DIMENSIONS) -> FacetIndex:
    index = FacetIndex(dimensions)
    for place, vectors in enumerate(documents):
        index.put(str(place), vectors)
    return index


@pytest.mark.no_cover  # others run the same lines; measured, it takes twice as long
@settings(max_examples=100)
@given(st.lists(docs, min_size=3, max_size=25), docs, st.permutations(range(25)))
def test_a_score_is_that_of_what_is_read_and_that_is_near_what_was_put(
    documents: list[Doc], question: Doc, order: list[int]
) -> None:
    index = filled(documents)
    assert index.precision > 1e-3, "these are codes"
    for row, vectors in enumerate(documents):
        found = index.facet_vectors(row)
        assert found.keys() == vectors.keys()
        for facet, vector in vectors.items():
            assert np.allclose(found[facet], vector, atol=index.precision)
            assert float(found[facet] @ found[facet]) == pytest.approx(1.0, abs=1e-5)
        together, known = index.side_by_side(row)
        for facet, part, has in zip(FACETS, index.layout.parts, known, strict=True):
            assert np.array_equal(together[part], found[facet]) if has else not together[part].any()
    query = index.query(question, weights=WEIGHTS, unknown=np.full(len(FACETS), 0.1, dtype=np.float32))
    rows = np.array([row for row in order if row < len(documents)], dtype=np.int64)
    by_hand = index.values(rows) @ query.scaled.vector + query.scaled.base
    assert np.allclose(index.scores(query, rows), by_hand, atol=1e-4)
    assert np.allclose(index.scores_of_all([query, query])[1][rows], by_hand, atol=1e-5)
    upper_bounds = index.upper_bounds(query, rows)
    assert np.all(upper_bounds >= by_hand)
    upper_bounds -= index.middles_shortfall(query, rows)
    assert np.all(upper_bounds >= by_hand)
    assert np.all(upper_bounds - index.others_shortfall(query, rows) >= by_hand)
    similar, _ = index.similarities(query, rows)
    weights = np.array([WEIGHTS[facet] for facet in FACETS])
    assert np.allclose((similar * weights).sum(axis=1), by_hand, atol=1e-5)


def test_the_sums_are_those_of_what_is_kept_before_and_after_it_turns_to_codes() -> None:
    documents = [doc(seed, {Facet.TITLE, Facet.BODY} if seed % 3 else set(Facet)) for seed in range(40)]
    index = filled(documents)
    for row in (0, 1, 2, 7):
        index.remove(str(row))
    index.put("5", doc(99))
    kept = index.values(slice(None))
    assert np.allclose(index.sums, kept[:, : -len(FACETS)].sum(axis=0), atol=1e-4)
    held = [row for row, name in enumerate(index.ids) if name is not None]
    assert index.counts.tolist() == (kept[held, -len(FACETS) :] == 0).sum(axis=0).tolist()
    assert not kept[[0, 1, 2, 7]].any(), "what was removed left no number behind"
    assert index.put("new", doc(1)) == 7


def test_what_does_not_count_counts_no_more_once_it_turns_to_codes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("matcher.stages.index.COMPACT_FROM", 20)
    index = FacetIndex(DIMENSIONS)
    for seed in range(40):
        index.put(str(seed), doc(seed), counts=seed % 3 > 0)
    counted = [row for row in range(40) if row % 3]
    kept = index.values(slice(None))[counted]
    assert np.allclose(index.sums, kept[:, : -len(FACETS)].sum(axis=0), atol=1e-4)
    assert index.counts.tolist() == [len(counted)] * len(FACETS)


def test_what_is_loaded_is_what_was_saved(tmp_path: Path) -> None:
    index = filled([doc(seed) for seed in range(9)])
    index.remove("4")
    index.save(tmp_path)
    loaded = FacetIndex.load(tmp_path, DIMENSIONS)
    assert loaded.precision == index.precision
    assert [*loaded.ids] == [*index.ids]
    assert np.array_equal(loaded.values(slice(None)), index.values(slice(None)))
    assert np.array_equal(loaded.sums, index.sums)
    assert [loaded.put(name, doc(50)) for name in ("a", "b")] == [4, 9]


@pytest.mark.parametrize(
    ("name", "content"),
    [*itertools.product((*codes.FILES[1:], codes.ROTATION), (None, b"", b"\x93NUMPY foreign")), (codes.FILES[0], b"x")],
)
def test_a_missing_or_foreign_file_is_refused(name: str, content: bytes | None, tmp_path: Path) -> None:
    filled([doc(seed) for seed in range(5)]).save(tmp_path)
    (tmp_path / name).unlink()
    if content is not None:
        (tmp_path / name).write_bytes(content)
    with pytest.raises(SnapshotRefused, match="rebuilt"):
        FacetIndex.load(tmp_path, DIMENSIONS)


@pytest.mark.parametrize("name", codes.FILES)
def test_files_of_another_length_or_kind_are_refused(name: str, tmp_path: Path) -> None:
    filled([doc(seed) for seed in range(5)]).save(tmp_path)
    whole = np.load(tmp_path / name)
    for other in (whole[:-1], whole[:, :-1], whole.astype(np.int64)):
        np.save(tmp_path / name, other)
        with pytest.raises(SnapshotRefused, match="rebuilt"):
            FacetIndex.load(tmp_path, DIMENSIONS)


def test_of_a_hundred_nearest_by_floats_ninety_eight_are_nearest_by_codes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(codes, "HEAD", 24)
    monkeypatch.setattr(codes, "MIDDLE", 24)
    draw = np.random.default_rng(7)
    centres = draw.standard_normal((40, 160))
    spread = centres[draw.integers(0, 40, 2000)] + 0.4 * draw.standard_normal((2000, 160))

    def parts(row: np.ndarray) -> Doc:
        return {
            facet: (part / np.linalg.norm(part)).astype(np.float32)
            for facet, part in ((Facet.TITLE, row[:96]), (Facet.BODY, row[96:]))
        }

    documents = [parts(row) for row in spread]
    coded = filled(documents, WIDE)
    monkeypatch.setattr(stage, "COMPACT_FROM", 10_000)
    exact = filled(documents, WIDE)
    shared = 0
    for place in range(50):
        best = []
        for index in (coded, exact):
            query = index.query(documents[place * 7], weights=WEIGHTS, unknown=np.zeros(2, dtype=np.float32))
            best.append({*np.argsort(-index.scores(query, np.arange(2000)))[:10].tolist()})
        shared += len(best[0] & best[1])
    assert shared >= 0.98 * 500, shared


@given(st.lists(st.tuples(st.integers(0, 9), st.none() | st.text(max_size=5)), max_size=60))
def test_packed_ids_are_those_of_a_list(writes: list[tuple[int, str | None]]) -> None:
    plain: list[str | None] = ["a", None, "é\ud800", "", "eee"]
    packed = Packed(plain)
    for row, name in writes:
        if row < len(plain):
            plain[row] = packed[row] = name
        else:
            plain.append(name)
            packed.append(name)
    assert ([*packed], len(packed)) == (plain, len(plain))


def test_a_packed_id_that_went_is_in_no_memory() -> None:
    packed = Packed(["zxqcanari", "b"])
    packed[0] = "kurz"
    packed[1] = "and longer"
    assert b"canari" not in packed._text
    packed[0] = None
    assert b"kurz" not in packed._text


@given(st.lists(st.tuples(st.sampled_from("abcdefghijklmnop"), st.booleans()), max_size=200), st.booleans())
def test_rows_are_found_by_name_whatever_was_written_and_freed(writes: list[tuple[str, bool]], packed: bool) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(names, "LEAST", 4)  # so short that names meet, and the table is made anew often
        found, expected = names.Names(packed=packed), dict[str, int]()
        free: list[int] = []
        for name, is_put in writes:
            if is_put and name not in expected:
                expected[name] = free.pop() if free else len(found.by_row)
                found.put(name, expected[name])
            elif not is_put:
                row = expected.pop(name, None)
                assert found.remove(name) == row
                free += [] if row is None else [row]
        assert {name: found.row(name) for name in "abcdefghijklmnop"} == {
            name: expected.get(name) for name in "abcdefghijklmnop"
        }
        assert len(found) == len(expected)


def test_rows_for_which_there_is_no_memory_leave_all_as_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> NoReturn:
        raise OSError(errno.ENOMEM, "no memory")

    array = GrowingArray(4, np.int8)
    array.all[:3] = 7
    with monkeypatch.context() as patched:
        patched.setattr(GrowingArray, "_grow", refuse)
        with pytest.raises(OSError, match="no memory"):
            array.reserve(10 * len(array.all))
    assert (array.all[:3] == 7).all()
    array.reserve(10 * len(array.all))
    assert (array.all[:3] == 7).all()
    assert not array.all[3:].any()


def test_the_rounding_of_one_part_does_not_reach_another_and_bodies_have_ten_bits(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(codes, "HEAD", 24)
    monkeypatch.setattr(codes, "MIDDLE", 40)
    documents = [
        {facet: unit(97 * number + place, dimension) for place, (facet, dimension) in enumerate(WIDE.items())}
        for number in range(60)
    ]
    index = filled(documents, WIDE)
    for row, vectors in enumerate(documents):
        body = index.facet_vectors(row)[Facet.BODY]
        step = np.abs(vectors[Facet.BODY]).max() / (127 * 4)
        assert np.abs(body - vectors[Facet.BODY]).max() < step
        query = index.query(vectors, weights=WEIGHTS, unknown=np.zeros(2, dtype=np.float32))
        kept = index.values(np.array([row]))[0]
        for part in (slice(0, 24), slice(24, 64), slice(64, 96)):
            assert np.linalg.norm(kept[part]) == pytest.approx(np.linalg.norm(query.facets[part]), rel=1e-5)
        assert np.abs(kept[:24] - query.facets[:24]).max() < 1e-4
