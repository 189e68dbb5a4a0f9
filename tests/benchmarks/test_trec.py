"""Sets in the form of TREC and of BEIR are read alike, measured as MELO's are, and refused by file and line."""

import gzip
import json
from pathlib import Path

import numpy as np
import pytest

from benchmarks import machine, melo, quality, trec
from benchmarks.encoding import Titles
from matcher.core.errors import UnreadableFile
from models.words import WordsEncoder
from tests.fakes import FakeEncoder

QUERIES = {"q1": "web developer", "q2": "data engineer", "q3": "nobody judged it"}
CORPUS = {"d1": ("", "web developer"), "d2": ("data", "engineer"), "d3": ("", "pastry cook"), "d4": ("", "developer")}
JUDGED = (("q1", "d1", 2), ("q1", "d4", 1), ("q1", "d3", 0), ("q2", "d2", 1), ("q2", "d3", -1))
TREC = {
    "queries.tsv": "".join(f"{name}\t{text}\n" for name, text in QUERIES.items()),
    "corpus.tsv": "".join(f"{name}\t{' '.join(filter(None, texts))}\n" for name, texts in CORPUS.items()),
    "qrels.txt": "".join(f"{query} 0 {text}  {grade}\n" for query, text, grade in JUDGED),
}
BEIR = {
    "queries.jsonl": "".join(json.dumps({"_id": name, "text": text}) + "\n" for name, text in QUERIES.items()),
    "corpus.jsonl": "".join(
        json.dumps({"_id": name, "title": title, "text": text, "metadata": {}}) + "\n"
        for name, (title, text) in CORPUS.items()
    ),
    "qrels/test.tsv": "query-id\tcorpus-id\tscore\n" + "".join("\t".join(map(str, one)) + "\n" for one in JUDGED),
}
HEADED = {
    "queries.tsv": f"_id\ttext\n{TREC['queries.tsv']}",
    "corpus.tsv": "doc_id\ttitle\ttext\n" + "".join(f"{n}\t{title}\t{text}\n" for n, (title, text) in CORPUS.items()),
    "qrels.tsv": "query_id\titeration\tdoc_id\trelevance\n"
    + "".join(f"{query}\tQ0\t{text}\t{grade}\n" for query, text, grade in JUDGED),
}
MELO = {
    "queries.tsv": TREC["queries.tsv"],
    "corpus_elements.tsv": TREC["corpus.tsv"],
    "annotations.tsv": "".join(f"{query}\t0\t{text}\t{max(grade, 0)}\n" for query, text, grade in JUDGED),
}


def _write(folder: Path, files: dict[str, str], *, zipped: bool = False) -> Path:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if zipped:
            path.with_name(f"{path.name}.gz").write_bytes(gzip.compress(text.encode()))
        else:
            path.write_text(text, encoding="utf-8")
    return folder


@pytest.mark.parametrize("zipped", [False, True])
@pytest.mark.parametrize("files", [TREC, BEIR, HEADED, MELO], ids=["TREC", "BEIR", "with headings", "MELO"])
def test_every_form_of_a_set_is_the_same_set(tmp_path: Path, files: dict[str, str], *, zipped: bool) -> None:
    (found,) = trec.read(_write(tmp_path / "mine", files, zipped=zipped))
    assert (found.texts.name, found.texts.queries) == ("mine", ("web developer", "data engineer"))
    assert found.texts.corpus == ("web developer", "data engineer", "pastry cook", "developer")
    assert found.texts.corpus_ids == ("d1", "d2", "d3", "d4")
    assert found.texts.relevant == ((0, 3), (1,))
    assert found.grades == ({0: 2, 3: 1}, {1: 1})


def test_several_sets_stand_in_sub_folders(tmp_path: Path) -> None:
    for name, files in (("b", BEIR), ("a", TREC)):
        _write(tmp_path / name, files)
    assert [one.texts.name for one in trec.read(tmp_path)] == ["a", "b"]


def test_the_figures_are_those_of_a_ranking_worked_out_by_hand() -> None:
    one = melo.MeloSet("made up", ("a", "b"), tuple("wxyz"), tuple("wxyz"), ((0, 3), (1,)))
    scores = np.array([[0.5, 0.9, 0.1, 0.7], [0.5, 0.5, 0.9, 0.5]], dtype=np.float32)
    found = trec.figures(trec.TrecSet(one, ({0: 2, 3: 1}, {1: 1})), lambda block: scores[block])
    # The first is ranked x, z (1), w (2), y; the second y, w, x (1), z: equals stand in the order of the corpus.
    first = (1 / np.log2(3) + 2 / np.log2(4)) / (2 + 1 / np.log2(3))
    assert found["nDCG@10"] == pytest.approx((first + 1 / np.log2(4)) / 2, abs=1e-4)
    assert found["R@100"] == 1
    assert (found["MRR"], found["success@1"]) == (round((1 / 2 + 1 / 3) / 2, 4), 0)


def test_melo_s_figures_are_the_same_by_either_option(tmp_path: Path) -> None:
    folder, encoders = _write(tmp_path / "mine", MELO), [Titles(FakeEncoder(dimension=64))]
    by_melo, by_trec = (way.measure(folder, encoders, tfidf=True) for way in (melo, trec))
    assert by_trec["sets"] == by_melo["sets"] == {"mine": {"queries": 2, "corpus elements": 4}}
    for model, by_input in by_melo["measured"].items():
        for how, by_set in by_input.items():
            assert by_set["mine"].items() <= by_trec["measured"][model][how]["mine"].items()


@pytest.mark.parametrize(
    ("files", "message"),
    [
        ({"qrels.txt": "q1 0 d1 1\nq9 0 d1 1\n"}, r"qrels\.txt, line 2: 'q9' is not in queries\.tsv"),
        ({"qrels.txt": "q1 0 d9 1\n"}, r"qrels\.txt, line 1: 'd9' is not in corpus\.tsv"),
        ({"qrels.txt": "q1 0 d1 yes\n"}, r"qrels\.txt, line 1: the relevance must be a whole number: 'yes'"),
        ({"qrels.txt": "q1 d1\n"}, r"qrels\.txt, line 1: 2 columns: write query, 0, text, relevance as TREC does"),
        ({"qrels.txt": "q1 0 d1 0\n"}, r"mine/qrels\.txt has no right text for any query"),
        ({"corpus.tsv": TREC["corpus.tsv"] + "d1\tagain\n"}, r"corpus\.tsv, line 5: the id 'd1' stands twice"),
        ({"corpus.tsv": "d1\n"}, r"corpus\.tsv, line 1: 1 columns, expected an id and a text"),
        ({"queries.tsv": None, "queries.jsonl": "{\n"}, r"queries\.jsonl, line 1: it is no JSON"),
        ({"queries.tsv": None, "queries.jsonl": "[]\n"}, r"queries\.jsonl, line 1: it is no object"),
        ({"queries.tsv": None, "queries.jsonl": '{"text": "x"}\n'}, r"queries\.jsonl, line 1: it needs an `_id`"),
        ({"queries.tsv": None, "queries.jsonl": '{"_id": 1, "text": 2}\n'}, r"queries\.jsonl, line 1: it needs"),
        ({"qrels.txt": None}, r"mine lacks one of qrels\.txt, qrels\.tsv, qrels/test\.tsv, annotations\.tsv"),
        ({"corpus.tsv": None}, r"mine lacks one of corpus\.tsv, corpus\.jsonl, corpus_elements\.tsv"),
        ({"queries.tsv": None}, r"mine lacks one of queries\.tsv, queries\.jsonl"),
    ],
)
def test_a_wrong_set_is_refused_by_file_and_line(tmp_path: Path, files: dict[str, str | None], message: str) -> None:
    changed = {name: text for name, text in {**TREC, **files}.items() if text is not None}
    with pytest.raises(UnreadableFile, match=message):
        trec.read(_write(tmp_path / "mine", changed))


def test_a_folder_without_a_set_is_refused_with_what_a_set_is(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFile, match=r"holds no set: a set is a folder with one of queries\.tsv"):
        trec.read(tmp_path)
    with pytest.raises(UnreadableFile, match="is not a folder"):
        trec.read(tmp_path / "nowhere")


def test_the_command_measures_a_set_and_writes_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(machine, "RESULTS", tmp_path)
    for door in ("default_encoder", "title_encoder"):
        monkeypatch.setattr(quality, door, WordsEncoder)
    quality.main(["--trec", str(_write(tmp_path / "mine", BEIR))])
    found = json.loads((tmp_path / "quality-trec.json").read_text(encoding="utf-8"))
    assert found["command"] == "python -m benchmarks.quality --trec mine"
    assert found["measured"]["words"]["as given"]["mine"]["nDCG@10"] == 1
    assert "nDCG@10 1.0000" in capsys.readouterr().out
