"""How do memory and time grow with the number of profiles?

    python -m benchmarks.scale [--sizes 2000 50000 100000 1000000]

Mechanism: one process a size. The generated forum (300 postings, 5,000 profiles, seed 2021) goes through the service's
own texts, thesaurus and encoders once. Profile n of the large population is profile n modulo 5,000 of those, its
vectors moved by noise of its own (cosine with the original about .95), one in ten of its body's stems replaced by
another profile's (cosine about .9), its region and contract drawn anew, skewed as in France. All of them are put into
the engine's `Corpus`. What is timed is what a request costs without HTTP: the question, eligibility, scores, ranking
and the reasons of ten results; the database is left out, records are made again from their number when reasons need
them. A search has a posting's texts, no place, and as many holders of its words as the database returns, drawn by
chance; how long the database looks for those is left out, and so are reasons. A constraint is a posting's region and
contract; for each share, the pair of region and contract whose share of eligible profiles lies nearest. Then everybody
is moved to where those live who do the like, an eighteenth of all in each region: a posting asks for the region of its
own trade, and for one far from it. Ready: from a snapshot's folder to a corpus that answers, the check of every byte
included, in a process that has all else. Start: the same in a new process, from its start to its first answer: Python,
the server's modules, compiled loops from their cache on disk, the models and tables, the snapshot; without a database,
of which a server reads what was written since. The files were written just before, so they are read from memory and not
from the disk; so are those of a service that is started again.

Control: recall@10 against the same ranking from the exact 32-bit vectors, made again from the seed, with constraints,
too. Floor: the time in which two threads of this machine read the vectors of all who are eligible (`floor.py`), a byte
a coordinate where they are codes; the engine leaves out most of them, and may be below. Exact scan: all rows of floats
compared with a question, by one thread, beside the time in which one thread reads them; 2,000 rows stay in the
processor's cache, which is quicker than memory. A p99 is given from 200 samples on.
"""

import argparse
import itertools
import json
import resource
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any, cast

import numpy as np

from benchmarks import commandline, load, machine
from benchmarks.crowd import CONTRACT_SHARES, REGION_SHARES, SEED, TODAY, Population, weights_of
from benchmarks.floor import read_gb_per_s
from matcher.comparison import Question, Ranking
from matcher.compose import load_encoders, load_thesaurus
from matcher.core.domain import Contract, Facet, Kind, Location, Posting, PostingId
from matcher.core.pages import NOTHING
from matcher.core.places import REGIONS
from matcher.core.scoring import MERGED, Weights
from matcher.core.storing import Store
from matcher.core.terms import Terms
from matcher.corpus import Corpus
from matcher.derive import derive
from matcher.finding import Bounds
from matcher.reasons import Reasons
from matcher.search import MOST_HITS, WORDS_WEIGHT
from matcher.settings import Settings
from matcher.settled import settle
from matcher.stages.counts import Filters
from matcher.stages.embed import Embedders
from matcher.stores.snapshots import Facts, Snapshots
from matcher.weights import read_weights

SIZES = (2_000, 50_000, 100_000, 1_000_000)
SHARES = (0.5, 0.05, 0.005, 0.0005)
CALLS = 200
SCANS = 30
LEAST = 100
"""Profiles: of fewer nothing is told."""
FLOAT = 4
"""Bytes of a coordinate."""
RECALL_CALLS = 50
CONTENDERS = 200
"""Documents from which the exact ten are chosen: with codes a score is off by a thousandth at most."""


def main() -> None:
    """Measure each size in a process of its own, print, and write results/scale.json."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", type=commandline.count(LEAST), nargs="+", default=SIZES)
    parser.add_argument("--one", type=commandline.count(LEAST), help=argparse.SUPPRESS)
    parser.add_argument("--start", type=Path, help=argparse.SUPPRESS)
    commandline.add_write(parser)
    arguments = parser.parse_args()
    if arguments.start:
        _start(arguments.start)
        return
    if arguments.one:
        print(json.dumps(measure(arguments.one)))
        return
    here = machine.begin()
    rates = read_gb_per_s()
    command = machine.command("benchmarks.scale")
    found: dict[str, Any] = {}
    for size in arguments.sizes:
        found[str(size)] = with_floors(_in_a_process(size, measured=found), rates)
        print(size, json.dumps(found[str(size)], indent=1), flush=True)
        result = {"command": command, "bandwidth_gb_per_s": told(rates), "sizes": found}
        # Of an hour, what there is: the next size may be too much for this machine.
        partial = not {*map(str, SIZES)} <= {*found}
        path = machine.write("scale", result, here=here, seed=SEED, partial=partial, anyway=_is_last(found, arguments))
        print(path, flush=True)


def _is_last(found: Mapping[str, Any], arguments: argparse.Namespace) -> bool:
    """Tell whether all that was asked for is measured, and is to be written whatever it is."""
    return bool(arguments.write) and len(found) == len({*arguments.sizes})


def _in_a_process(size: int, *, measured: Mapping[str, Any]) -> dict[str, Any]:
    """Return the figures of a size from a process of its own.

    Raises:
        SystemExit: it ended before; it is said by what.
    """
    words = [sys.executable, "-m", "benchmarks.scale", "--one", str(size)]
    done = subprocess.run(words, stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode:
        kept = f"; what was measured before ({', '.join(measured)}) is kept beside" if measured else ""
        raise SystemExit(f"{size} profiles: the process {ended(done.returncode)}{kept}")
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def ended(status: int) -> str:
    """Say how a process ended."""
    if status >= 0:
        return f"ended with status {status}: what it said stands above"
    name = signal.Signals(-status).name
    return f"was ended by {name}{', as where memory is short' if name == 'SIGKILL' else ''}"


def told(rates: Mapping[int, float]) -> dict[str, float]:
    """Return how fast memory is read, in words."""
    return {f"{threads} thread{'s' if threads > 1 else ''}": rate for threads, rate in rates.items()}


def measure(size: int) -> dict[str, Any]:
    """Return everything about one size."""
    population, weights = Population(), read_weights()
    before = _resident_mb()
    corpus = population.empty()
    for posting in population.postings:
        corpus.put(posting, population.of_posting(posting))
    spent = _put_all(corpus, population, size)
    found: dict[str, Any] = {
        "put_us": round(spent / size * 1e6, 1),
        "resident_mb": round(_resident_mb()),
        "of_which_process_mb": round(before),
        "bytes_a_profile": round((_resident_mb() - before) * 2**20 / size),
    }
    reasons = Reasons(cast("Store", population), population.embedder, population.thesaurus, kept=corpus.kept)
    index = corpus.sides[Kind.PROFILE].index
    found["row_bytes"] = index.layout.width * (FLOAT if index.is_flat else 1)
    if index.is_flat:
        found["exact_scan"] = _scanned(corpus, population, weights)
    wishes = {f"{share:.2%} of {size}": wishes_of(share) for share in (1.0, *SHARES) if share * size >= 10}
    found["candidates"] = {
        name: _asked_for(corpus, population, reasons, _everywhere(place), contract, weights)
        for name, (place, contract) in wishes.items()
    }
    found["search"] = {
        f"{name} of {size}": _searched(corpus, population, size, filters, weights)
        for name, filters in (("everybody", Filters()), ("a region", Filters(region=frozenset({REGIONS[0].code}))))
    }
    found["recall@10"] = _recall(corpus, population, *wishes_of(0.5), weights)
    found["recall@10 of so many eligible"] = {
        name: _recall(corpus, population, *wishes, weights) for name, wishes in wishes.items()
    }
    found["candidates"] |= _correlated(corpus, population, reasons, size, weights)
    found |= _writes(corpus, population, size)
    found |= _snapshot(corpus, population)
    found["peak_mb"] = round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
    return found


def _put_all(corpus: Corpus, population: Population, size: int) -> float:
    """Put everybody in; return the seconds that `put` itself took, without making the documents."""
    spent = 0.0
    for number in range(size):
        record, derived = population.record(number), population.derived(number)
        started = time.perf_counter()
        corpus.put(record, derived)
        spent += time.perf_counter() - started
    settle()  # as a server does before its first answer
    return spent


def wishes_of(share: float) -> tuple[int, int | None]:
    """Return the place of a region, -1 for none, and that of a contract, None for none, which about so many wish."""
    if share >= 1.0:
        return -1, None
    if share >= 0.5:
        return -1, 0  # anywhere, under the contract that half of them wish
    return min(
        itertools.product(range(18), range(6)),
        key=lambda pair: abs(REGION_SHARES[pair[0]] * CONTRACT_SHARES[pair[1]] / share - 1),
    )


def _everywhere(place: int) -> Callable[[Posting], int]:
    return lambda _: place


def with_floors(found: dict[str, Any], rates: Mapping[int, float]) -> dict[str, Any]:
    """Return the figures of a size with the time that reading takes beside those of each question.

    Args:
        found: from `measure`.
        rates: how many gigabytes a second so many threads read; a ranking has two, an exact scan one.
    """

    def floor_ms(rows: float, *, threads: int) -> float:
        return float(round(rows * found["row_bytes"] / rates[threads] / 1e6, 3))

    candidates = {
        name: {**figures, "floor_ms": floor_ms(figures["eligible"], threads=2)}
        for name, figures in found["candidates"].items()
    }
    beside: dict[str, Any] = {"candidates": candidates}
    if scanned := found.get("exact_scan"):
        floor = floor_ms(scanned["rows"], threads=1)
        beside["exact_scan"] = {**scanned, "floor_ms": floor, "times_the_floor": round(scanned["p50_ms"] / floor, 2)}
    return {**found, **beside}


def _asked_for(
    corpus: Corpus,
    population: Population,
    reasons: Reasons,
    place_of: Callable[[Posting], int],
    contract: int | None,
    weights: Weights,
) -> dict[str, Any]:
    """Return how long it takes to answer postings that ask for a region and a contract each."""
    taken, eligible = [], []

    def ask(posting: Posting) -> Ranking:
        asked = _asked(corpus, population, posting, place_of(posting), contract, weights)
        ranking = corpus.varied(asked, k=10, weights=weights, variety=MERGED, today=TODAY)
        shown = [*reasons.explain(Kind.POSTING, posting.id, ranking.matches)]
        assert len(shown) == len(ranking.matches)  # noqa: S101 - a benchmark that measures nothing is worse than none
        return ranking

    for posting in population.postings[:5]:
        ask(posting)
    for posting in itertools.islice(itertools.cycle(population.postings), CALLS):
        started = time.perf_counter()
        eligible.append(ask(posting).eligible)
        taken.append((time.perf_counter() - started) * 1000)
    return {"eligible": round(statistics.fmean(eligible)), **_marks(taken)}


def _searched(corpus: Corpus, population: Population, size: int, filters: Filters, weights: Weights) -> dict[str, Any]:
    """Return how long a page of free-text search takes, its counts included: a posting's texts, no place."""
    draw = np.random.default_rng(SEED)
    taken, found = [], []
    for posting in itertools.islice(itertools.cycle(population.postings), CALLS):
        holding = draw.choice(size, min(MOST_HITS, size // 2), replace=False).tolist()
        bounds = Bounds({f"c{number:07d}": draw.random() for number in holding})
        started = time.perf_counter()
        asked = _asked(corpus, population, posting, -1, None, weights)
        page = corpus.searched(
            asked,
            bounds=bounds,
            filters=filters,
            weights=weights,
            words_weight=WORDS_WEIGHT,
            k=10,
            seen=NOTHING,
            today=TODAY,
        )
        taken.append((time.perf_counter() - started) * 1000)
        found.append(page.total)
    return {"found": round(statistics.fmean(found)), **_marks(taken)}


def _correlated(
    corpus: Corpus, population: Population, reasons: Reasons, size: int, weights: Weights
) -> dict[str, dict[str, Any]]:
    """Return the same where who is eligible depends on what is asked: the nearest trades, or those far off."""
    titles = population.titles
    middle = titles.mean(axis=0)
    axis = np.linalg.svd(titles - middle, full_matrices=False)[2][0]
    along = titles @ axis
    order = np.argsort(np.argsort(along)) * len(REGIONS) // len(along)
    lives = order[np.arange(size) % len(order)]
    corpus.sides[Kind.PROFILE].traits.many(slice(0, size)).regions[:] = 1 << lives

    def near(posting: Posting) -> int:
        title = population.of_posting(posting).vectors.get(Facet.TITLE, middle)
        return int(np.mean(along < title @ axis) * (len(REGIONS) - 1))

    def far(posting: Posting) -> int:
        return (near(posting) + len(REGIONS) // 2) % len(REGIONS)

    return {
        f"{name} {1 / len(REGIONS):.2%} of {size}": _asked_for(corpus, population, reasons, place_of, None, weights)
        for name, place_of in (("near", near), ("far", far))
    }


def _asked(
    corpus: Corpus, population: Population, posting: Posting, place: int, contract: int | None, weights: Weights
) -> Question:
    where = (Location(region=REGIONS[place].name),) if place >= 0 else ()
    contracts = () if contract is None else ([*Contract][contract],)
    changed = replace(posting, locations=where, contracts=contracts, valid_from=None, valid_through=None)
    return corpus.question_of(changed, population.of_posting(posting), weights=weights)


def _scanned(corpus: Corpus, population: Population, weights: Weights) -> dict[str, Any]:
    """Return how long it takes to compare all rows with a question, their terms left out."""
    index = corpus.sides[Kind.PROFILE].index
    rows = np.arange(index.rows)
    unknown = np.zeros(len(index.facets), dtype=np.float32)
    taken = []
    for posting in itertools.islice(itertools.cycle(population.postings), SCANS):
        vectors = {**population.of_posting(posting).vectors}
        vectors.pop(Facet.BODY, None)
        query = index.query(vectors, weights=weights.facets(), unknown=unknown)
        taken.append(_timed(partial(index.scores, query, rows)))
    return {"rows": len(rows), **_marks(taken)}


def _recall(corpus: Corpus, population: Population, place: int, contract: int | None, weights: Weights) -> float | None:
    """Return which share of the ten best by the exact vectors are the ten best here; None where nobody is eligible."""
    shared = asked = 0
    index = corpus.sides[Kind.PROFILE].index
    shares = weights.facets()
    for posting in population.postings[:RECALL_CALLS]:
        question, asking = _asked(corpus, population, posting, place, contract, weights), population.of_posting(posting)
        found = corpus.best(question, k=CONTENDERS, weights=weights, today=TODAY).matches
        exact = {}
        for match in found:
            score = match.score
            there = population.derived(int(match.profile_id[1:]))
            for facet in index.facets:
                if facet in there.vectors and facet in asking.vectors:
                    here = next(one for one in match.contributions if one.name == facet)
                    cosine = float(there.vectors[facet] @ asking.vectors[facet])
                    if facet is Facet.BODY and population.terms_share:
                        cosine += population.terms_share * (_cosine(there.terms, asking.terms) - cosine)
                    score += shares[facet] * (cosine - here.similarity)
            exact[match.profile_id] = score
        best = sorted(exact, key=lambda name: (-round(exact[name], 6), found[0].profile_id != name))[:10]
        kept = {match.profile_id for match in found[:10]}
        shared += len(kept & {*best})
        asked += len(best)
    return round(shared / asked, 4) if asked else None


def _cosine(one: Terms | None, other: Terms | None) -> float:
    """Return the cosine of two bodies' terms, straight from their weights."""
    if one is None or other is None:
        return 0.0
    weights = [weights_of(one), weights_of(other)]
    shared = sum(weights[0][bucket] * weights[1][bucket] for bucket in weights[0].keys() & weights[1].keys())
    lengths = [sum(weight**2 for weight in some.values()) for some in weights]
    return float(shared / (lengths[0] * lengths[1]) ** 0.5)


def _writes(corpus: Corpus, population: Population, size: int) -> dict[str, Any]:
    numbers = np.random.default_rng(SEED).integers(0, size, CALLS).tolist()
    documents = [(population.record(number), population.derived(number + 1)) for number in numbers]
    upserted = [_timed(partial(corpus.put, *document)) for document in documents]
    erased = [_timed(partial(corpus.remove, Kind.PROFILE, record.id)) for record, _ in documents]
    return {"upsert": _marks(upserted), "erase": _marks(erased)}


def _snapshot(corpus: Corpus, population: Population) -> dict[str, Any]:
    facts = Facts("", sequence=1, token="", fingerprint="", rows={kind: corpus.count(kind) for kind in Kind})
    with tempfile.TemporaryDirectory() as folder:
        snapshots = Snapshots(Path(folder))
        saving = _timed(lambda: snapshots.publish(facts, corpus.save)) / 1000
        megabytes = sum(path.stat().st_size for path in Path(folder).rglob("*") if path.is_file()) / 2**20
        started = time.perf_counter()
        current = snapshots.current()
        assert current is not None  # noqa: S101 - it was written just now
        checking = time.perf_counter() - started
        Corpus.load(
            current[0],
            population.dimensions,
            thesaurus=population.thesaurus,
            terms_share=population.terms_share,
        )
        ready = time.perf_counter() - started
        start = _started(Path(folder))
    return {
        "snapshot_mb": round(megabytes),
        "save_s": round(saving, 2),
        "check_s": round(checking, 2),
        "ready_s": round(ready, 2),
        "start_s": round(start, 2),
    }


def _started(folder: Path) -> float:
    """Return the seconds from the start of a new process to its first answer from a snapshot.

    Raises:
        SystemExit: it ended before.
    """
    began = time.perf_counter()
    words = [sys.executable, "-m", "benchmarks.scale", "--start", str(folder)]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout  # noqa: S101 - it was asked for
        answered = process.stdout.readline()
        taken = time.perf_counter() - began
    if not answered:
        raise SystemExit(f"a new process {ended(process.returncode)}")
    return taken


def _start(folder: Path) -> None:
    """Do what a server does at its start, but for the database, answer one question and say so."""
    import api.app  # noqa: F401, PLC0415 - a server has it, and only a server

    encoders, thesaurus, weights = load_encoders(Settings()), load_thesaurus(), read_weights()
    embedders = Embedders(encoders, stored=lambda _, *, model: {})  # noqa: ARG005 - a port
    current = Snapshots(folder).current()
    assert current is not None  # noqa: S101 - it was handed over
    corpus = Corpus.load(current[0], encoders.dimensions, thesaurus=thesaurus, terms_share=encoders.terms_share)
    settle()
    posting = Posting(PostingId("new"), title="Data scientist")
    (made,) = derive([posting], thesaurus=thesaurus, embedders=embedders).derived
    question = corpus.question_of(posting, made, weights=weights)
    found = corpus.varied(question, k=10, weights=weights, variety=MERGED, today=TODAY)
    print(len(found.matches), flush=True)


def _timed(call: Callable[[], object]) -> float:
    started = time.perf_counter()
    call()
    return (time.perf_counter() - started) * 1000


def _marks(taken_ms: Sequence[float]) -> dict[str, Any]:
    found = load.marks(taken_ms)
    return {"samples": len(taken_ms), "p50_ms": found["p50_ms"], "p99_ms": found["p99_ms"]}


def _resident_mb() -> float:
    for line in Path("/proc/self/status").read_text("utf-8").splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    raise SystemExit("memory is read from /proc: run this on Linux")


if __name__ == "__main__":
    main()
