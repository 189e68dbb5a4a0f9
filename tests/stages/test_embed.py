"""Texts to vectors: no text twice through the encoder, and nothing but unit rows out of it."""

import itertools
import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.core.domain import Facet, FacetText, FacetTexts
from matcher.core.errors import InvalidVectors
from matcher.core.ports import Encoders, Vectors
from matcher.stages.embed import BATCH_TEXTS, DIGEST_BYTES, Embedder, Embedders, digest, digests, pool
from tests.fakes import FakeEncoder

ALIKE = dict.fromkeys(Facet, "fake")


class Broken(FakeEncoder):
    """An encoder whose rows are spoilt on the way out."""

    def __init__(self, spoil: Callable[[Vectors], Vectors]) -> None:
        super().__init__()
        self._spoil = spoil

    def encode(self, texts: Sequence[str]) -> Vectors:
        return self._spoil(super().encode(texts))


class Shelf:
    """Stored vectors, and what they were asked for."""

    def __init__(self) -> None:
        self.vectors: dict[bytes, Vectors] = {}
        self.asked: list[bytes] = []

    def __call__(self, keys: Sequence[bytes]) -> dict[bytes, Vectors]:
        self.asked += keys
        return {key: self.vectors[key] for key in keys if key in self.vectors}


@pytest.fixture
def shelf() -> Shelf:
    return Shelf()


@pytest.fixture
def encoder() -> FakeEncoder:
    return FakeEncoder()


@pytest.fixture
def embedder(encoder: FakeEncoder, shelf: Shelf) -> Embedder:
    return Embedder(encoder, stored=shelf)


def test_a_text_is_encoded_once_in_a_call(embedder: Embedder, encoder: FakeEncoder) -> None:
    found, fresh = embedder.vectors(["python", "sql", "python"])
    assert encoder.encoded == 2
    assert [*found] == [*fresh] == [digest("python"), digest("sql")]
    assert np.array_equal(found[digest("python")], encoder.encode(["python"])[0])


def test_a_text_is_encoded_once_across_calls(embedder: Embedder, encoder: FakeEncoder, shelf: Shelf) -> None:
    embedder.vectors(["python", "sql"])
    asked = len(shelf.asked)
    found, fresh = embedder.vectors(["sql", "java"])
    assert encoder.encoded == 3
    assert [*fresh] == [digest("java")]
    assert {*found} == {digest("sql"), digest("java")}
    assert shelf.asked[asked:] == [digest("java")], "what is in memory is not looked up"


def test_a_stored_text_is_not_encoded(encoder: FakeEncoder, shelf: Shelf) -> None:
    _, shelf.vectors = Embedder(encoder, stored=shelf).vectors(["python", "sql"])
    found, fresh = Embedder(encoder, stored=shelf).vectors(["python", "sql"])
    assert encoder.encoded == 2
    assert fresh == {}
    assert {*found} == {digest("python"), digest("sql")}


def test_nothing_in_gives_nothing_out(embedder: Embedder, encoder: FakeEncoder, shelf: Shelf) -> None:
    assert embedder.vectors([]) == ({}, {})
    assert (encoder.encoded, shelf.asked) == (0, [])


def test_many_texts_go_in_batches_and_come_back_each_with_its_own_vector(
    embedder: Embedder, encoder: FakeEncoder
) -> None:
    texts = [f"texte {number}" for number in range(BATCH_TEXTS + 3)]
    found, fresh = embedder.vectors(texts)
    assert len(found) == len(fresh) == encoder.encoded == len(texts)
    for text in (texts[0], texts[BATCH_TEXTS - 1], texts[BATCH_TEXTS], texts[-1]):
        assert np.array_equal(found[digest(text)], encoder.encode([text])[0])


def test_memory_keeps_the_texts_used_last_and_no_more(encoder: FakeEncoder, shelf: Shelf) -> None:
    embedder = Embedder(encoder, stored=shelf, memory_texts=3)
    for text in ("a", "b", "c"):
        embedder.vectors([text])
    embedder.vectors(["a"])
    embedder.vectors(["d"])
    embedder.vectors(["a", "c", "d"])
    assert encoder.encoded == 4
    embedder.vectors(["b"])
    assert encoder.encoded == 5
    assert len(embedder._memory) == 3


def test_a_call_larger_than_the_memory_is_answered_in_full(encoder: FakeEncoder, shelf: Shelf) -> None:
    embedder = Embedder(encoder, stored=shelf, memory_texts=3)
    found, _ = embedder.vectors("abcdef")
    assert len(found) == 6
    assert len(embedder._memory) == 3


def test_a_remembered_vector_does_not_keep_its_batch_in_memory(embedder: Embedder) -> None:
    found, _ = embedder.vectors(["python", "sql", "java"])
    assert all(vector.base is None or vector.base.size == vector.size for vector in found.values())


def test_threads_get_the_same_vectors_as_one_alone(encoder: FakeEncoder, shelf: Shelf) -> None:
    embedder = Embedder(encoder, stored=shelf, memory_texts=20)
    texts = [f"texte {number}" for number in range(40)]
    expected, _ = Embedder(FakeEncoder(), stored=Shelf()).vectors(texts)
    start = threading.Barrier(4)

    def work(thread: int) -> None:
        start.wait()
        for turn in range(20):
            wanted = texts[(thread * 7 + turn) % 30 :][:10]
            found, _ = embedder.vectors(wanted)
            assert all(np.array_equal(found[digest(text)], expected[digest(text)]) for text in wanted)
            if turn % 5 == thread:
                embedder.clear()

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(work, range(4)))
    assert len(embedder._memory) <= 20


def _with(place: tuple[int, int], value: float) -> Callable[[Vectors], Vectors]:
    def spoil(rows: Vectors) -> Vectors:
        rows[place] = value
        return rows

    return spoil


@pytest.mark.parametrize(
    "spoil",
    [
        _with((0, 0), float("nan")),
        _with((1, 3), float("inf")),
        _with((1, 3), 1e30),
        lambda rows: rows * np.float32(2),
        lambda rows: rows * np.float32(0),
        lambda rows: rows.astype(np.float64),
        lambda rows: rows.astype(np.float16),
        lambda rows: rows[:-1],
        lambda rows: np.concatenate([rows, rows]),
        lambda rows: rows[:, :-1],
        lambda rows: rows[0],
        lambda rows: rows[None],
    ],
    ids="nan inf huge long zero double half fewer more narrow flat deep".split(),
)
def test_an_encoder_that_breaks_its_contract_is_refused_and_nothing_is_kept(
    spoil: Callable[[Vectors], Vectors], shelf: Shelf
) -> None:
    embedder = Embedder(Broken(spoil), stored=shelf)
    with pytest.raises(InvalidVectors, match="the encoder gave"):
        embedder.vectors(["python", "sql"])
    assert not embedder._memory


@given(st.text(), st.text())
def test_a_digest_tells_texts_apart(one: str, other: str) -> None:
    assert len(digest(one)) == DIGEST_BYTES
    assert (digest(one) == digest(other)) == (one == other)


def test_half_a_character_has_a_digest_too() -> None:
    assert len({digest("\ud800"), digest("\udfff"), digest("?"), digest("")}) == 4


def test_a_documents_digests_are_each_there_once_in_order() -> None:
    texts: FacetTexts = {
        Facet.TITLE: (FacetText("a", 0.5), FacetText("b", 0.5)),
        Facet.BODY: (FacetText("b", 0.5), FacetText("c", 0.5)),
    }
    assert digests(texts) == (digest("a"), digest("b"), digest("c"))
    assert digests({}) == ()


@given(st.lists(st.tuples(st.sampled_from("abcdefgh"), st.floats(0.1, 1)), min_size=1, max_size=5))
def test_a_pooled_vector_has_length_one_and_points_where_the_shares_say(parts: list[tuple[str, float]]) -> None:
    embedder = Embedder(FakeEncoder(), stored=Shelf())
    texts: FacetTexts = {Facet.SKILLS: tuple(FacetText(text, share) for text, share in parts)}
    vectors, _ = embedder.vectors(text for text, _ in parts)
    pooled = pool(texts, {"fake": vectors}, models=ALIKE)
    expected = np.sum([share * vectors[digest(text)].astype(np.float64) for text, share in parts], axis=0)
    assert [*pooled] == [Facet.SKILLS]
    assert pooled[Facet.SKILLS].dtype == np.float32
    assert float(np.linalg.norm(pooled[Facet.SKILLS])) == pytest.approx(1, abs=1e-6)
    assert np.allclose(pooled[Facet.SKILLS], expected / np.linalg.norm(expected), atol=1e-5)


def test_opposite_texts_leave_a_facet_that_says_nothing() -> None:
    up = np.eye(1, 16, dtype=np.float32)[0]
    vectors = {digest("up"): up, digest("down"): -up}
    texts: FacetTexts = {
        Facet.TITLE: (FacetText("up", 1.0),),
        Facet.BODY: (FacetText("up", 0.5), FacetText("down", 0.5)),
    }
    assert [*pool(texts, {"fake": vectors}, models=ALIKE)] == [Facet.TITLE]
    assert pool({}, {"fake": vectors}, models=ALIKE) == {}


def test_every_order_of_the_parts_pools_to_the_same_vector() -> None:
    encoder = FakeEncoder()
    parts = [FacetText("a", 0.5), FacetText("b", 0.3), FacetText("c", 0.2)]
    vectors = {digest(part.text): encoder.encode([part.text])[0] for part in parts}
    pooled = [
        pool({Facet.BODY: order}, {"fake": vectors}, models=ALIKE)[Facet.BODY]
        for order in itertools.permutations(parts)
    ]
    assert all(np.allclose(pooled[0], vector, atol=1e-6) for vector in pooled)


class Shelves:
    """Stored vectors by model, and which model was asked for what."""

    def __init__(self) -> None:
        self.vectors: dict[str, Mapping[bytes, Vectors]] = {}
        self.asked: list[tuple[str, bytes]] = []

    def __call__(self, digests: Sequence[bytes], *, model: str) -> dict[bytes, Vectors]:
        self.asked += [(model, key) for key in digests]
        stored = self.vectors.get(model, {})
        return {key: stored[key] for key in digests if key in stored}


SAME: FacetTexts = {facet: (FacetText("python", 1.0),) for facet in Facet}


def test_facets_of_one_encoder_encode_a_text_once() -> None:
    shared, own = FakeEncoder(), FakeEncoder(dimension=8)
    embedders = Embedders(Encoders(title=shared, skills=own, body=shared), stored=Shelves())
    found, fresh = embedders.vectors([SAME, SAME])
    assert (shared.encoded, own.encoded) == (1, 1)
    assert {model: [*vectors] for model, vectors in fresh.items()} == {
        shared.fingerprint: [digest("python")],
        own.fingerprint: [digest("python")],
    }
    assert embedders[Facet.TITLE] is embedders[Facet.BODY] is not embedders[Facet.SKILLS]
    pooled = pool(SAME, found, models=embedders.models)
    assert np.allclose(pooled[Facet.TITLE], shared.encode(["python"])[0])
    assert np.array_equal(pooled[Facet.TITLE], pooled[Facet.BODY])
    assert np.allclose(pooled[Facet.SKILLS], own.encode(["python"])[0])


def test_two_encoders_of_one_fingerprint_are_one() -> None:
    one, twin = FakeEncoder(), FakeEncoder()
    Embedders(Encoders(one, twin, one), stored=Shelves()).vectors([SAME])
    assert one.encoded + twin.encoded == 1


def test_each_model_is_asked_for_the_texts_of_its_facets_alone() -> None:
    encoders = Encoders(FakeEncoder(name="t"), FakeEncoder(name="s"), FakeEncoder(name="b"))
    shelves = Shelves()
    texts: FacetTexts = {Facet.TITLE: (FacetText("a", 1.0),), Facet.BODY: (FacetText("b", 1.0),)}
    _, shelves.vectors["b-16"] = Embedder(encoders.body, stored=lambda _: {}).vectors(["a", "b"])
    found, fresh = Embedders(encoders, stored=shelves).vectors([texts])
    assert shelves.asked == [("t-16", digest("a")), ("b-16", digest("b"))]
    assert {model: [*vectors] for model, vectors in found.items()} == {
        "t-16": [digest("a")],
        "s-16": [],
        "b-16": [digest("b")],
    }
    assert {model: [*vectors] for model, vectors in fresh.items()} == {"t-16": [digest("a")], "s-16": [], "b-16": []}


def test_clearing_forgets_every_facet() -> None:
    one, other = FakeEncoder(), FakeEncoder(dimension=8)
    embedders = Embedders(Encoders(one, one, other), stored=Shelves())
    embedders.vectors([SAME])
    embedders.clear()
    embedders.vectors([SAME])
    assert (one.encoded, other.encoded) == (2, 2)
