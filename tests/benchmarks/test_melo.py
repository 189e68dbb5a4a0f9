"""MELO's figures on sets that were worked out by hand."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pytest

from benchmarks import melo
from benchmarks.encoding import INPUTS, Titles
from matcher.core.errors import UnreadableFile
from matcher.core.ports import Vectors
from tests.fakes import FakeEncoder

QUERIES = "Q1\tMaçonne\nQ2\tJuriste\nQ3\tnobody knows\n"
CORPUS = "C1_a\tmaçon\nC1_b\tbricklayer\nC2_a\tjuriste\nC3_a\tboulanger\n"
ANNOTATIONS = "Q1\t0\tC1_a\t1\nQ1\t0\tC1_b\t1\nQ2\t0\tC2_a\t1\nQ2\t0\tC3_a\t0\n"


def _folder(folder: Path, *, queries: str = QUERIES, corpus: str = CORPUS, annotations: str = ANNOTATIONS) -> Path:
    folder.mkdir(exist_ok=True)
    for name, text in ((melo.QUERIES, queries), (melo.CORPUS, corpus), (melo.ANNOTATIONS, annotations)):
        (folder / name).write_text(text, encoding="utf-8")
    return folder


class _Knowing(FakeEncoder):
    """Knows which titles are one occupation, in whatever case: one axis each; what it does not know is the last."""

    def __init__(self, axes: Mapping[str, int]) -> None:
        super().__init__(dimension=8)
        self._axes = axes

    def encode(self, texts: Sequence[str]) -> Vectors:
        rows: Vectors = np.eye(8, dtype=np.float32)[[self._axes.get(text.lower(), 7) for text in texts]]
        return rows


def _one(relevant: Sequence[Sequence[int]], *, elements: int, ids: Sequence[str] | None = None) -> melo.MeloSet:
    return melo.MeloSet(
        name="made up",
        queries=tuple(f"query {number}" for number in range(len(relevant))),
        corpus=tuple(f"element {number}" for number in range(elements)),
        corpus_ids=tuple(ids or (f"C{number:05}" for number in range(elements))),
        relevant=tuple(map(tuple, relevant)),
    )


def test_the_rank_is_that_of_the_best_right_element() -> None:
    scores = np.array([[0.1, 0.9, 0.5, 0.7], [0.4, 0.3, 0.2, 0.1]], dtype=np.float32)
    found = melo.ranks(_one([[0, 2], [0]], elements=4), lambda block: scores[block])
    assert found.tolist() == [[3, 3], [1, 1]]
    figures = melo.figures(found)
    assert (figures["MRR"], figures["success@1"], figures["success@10"]) == (round((1 / 3 + 1) / 2, 4), 0.5, 1)


def test_equal_scores_rank_in_the_order_of_the_corpus_and_for_trec_eval_by_descending_id() -> None:
    scores = np.array([[0.5, 0.5, 0.9, 0.5]], dtype=np.float32)
    for right, expected in (([0], [2, 4]), ([1], [3, 3]), ([3], [4, 2]), ([0, 3], [2, 2]), ([2], [1, 1])):
        assert melo.ranks(_one([right], elements=4, ids="ABCD"), lambda block: scores[block]).tolist() == [expected]


def test_ranks_are_those_of_sorting_every_row_whatever_the_block() -> None:
    random = np.random.default_rng(7)
    queries, elements = 2 * melo.QUERY_BLOCK + 5, 60
    scores = random.integers(0, 9, (queries, elements)).astype(np.float32)  # many ties
    relevant = [random.choice(elements, size=3, replace=False).tolist() for _ in range(queries)]
    found = melo.ranks(_one(relevant, elements=elements), lambda block: scores[block])
    for row, right, (in_order, by_id) in zip(scores, relevant, found, strict=True):
        forward = np.argsort(-row, kind="stable").tolist()
        backward = [elements - 1 - place for place in np.argsort(-row[::-1], kind="stable").tolist()]
        assert in_order == 1 + min(forward.index(place) for place in right)
        assert by_id == 1 + min(backward.index(place) for place in right)


def test_the_interval_holds_the_mean_and_shrinks_with_more_queries() -> None:
    few, many = (melo.figures(np.array([[1, 1], [4, 4]] * times)) for times in (10, 1000))
    (few_low, few_high), (low, high) = few["MRR 95 %"], many["MRR 95 %"]
    assert few_low < low < many["MRR"] < high < few_high


def test_an_encoder_that_knows_everything_is_always_right(tmp_path: Path) -> None:
    axes = {"maçonne": 0, "maçon": 0, "bricklayer": 0, "juriste": 1, "boulanger": 2}
    result = melo.measure(_folder(tmp_path / "one").parent, [Titles(_Knowing(axes))], tfidf=False)
    assert result["sets"] == {"one": {"queries": 2, "corpus elements": 4}}  # nobody judged the third query
    for how in INPUTS:
        figures = result["measured"]["fake"][how]["one"]
        assert (figures["MRR"], figures["success@1"], figures["success@10"]) == (1, 1, 1)


def test_the_two_inputs_are_measured_apart(tmp_path: Path) -> None:
    result = melo.measure(_folder(tmp_path), [Titles(FakeEncoder(dimension=256))], tfidf=True)
    for name in ("fake", melo.TFIDF):
        figures = {how: result["measured"][name][how][tmp_path.name] for how in INPUTS}
        assert figures["neutral"]["MRR"] == 1  # `maçonne` has become `maçon`
    assert result["headline"] == {"model": "fake", "input": "as given"}
    as_given = result["measured"]["fake"]["as given"][tmp_path.name]
    assert as_given["MRR"] < 1


def test_published_figures_stand_beside_a_set_that_has_them(tmp_path: Path) -> None:
    for name in ("bel_q_fr_c_fr", "xxx_q_de_c_de"):
        _folder(tmp_path / name)
    result = melo.measure(tmp_path, [Titles(FakeEncoder())], tfidf=False)
    assert list(result["sets"]) == ["bel_q_fr_c_fr", "xxx_q_de_c_de"]
    assert list(result["published"]["figures"]) == ["bel_q_fr_c_fr"]
    best = result["published"]["figures"]["bel_q_fr_c_fr"]["OpenAI text-embedding-3-large"]
    assert best == {"MRR": 0.578, "success@1": 0.5, "success@10": 0.738}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"annotations": "Q1\t0\tC1_a\t1\nQ9\t0\tC1_a\t1\n"}, r"annotations\.tsv, line 2: 'Q9' is not in queries"),
        ({"annotations": "Q1\t0\tC9\t1\n"}, r"annotations\.tsv, line 1: 'C9' is not in corpus_elements"),
        ({"annotations": "Q1\t0\tC1_a\tyes\n"}, r"annotations\.tsv, line 1: the last column"),
        ({"annotations": "Q1\tC1_a\t1\n"}, r"annotations\.tsv, line 1: 3 columns, expected 4"),
        ({"annotations": "Q1\t0\tC1_a\t0\n"}, r"annotations\.tsv has no right element"),
        ({"corpus": CORPUS + "C1_a\tagain\n"}, r"corpus_elements\.tsv, line 5: the id 'C1_a' stands twice"),
    ],
)
def test_a_wrong_set_is_refused_by_file_and_line(tmp_path: Path, change: dict[str, str], message: str) -> None:
    with pytest.raises(UnreadableFile, match=message):
        melo.read(_folder(tmp_path, **change))


@pytest.mark.parametrize("missing", [melo.QUERIES, melo.CORPUS, melo.ANNOTATIONS])
def test_a_set_that_lacks_a_file_is_named_and_not_passed_over(tmp_path: Path, missing: str) -> None:
    _folder(tmp_path / "whole")
    (_folder(tmp_path / "half") / missing).unlink()
    with pytest.raises(UnreadableFile, match=f"half/{missing} is missing"):
        melo.read(tmp_path)


def test_a_folder_without_a_set_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFile, match="holds no set: a set is a folder with queries"):
        melo.read(tmp_path)
    with pytest.raises(UnreadableFile, match="is not a folder"):
        melo.read(tmp_path / "nowhere")
