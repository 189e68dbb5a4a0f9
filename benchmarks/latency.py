"""How long does an answer take? The engine's calls in process, and HTTP calls under load.

    python -m benchmarks.latency [--seconds 6]

Mechanism: the generated forum (300 postings, 2,000 profiles, seed 2021) in a throw-away home; ten results with reasons
a call, documents in shuffled order, other ones for each operation. In process: one call at a time; cold is the first
time that a document is asked for (a headline, in an upsert), warm the times after. Stages: the time inside each stage's
functions, from a second pass of suggestions for stored profiles and, for encoding, of suggestions for profiles that are
not stored; framework is what a suggestion takes longer over HTTP with one connection than in process, as it is sent
(both p50). HTTP: a server process on loopback that has had twenty seconds after its start to prepare what reasons need,
as it does in the background, and keep-alive clients in this process, on the same two cores. Operations: one connection,
the first time that a document is asked for and the times after. Loads: closed loop, and open loop at rates that rise by
half until p99 is above 25 ms or answers fall behind, latency counted from the moment a request was due. Mixed: 16
connections, half suggestions, a quarter candidates, a fifth records, one in twenty a write: a person's record as it is,
with a number in its headline and one more sentence in its summary, which nobody has written before, so that both texts
are made and encoded anew. Overload: four times the mixed throughput, open loop. `server_processor_ms` is the processor
time that the server took a request: where the machine is shared, it says what latency cannot. A p99 is given from 200
samples on, a p99.9 from 1,000.

Control: a bare FastAPI application that answers with as many bytes; and the floor, the time in which one thread of this
machine reads the vectors of all documents that are eligible, by the quickest of several ways to read (`floor.py`).
"""

import argparse
import itertools
import json
import random
import statistics
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any
from unittest import mock

import uvloop

from api.schemas.matches import matches_json
from benchmarks import commandline, edits, load, machine, servers
from benchmarks.floor import read_gb_per_s
from matcher import answers, comparison
from matcher.compose import load_encoders, open_matcher
from matcher.core.domain import Kind, Profile, ProfileId
from matcher.engine import Matcher
from matcher.offline.demonstration import generate
from matcher.offline.intake import ingest_files
from matcher.reasons import Reasons
from matcher.search import Search
from matcher.settings import Settings
from matcher.stages.eligibility import eligible_postings
from matcher.stages.embed import Embedders
from matcher.stages.index import FacetIndex
from matcher.stages.index.layout import Layout
from matcher.written import told, write

POSTINGS, PROFILES, SEED = 300, 2000, 2021
SECONDS = 6.0
MIXED = 6000
"""Requests of the mixed load."""
NUMBERS = 10**9
"""Below this are the numbers of edits: none comes twice."""
FIRST_RATE_PER_S, RATE_RISES = 200, 1.5
MOST_P99_MS, KEPT_UP = 25.0, 0.95
"""A rate is too high where p99 is above, or where a smaller share of what is due is answered in time."""
QUIET_CALLS = 300
WRITES = 200
WARM_CALLS = 1000
ASKED = 400
"""Documents that each operation has for itself; half of the postings for each of two kinds of candidates."""
PREPARATION_S = 20
CONNECTIONS = 16
OVERLOAD = 4
OVERLOAD_CONNECTIONS = 256
SEARCHES = (
    "data scientist santé Lyon Python",
    "architecte technique",
    "UX designer télétravail",
    "RSSI ISO 27001",
    "devops Kubernetes",
)


def main() -> None:
    """Measure, print, and write results/latency.json."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "--seconds", type=commandline.amount, default=SECONDS, help="of each load at a fixed rate; fewer are a trial"
    )
    commandline.add_write(parser)
    arguments = parser.parse_args()
    here = machine.begin()
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        profiles, postings = prepare(home)
        matcher = open_matcher(Settings(home=home))
        found: dict[str, Any] = {
            "command": machine.command("benchmarks.latency"),
            "forum": {"postings": POSTINGS, "profiles": PROFILES, "seed": SEED},
            "engine": _engine(matcher, profiles, postings),
            "stages_ms": _stages(matcher, profiles),
        }
        reads = read_gb_per_s()[1]
        row_bytes = 4 * Layout(load_encoders(Settings()).dimensions).width
        for name, eligible in _eligible(matcher, profiles, postings).items():
            floor_ms = eligible * row_bytes / reads / 1e6
            for call in (name, f"{name}, as they are sent", f"{name}, 20 results"):
                if call in found["engine"]:
                    found["engine"][call] |= {"eligible": round(eligible), "floor_ms": round(floor_ms, 4)}
        size = round(statistics.fmean(len(matches_json(matcher.suggestions(name, k=10))) for name in profiles[:200]))
        matcher.close()
        found |= _http(home, profiles, postings, size=size, seconds=arguments.seconds)
        found["floor"] = {"read_gb_per_s": reads, "row_bytes": row_bytes, "answer_bytes": size}
        found["stages_ms"]["framework"] = round(
            found["http"]["alone, one connection"]["p50_ms"]
            - found["engine"]["suggestions, as they are sent"]["p50_ms"],
            3,
        )
        found["stages_share"] = shares(found["stages_ms"])
    _print(found)
    partial = arguments.seconds < SECONDS
    print(machine.write("latency", found, here=here, seed=SEED, partial=partial, anyway=arguments.write))


def prepare(home: Path) -> tuple[list[str], list[str]]:
    """Make the forum in a home folder; return its profiles, shuffled, and its postings."""
    matcher = open_matcher(Settings(home=home))
    files = generate(home, postings=POSTINGS, profiles=PROFILES, seed=SEED, today=datetime.now().astimezone().date())
    ingest_files(matcher, files)
    profiles, postings = matcher.ids(Kind.PROFILE), matcher.ids(Kind.POSTING)
    matcher.close()
    random.Random(SEED).shuffle(profiles)  # noqa: S311 - the order of a benchmark is no secret
    return profiles, postings


def people(home: Path) -> dict[str, Any]:
    """Return the records of the forum's profiles as they were stored, by id."""
    return {one["id"]: one for one in _lines(home / "profiles.jsonl")}


def _engine(matcher: Matcher, profiles: Sequence[str], postings: Sequence[str]) -> dict[str, dict[str, Any]]:
    started = time.perf_counter()
    matcher.warm()
    found: dict[str, dict[str, Any]] = {"warm-up": {"once_ms": round((time.perf_counter() - started) * 1000)}}
    own = _parts(profiles, 3)
    half = _parts(postings, 2, most=len(postings))
    texts = [*SEARCHES, *dict.fromkeys(matcher.get_posting(name).title for name in postings)][:WRITES]
    numbers = itertools.count(1)
    calls: dict[str, list[Callable[[], object]]] = {
        "suggestions": [partial(matcher.suggestions, name, k=10) for name in own[0]],
        "candidates": [partial(matcher.candidates, name, k=10) for name in half[0]],
        "candidates, 20 results": [partial(matcher.candidates, name, k=20) for name in half[1]],
        "search": [partial(matcher.search, Search(Kind.PROFILE, text=words)) for words in texts],
        "suggestions, as they are sent": [partial(_sent, matcher, name) for name in own[1]],
        "upsert": [partial(_edit, matcher, matcher.get_profile(name), numbers) for name in own[2][:WRITES]],
    }
    for name, work in calls.items():
        again = work if name in {"search", "upsert"} else work * -(-WARM_CALLS // len(work))
        cold = [_timed(call) for call in work]
        warm = [_timed(call) for call in again]
        quiet = [_timed(call, after_s=0.01) for call in again[:QUIET_CALLS]]
        found[name] = {
            "cold_samples": len(cold),
            **{f"cold_{mark}": load.marks(cold)[mark] for mark in ("p50_ms", "p99_ms")},
            "samples": len(warm),
            **load.marks(warm),
            "after_10_ms_of_quiet_p99_ms": load.marks(quiet)["p99_ms"],
        }
    return found


def _parts(names: Sequence[str], count: int, *, most: int = ASKED) -> list[Sequence[str]]:
    """Return parts that share nothing: each operation asks for documents that no other has asked for."""
    length = min(len(names) // count, most)
    return [names[length * at : length * (at + 1)] for at in range(count)]


def _eligible(matcher: Matcher, profiles: Sequence[str], postings: Sequence[str]) -> dict[str, float]:
    """Return how many documents pass the hard constraints, on average."""
    asking = {"suggestions": (Kind.PROFILE, profiles[:ASKED]), "candidates": (Kind.POSTING, postings)}
    return {
        name: statistics.fmean(matcher.rank(kind, one, k=10).ranking.eligible for one in some)
        for name, (kind, some) in asking.items()
    }


def shares(stages_ms: Mapping[str, float]) -> dict[str, float]:
    """Return each stage's share of the time of a stored profile's suggestions over HTTP: a draft alone is encoded."""
    stored = {name: value for name, value in stages_ms.items() if "draft" not in name}
    return {name: round(value / sum(stored.values()), 3) for name, value in stored.items()}


def _sent(matcher: Matcher, name: str) -> bytes:
    return matcher.written(matcher.rank(Kind.PROFILE, name, k=10)).content


def _edit(matcher: Matcher, profile: Profile, numbers: Iterator[int]) -> None:
    """Store a profile with a headline and a sentence that have not been encoded before."""
    matcher.put([edits.edited_profile(profile, next(numbers))])


def _stages(matcher: Matcher, profiles: Sequence[str]) -> dict[str, float]:
    """Return the mean time of a suggestion by stage; `encode` is of a draft's, the others of a stored profile's."""
    for name in profiles:  # after writes, what was kept of the answers is made again
        _sent(matcher, name)
    spent: dict[str, float] = defaultdict(float)
    with _watched(spent):
        whole = 0.0
        for name in profiles:  # no answer is kept: the search for cycles among them all would be counted
            started = time.perf_counter()
            _sent(matcher, name)
            whole += time.perf_counter() - started
        spent["rank and the rest"] = whole - sum(spent.values())
    figures = {name: value / len(profiles) * 1000 for name, value in spent.items() if name != "encode"}
    drafts: dict[str, float] = defaultdict(float)
    with _watched(drafts):
        for place, name in enumerate(profiles[:WRITES]):
            stored = matcher.get_profile(name)
            draft = replace(stored, id=ProfileId("draft"), headline=f"{stored.headline} {place}")
            matcher.suggest(draft, k=10)
    figures["encode (draft)"] = drafts["encode"] / WRITES * 1000
    return {name: round(value, 3) for name, value in figures.items()}


@contextmanager
def _watched(spent: dict[str, float]) -> Iterator[None]:
    """Add up the time inside the stages' own functions."""

    def watching(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        def timed(*args: Any, **kwargs: Any) -> Any:
            started = time.perf_counter()
            try:
                return function(*args, **kwargs)
            finally:
                spent[name] += time.perf_counter() - started

        return timed

    with (
        mock.patch.object(comparison, "eligible_postings", watching("eligibility", eligible_postings)),
        mock.patch.object(FacetIndex, "coarse_scores", watching("search", FacetIndex.coarse_scores)),
        mock.patch.object(FacetIndex, "similarities", watching("search", FacetIndex.similarities)),
        mock.patch.object(Embedders, "vectors", watching("encode", Embedders.vectors)),
        mock.patch.object(Reasons, "met", watching("explain", Reasons.met)),
        mock.patch.object(answers, "told", watching("serialise", told)),
        mock.patch.object(answers, "write", watching("serialise", write)),
    ):
        yield


def _timed(call: Callable[[], object], *, after_s: float = 0.0) -> float:
    time.sleep(after_s)
    started = time.perf_counter()
    call()
    return (time.perf_counter() - started) * 1000


def _http(home: Path, profiles: Sequence[str], postings: Sequence[str], *, size: int, seconds: float) -> dict[str, Any]:
    suggestions = [load.get(f"/v1/profiles/{name}/suggestions?top=10") for name in profiles]
    stored = people(home)
    mix = mixed(stored, postings, count=MIXED)
    found: dict[str, Any] = {}
    with servers.service(home) as server:
        time.sleep(PREPARATION_S)
        measure = partial(_measured, server, allowed={200, 201})
        operations = {
            name: {
                "first time": _marks(measure(first, clients=1)),
                "again": _marks(measure(again * 2, clients=1)),
            }
            for name, (first, again) in _operations(stored, profiles, postings, titles=_titles(home)).items()
        }
        measure(suggestions, clients=CONNECTIONS)  # warms the server up: its caches are part of it
        measure(mixed(stored, postings, count=1000, seed=SEED + 1), clients=CONNECTIONS)
        loads = {
            "alone, one connection": partial(measure, suggestions[:1000], clients=1),
            "closed loop, 16 connections": partial(measure, suggestions, clients=CONNECTIONS),
            "mixed, 16 connections": partial(measure, mix, clients=CONNECTIONS),
        }
        for name, run in loads.items():
            before = server.processor_s()
            answers = run()
            per_request_ms = 1000 * (server.processor_s() - before) / answers.statuses.total()
            found[name] = {**answers.summary(), "server_processor_ms": round(per_request_ms, 3)}
        whole = found["mixed, 16 connections"]
        found |= curve(lambda rate: _at_rate(measure, suggestions, rate, seconds=seconds))
        rate = OVERLOAD * whole["requests_per_s"]
        much = mixed(stored, postings, count=int(rate * seconds), seed=SEED + 2)
        found |= _overloaded(server, much, rate=rate)
        empty = [load.get("/health/live")] * 4000
        found["control: empty answer, one connection"] = measure(empty, clients=1).summary()
        found["control: empty answer, 16 connections"] = measure(empty, clients=CONNECTIONS).summary()
    with servers.bare(size) as server:
        measure = partial(_measured, server, allowed={200})
        for _ in range(2):
            answers = measure([load.get("/")] * 4000, clients=1)
        found["control: bare FastAPI, as many bytes, one connection"] = answers.summary()
    return {"operations": operations, "http": found}


def _operations(
    stored: Mapping[str, Any], profiles: Sequence[str], postings: Sequence[str], *, titles: Sequence[str]
) -> dict[str, tuple[list[bytes], list[bytes]]]:
    """Return what is sent by operation, the first time and again: other documents for each."""
    suggested, drafted, written = _parts(profiles, 3)
    searches = [
        load.send("POST", "/v1/profiles/search", {"text": text, "top": 10}) for text in [*SEARCHES, *titles][:WRITES]
    ]
    drafts = [
        load.send("POST", "/v1/suggestions?top=10", edits.edited(stored[name], at))
        for at, name in enumerate(drafted[:WRITES])
    ]
    upserts, back = (
        [write(stored[name], NUMBERS) for name in written[:WRITES]] for write in (edits.put, edits.put_back)
    )
    reads = [load.get(f"/v1/profiles/{name}/suggestions?top=10") for name in suggested]
    candidates = [load.get(f"/v1/postings/{name}/candidates?top=10") for name in postings]
    return {
        "suggestions": (reads, reads),
        "candidates": (candidates, candidates),
        "search": (searches, searches),
        "draft": (drafts, drafts),
        # Texts that have not been encoded yet, and then those from before and these in turn: each is a change.
        "upsert": (upserts, [one for pair in zip(back, upserts, strict=True) for one in pair]),
    }


def _marks(answers: load.Load) -> dict[str, float | None]:
    return {name: value for name, value in answers.summary().items() if name != "requests_per_s"}


def _titles(home: Path) -> list[str]:
    return list(dict.fromkeys(one["title"] for one in _lines(home / "postings.jsonl")))


def _lines(file: Path) -> list[Any]:
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]


def _at_rate(
    measure: Callable[..., load.Load], requests: Sequence[bytes], rate: int, *, seconds: float
) -> dict[str, float | None]:
    count = int(rate * seconds)
    some = ([*requests] * (1 + count // len(requests)))[:count]
    return measure(some, clients=CONNECTIONS, rate_per_s=rate).summary()


def curve(at_rate: Callable[[int], dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """Return latency at rising rates, the last of which is too high.

    Args:
        at_rate: measures at so many requests a second.
    """
    found: dict[str, dict[str, Any]] = {}
    rate = float(FIRST_RATE_PER_S)
    while True:
        figures = found[f"{round(rate)} requests/s"] = at_rate(round(rate))
        slow_ms = figures["p90_ms"] if figures["p99_ms"] is None else figures["p99_ms"]
        if slow_ms > MOST_P99_MS or figures["requests_per_s"] < KEPT_UP * rate:
            return found
        rate *= RATE_RISES


def _overloaded(server: servers.Server, requests: Sequence[bytes], *, rate: float) -> dict[str, Any]:
    answers = _measured(server, requests, clients=OVERLOAD_CONNECTIONS, rate_per_s=rate, allowed={200, 201, 429, 503})
    return {
        "overload: admitted": answers.summary(200, 201),
        "overload: refused": answers.summary(429, 503),
    }


def _measured(
    server: servers.Server,
    requests: Sequence[bytes],
    *,
    clients: int,
    allowed: set[int],
    rate_per_s: float | None = None,
) -> load.Load:
    # asyncio's own loop wakes up to a millisecond late: that would be counted as the server's.
    done = uvloop.run(load.run(servers.HOST, server.port, requests, clients=clients, rate_per_s=rate_per_s))
    if not allowed.issuperset(done.statuses):
        raise SystemExit(f"an answer that should not be: {dict(done.statuses)}")
    return done


def mixed(stored: Mapping[str, Any], postings: Sequence[str], *, count: int, seed: int = SEED) -> list[bytes]:
    """Return the requests of the mixed load, in order, with their bodies made: sending them is all that is left.

    Args:
        stored: the profiles' records by id, as `people` gives them.
        postings: ids.
        count: how many.
        seed: of what is asked and of the numbers of the edits: with another one all writes are others.
    """
    draw = random.Random(seed)  # noqa: S311 - likewise
    profiles = sorted(stored)
    kinds = draw.choices(("suggestions", "candidates", "record", "write"), (50, 25, 20, 5), k=count)
    numbers = iter(draw.sample(range(NUMBERS), kinds.count("write")))

    def request(kind: str) -> bytes:
        if kind == "candidates":
            return load.get(f"/v1/postings/{draw.choice(postings)}/candidates?top=10")
        name = draw.choice(profiles)
        if kind == "write":
            return edits.put(stored[name], next(numbers))
        return load.get(f"/v1/profiles/{name}/suggestions?top=10" if kind == "suggestions" else f"/v1/profiles/{name}")

    return [request(kind) for kind in kinds]


def _print(found: Mapping[str, Any]) -> None:
    each = {f"{name}, {when}": figures for name, two in found["operations"].items() for when, figures in two.items()}
    for group, rows in (("engine", found["engine"]), ("http", each | found["http"])):
        for name, figures in rows.items():
            print(f"{group:7}{name:56}", "  ".join(f"{key} {value}" for key, value in figures.items()))
    print("stages ", found["stages_ms"])


if __name__ == "__main__":
    main()
