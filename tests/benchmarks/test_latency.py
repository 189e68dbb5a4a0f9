"""What the latency benchmark asks for, where its curve ends, and what it makes of the stages."""

import itertools
import json
from typing import Any

from benchmarks import latency, report, tables
from benchmarks.machine import RESULTS


def _figures(p99_ms: float | None, requests_per_s: float) -> dict[str, float | None]:
    return {"requests_per_s": requests_per_s, "p50_ms": 1.0, "p90_ms": 2.0, "p99_ms": p99_ms}


def test_rates_rise_until_answers_are_late() -> None:
    found = latency.curve(lambda rate: _figures(30.0 if rate > 1000 else 2.0, rate))
    assert list(found) == [f"{rate} requests/s" for rate in (200, 300, 450, 675, 1012)]


def test_rates_rise_until_answers_fall_behind() -> None:
    found = latency.curve(lambda rate: _figures(2.0, min(rate, 700)))
    assert list(found)[-1] == "1012 requests/s"


def test_rates_rise_where_requests_are_too_few_for_a_p99() -> None:
    found = latency.curve(lambda rate: _figures(None if rate < 400 else 30.0, rate))
    assert list(found)[-1] == "450 requests/s"


def test_shares_are_of_a_stored_profile_s_answer() -> None:
    found = latency.shares({"search": 1.0, "framework": 3.0, "encode (draft)": 90.0})
    assert found == {"search": 0.25, "framework": 0.75}


def _people(count: int) -> dict[str, Any]:
    return {
        f"p{at}": {"id": f"p{at}", "headline": f"Data engineer, p{at}.", "summary": f"{at} ans.", "skills": ["SQL"]}
        for at in range(count)
    }


def _body(request: bytes) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(request.partition(b"\r\n\r\n")[2])
    return found


def test_each_operation_asks_for_documents_that_no_other_has_asked_for() -> None:
    stored, postings = _people(30), [f"v{at}" for at in range(6)]
    profiles = [*stored]
    found = latency._operations(stored, profiles, postings, titles=postings)
    assert set(found) == {"suggestions", "candidates", "search", "draft", "upsert"}
    first = {name: b"\n".join(requests) for name, (requests, _) in found.items()}
    asked = {
        "suggestions": {name for name in profiles if f"/{name}/".encode() in first["suggestions"]},
        "draft": {name for name in profiles if f"{name}.".encode() in first["draft"]},
        "upsert": {name for name in profiles if f"/{name} ".encode() in first["upsert"]},
    }
    assert all(len(names) == 10 for names in asked.values())
    assert len(set().union(*asked.values())) == 30


def test_an_upsert_changes_what_is_stored_each_time() -> None:
    stored = _people(9)
    first, again = latency._operations(stored, [*stored], ["v"], titles=["v"])["upsert"]
    texts: dict[str, list[Any]] = {}
    for request in [*first, *again, *again]:
        body = _body(request)
        texts.setdefault(body["id"], [stored[body["id"]]]).append(body)
    assert all(one != other for some in texts.values() for one, other in itertools.pairwise(some))


def test_a_write_of_the_mixed_load_is_the_person_s_record_with_texts_that_nobody_has_written() -> None:
    stored = _people(20)
    requests = latency.mixed(stored, ["v"], count=4000)
    writes = [_body(one) for one in requests if one.startswith(b"PUT")]
    assert len(requests) == 4000
    assert 100 < len(writes) < 300
    for body in writes:
        before = stored[body["id"]]
        assert body["headline"].startswith(before["headline"])
        assert body["summary"].startswith(before["summary"])
        assert {**body, **{name: before[name] for name in ("headline", "summary")}} == before
    assert len({body["summary"] for body in writes}) == len(writes)
    new = [body["headline"] for body in writes if body["headline"] != stored[body["id"]]["headline"]]
    assert len({*new}) == len(new)
    assert 0.2 < len(new) / len(writes) < 0.5


def test_with_another_seed_all_writes_are_others() -> None:
    stored = _people(3)
    one, other = (
        {request for request in latency.mixed(stored, ["v"], count=2000, seed=seed) if request.startswith(b"PUT")}
        for seed in (1, 2)
    )
    assert one
    assert not one & other


def test_the_tables_take_results_with_operations_and_without() -> None:
    recorded = json.loads((RESULTS / "latency.json").read_text(encoding="utf-8"))
    recorded["operations"] = {"search": {"first time": {"p50_ms": 4.0, "p99_ms": 9.0}}}
    section = tables.SECTIONS["latency"](recorded)
    assert section
    rows = section.table
    assert ["HTTP, one connection: search, first time", "4.00", "9.00", ""] in [list(row) for row in rows]
    assert "| search · first time | 4 | 9 |" in report.generate({"latency": recorded})[report.README]
    del recorded["operations"]
    assert tables.SECTIONS["latency"](recorded)


def test_the_headline_says_what_the_first_time_and_a_draft_take() -> None:
    recorded = json.loads((RESULTS / "latency.json").read_text(encoding="utf-8"))
    recorded["operations"] = {"suggestions": {"first time": {"p50_ms": 4.2}}, "draft": {"first time": {"p50_ms": 9.3}}}
    said = tables._say_latency(recorded)
    assert "asked for again, 4.2 ms the first time and 9.3 ms for a draft" in said
    del recorded["operations"]
    assert "asked for again; one process" in tables._say_latency(recorded)


def test_what_has_no_p99_is_told_without_and_few_samples_are_told() -> None:
    assert tables._pair({"p50_ms": 1.0, "p99_ms": None, "samples": 30}) == ["1.00", "—"]
    assert tables._pair({"p50_ms": 1.0, "p99_ms": 2.0, "samples": 300}) == ["1.00", "2.00 of 300"]
    assert tables._pair({"p50_ms": 1.0, "p99_ms": 2.0, "samples": 3000}) == ["1.00", "2.00"]
    assert tables._pair({"p50_ms": 1.0, "p99_ms": 2.0}) == ["1.00", "2.00"]
