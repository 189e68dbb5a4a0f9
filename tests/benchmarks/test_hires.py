"""The figures on examples that were worked out by hand."""

import json
from pathlib import Path

import pytest

from benchmarks import hires
from benchmarks.encoding import Titles
from matcher.core.domain import Kind, Posting, PostingId, Profile, ProfileId
from matcher.core.errors import UnreadableFile
from models.words import WordsEncoder

DOMAINS = {"p1": "data", "p2": "legal", "p3": "data", **dict.fromkeys("abc", "data"), **dict.fromkeys("xyz", "legal")}
TITLES = {"1": "data scientist", "2": "juriste marchés publics"}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Two postings, two profiles, each hired by its like; the engine compares by exact words, with no model to load."""
    monkeypatch.setenv("MATCHER_MODEL", "words")
    for kind, name, extra in (("postings", "title", {}), ("profiles", "headline", {"visible_to_recruiters": True})):
        records = [{"id": f"{kind}-{number}", name: title, **extra} for number, title in TITLES.items()]
        (tmp_path / f"{kind}.jsonl").write_text("\n".join(map(json.dumps, records)), encoding="utf-8")
    pairs = "".join(f"postings-{number}\tprofiles-{number}\n" for number in TITLES)
    (tmp_path / "hires.tsv").write_text(pairs, encoding="utf-8")
    domains = "".join(f"{kind}-{number}\t{number}\n" for kind in ("postings", "profiles") for number in TITLES)
    (tmp_path / "domains.tsv").write_text(domains, encoding="utf-8")
    return tmp_path


def test_the_figures_are_those_worked_out_by_hand() -> None:
    ranked = {"p1": ["a", "x", "b"], "p2": ["a", "x"], "p9": ["a"]}
    gold = {"p1": ["b", "z"], "p2": ["x"], "p3": ["a"]}
    # p1 finds one of two, at rank 3; p2 its one, at rank 2; p3 was answered nothing. Same domain: 2/3, 1/2, 0.
    assert hires.figures(ranked, gold, DOMAINS) == {
        "recall@100": round((1 / 2 + 1 + 0) / 3, 4),
        "MRR": round((1 / 3 + 1 / 2 + 0) / 3, 4),
        "domain P@10": round((2 / 3 + 1 / 2 + 0) / 3, 4),
        "domain P@50": round((2 / 3 + 1 / 2 + 0) / 3, 4),
    }


def test_nothing_below_the_hundredth_rank_counts() -> None:
    others = [f"c{number}" for number in range(100)]
    domains = DOMAINS | dict.fromkeys(others, "data")
    below = hires.figures({"p1": [*others, "a"]}, {"p1": ["a"]}, domains)
    assert (below["recall@100"], below["MRR"]) == (0, 0)
    last = hires.figures({"p1": [*others[:99], "a"]}, {"p1": ["a"]}, domains)
    assert (last["recall@100"], last["MRR"]) == (1, 0.01)


def test_precision_looks_at_its_own_depth() -> None:
    near, far = [f"c{number}" for number in range(10)], [f"d{number}" for number in range(40)]
    domains = DOMAINS | dict.fromkeys(near, "data") | dict.fromkeys(far, "legal")
    found = hires.figures({"p1": near + far}, {"p1": ["a"]}, domains)
    assert (found["domain P@10"], found["domain P@50"]) == (1, 0.2)


def test_the_hired_among_equals_are_found_as_often_as_chance_finds_them() -> None:
    names = [f"p{number}" for number in range(200)]
    sides: hires.Sides = {
        Kind.POSTING: [Posting(id=PostingId("j"), title="Juriste")],
        Kind.PROFILE: [Profile(id=ProfileId(name), headline="juriste") for name in names],
    }
    domains = {"j": "legal", **dict.fromkeys(names[:100], "legal"), **dict.fromkeys(names[100:], "data")}
    # The first hundred are of the domain, and everybody hired is among them.
    found = hires.title_alone(sides, Titles(WordsEncoder()), {"j": names[:50]}, domains)
    assert found.expected["recall@100"] == pytest.approx(0.5, abs=0.05)
    assert found.expected["domain P@50"] == pytest.approx(0.5, abs=0.05)
    assert found.recalls[0] < 0.5 < found.recalls[1]
    assert found.in_order == {"recall@100": 1, "MRR": 1, "domain P@10": 1, "domain P@50": 1}


def test_a_folder_of_hires_is_measured_through_the_engine_and_by_the_title_facet_alone(folder: Path) -> None:
    result = hires.measure(folder, [Titles(WordsEncoder())], control=False)
    assert result["records"] == {"accepted": 4}
    alone = "title facet alone"
    assert list(result["rankings"]) == ["facets (default)", alone, f"{alone}, equals in the file's order"]
    for found in result["rankings"].values():
        assert (found["recall@100"], found["MRR"], found["domain P@10"]) == (1, 1, 0.5)


@pytest.mark.parametrize(
    ("file", "line", "message"),
    [
        ("hires.tsv", "postings-9\tprofiles-1\n", "'postings-9', which is no accepted posting"),
        ("hires.tsv", "postings-1\tprofiles-9\n", "'profiles-9', which is no accepted profile"),
        ("hires.tsv", "postings-1\n", r"hires\.tsv, line 1: 1 columns, expected 2"),
        ("hires.tsv", "", "names nobody"),
        ("domains.tsv", "postings-1\t1\n", "does not name 'postings-2'"),
    ],
)
def test_files_that_do_not_belong_together_are_refused(folder: Path, file: str, line: str, message: str) -> None:
    (folder / file).write_text(line, encoding="utf-8")
    with pytest.raises(UnreadableFile, match=message):
        hires.measure(folder, [], control=False)


def test_a_record_without_an_id_is_named(folder: Path) -> None:
    path = folder / "profiles.jsonl"
    path.write_text(path.read_text(encoding="utf-8") + "\n" + '{"headline": "juriste"}\n', encoding="utf-8")
    with pytest.raises(UnreadableFile, match=r"profiles\.jsonl, line 3: no record with an id"):
        hires.measure(folder, [], control=False)


@pytest.mark.parametrize("file", ["postings.jsonl", "profiles.jsonl", "hires.tsv", "domains.tsv"])
def test_a_missing_file_is_named(folder: Path, file: str) -> None:
    (folder / file).unlink()
    with pytest.raises(UnreadableFile, match=f"{folder.name}/{file} is missing"):
        hires.measure(folder, [], control=False)
