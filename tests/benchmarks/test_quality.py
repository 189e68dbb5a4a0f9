"""The figures on an example that was worked out by hand."""

import json
from pathlib import Path

import pytest

from benchmarks import quality

DOMAINS = {"p1": "data", "p2": "legal", "p3": "data", **dict.fromkeys("abc", "data"), **dict.fromkeys("xyz", "legal")}


def test_the_figures_are_those_worked_out_by_hand() -> None:
    ranked = {"p1": ["a", "x", "b"], "p2": ["a", "x"], "p9": ["a"]}
    gold = {"p1": ["b", "z"], "p2": ["x"], "p3": ["a"]}
    # p1 finds one of two, at rank 3; p2 its one, at rank 2; p3 was answered nothing. Same domain: 2/3, 1/2, 0.
    assert quality.figures(ranked, gold, DOMAINS) == {
        "recall@100": round((1 / 2 + 1 + 0) / 3, 4),
        "MRR": round((1 / 3 + 1 / 2 + 0) / 3, 4),
        "domain P@10": round((2 / 3 + 1 / 2 + 0) / 3, 4),
        "domain P@50": round((2 / 3 + 1 / 2 + 0) / 3, 4),
    }


def test_nothing_below_the_hundredth_rank_counts() -> None:
    others = [f"c{number}" for number in range(100)]
    domains = DOMAINS | dict.fromkeys(others, "data")
    below = quality.figures({"p1": [*others, "a"]}, {"p1": ["a"]}, domains)
    assert (below["recall@100"], below["MRR"]) == (0, 0)
    last = quality.figures({"p1": [*others[:99], "a"]}, {"p1": ["a"]}, domains)
    assert (last["recall@100"], last["MRR"]) == (1, 0.01)


def test_precision_looks_at_its_own_depth() -> None:
    near, far = [f"c{number}" for number in range(10)], [f"d{number}" for number in range(40)]
    domains = DOMAINS | dict.fromkeys(near, "data") | dict.fromkeys(far, "legal")
    found = quality.figures({"p1": near + far}, {"p1": ["a"]}, domains)
    assert (found["domain P@10"], found["domain P@50"]) == (1, 0.2)


def test_a_folder_of_hires_is_measured_through_the_engine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MATCHER_WORDS_SHARE", "1")  # no model to load
    titles = {"1": "data scientist", "2": "juriste marchés publics"}
    for kind, name, extra in (("postings", "title", {}), ("profiles", "headline", {"visible_to_recruiters": True})):
        records = [{"id": f"{kind}-{number}", name: title, **extra} for number, title in titles.items()]
        (tmp_path / f"{kind}.jsonl").write_text("\n".join(map(json.dumps, records)), encoding="utf-8")
    hires = "".join(f"postings-{number}\tprofiles-{number}\n" for number in titles)
    (tmp_path / "hires.tsv").write_text(hires, encoding="utf-8")
    domains = "".join(f"{kind}-{number}\t{number}\n" for kind in ("postings", "profiles") for number in titles)
    (tmp_path / "domains.tsv").write_text(domains, encoding="utf-8")
    result = quality.hires(tmp_path, control=False)
    assert result["records"] == {"accepted": 4}
    found = result["rankings"]["facets (default)"]
    assert (found["recall@100"], found["MRR"], found["domain P@10"]) == (1, 1, 0.5)
