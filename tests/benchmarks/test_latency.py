"""What the latency benchmark asks for, where its curve ends, and what it makes of the stages."""

import json
from pathlib import Path

from benchmarks import latency, report, tables
from benchmarks.machine import RESULTS


def _figures(p99_ms: float, requests_per_s: float) -> dict[str, float]:
    return {"requests_per_s": requests_per_s, "p50_ms": 1.0, "p99_ms": p99_ms}


def test_rates_rise_until_answers_are_late() -> None:
    found = latency.curve(lambda rate: _figures(30.0 if rate > 1000 else 2.0, rate))
    assert list(found) == [f"{rate} requests/s" for rate in (200, 300, 450, 675, 1012)]


def test_rates_rise_until_answers_fall_behind() -> None:
    found = latency.curve(lambda rate: _figures(2.0, min(rate, 700)))
    assert list(found)[-1] == "1012 requests/s"


def test_shares_are_of_a_stored_profile_s_answer() -> None:
    found = latency.shares({"search": 1.0, "framework": 3.0, "encode (draft)": 90.0})
    assert found == {"search": 0.25, "framework": 0.75}


def test_each_operation_asks_for_documents_that_no_other_has_asked_for(tmp_path: Path) -> None:
    profiles, postings = [f"p{at}" for at in range(30)], [f"v{at}" for at in range(6)]
    people = [{"id": name, "headline": f"Data engineer, {name}."} for name in profiles]
    (tmp_path / "profiles.jsonl").write_text("\n".join(map(json.dumps, people)))
    (tmp_path / "postings.jsonl").write_text("\n".join(json.dumps({"id": one, "title": one}) for one in postings))
    found = latency._operations(tmp_path, profiles, postings)
    assert set(found) == {"suggestions", "candidates", "search", "draft", "upsert"}
    first = {name: b"\n".join(requests) for name, (requests, _) in found.items()}
    asked = {
        "suggestions": {name for name in profiles if f"/{name}/".encode() in first["suggestions"]},
        "draft": {name for name in profiles if f"{name}.".encode() in first["draft"]},
        "upsert": {name for name in profiles if f"/{name} ".encode() in first["upsert"]},
    }
    assert all(len(names) == 10 for names in asked.values())
    assert len(set().union(*asked.values())) == 30
    assert not set(found["upsert"][0]) & set(found["upsert"][1]), "a write that changes nothing is no write"


def test_the_tables_take_results_with_operations_and_without() -> None:
    recorded = json.loads((RESULTS / "latency.json").read_text(encoding="utf-8"))
    recorded["operations"] = {"search": {"first time": {"p50_ms": 4.0, "p99_ms": 9.0}}}
    rows = tables.SECTIONS["latency"](recorded).table
    assert ["HTTP, one connection: search, first time", "4.00", "9.00", ""] in [list(row) for row in rows]
    assert "| search · first time | 4 | 9 |" in report.generate({"latency": recorded})[report.README]
    del recorded["operations"]
    assert tables.SECTIONS["latency"](recorded).table
