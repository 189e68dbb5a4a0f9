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
own trade, and for one far from it. Ready: from the folder to a corpus
that answers, the check of every byte included.

Control: recall@10 against the same ranking from the exact 32-bit vectors, made again from the seed; and the time in
which this machine reads the bytes that a question reads.
"""

import argparse
import itertools
import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any, cast

import numpy as np
import numpy.typing as npt

from benchmarks import machine
from benchmarks.floor import read_gb_per_s
from matcher.comparison import Question, Ranking
from matcher.compose import load_encoders, load_thesaurus
from matcher.core.domain import (
    MERGED,
    Contract,
    Facet,
    Kind,
    Location,
    Posting,
    Profile,
    ProfileId,
    Record,
    Remote,
    Weights,
)
from matcher.core.pages import NOTHING
from matcher.core.places import REGIONS
from matcher.core.ports import Store
from matcher.core.terms import HEAVIEST, WEIGHT_BITS, Terms, terms_of
from matcher.corpus import Corpus, Derived
from matcher.derive import derive
from matcher.finding import Bounds
from matcher.offline import demo
from matcher.reasons import Reasons
from matcher.search import MOST_HITS, WORDS_WEIGHT
from matcher.settings import Settings
from matcher.settled import settle
from matcher.stages.counts import Filters
from matcher.stages.embed import Embedders
from matcher.stores.snapshots import Facts, Snapshots
from matcher.weights import read_weights

SIZES = (2_000, 50_000, 100_000, 1_000_000)
POSTINGS, PROFILES, SEED = 300, 5_000, 2021
NOISE = 0.33
"""Length of the noise on a vector of length 1: cosine .95."""
REPLACED = 0.1
"""Of a body's stems, as many are another profile's: cosine .9."""
SHARES = (0.5, 0.05, 0.005, 0.0005)
CALLS = 200
RECALL_CALLS = 50
CONTENDERS = 200
"""Of which the exact ten are chosen: with codes a score is off by a thousandth at most."""
TODAY = date(2026, 1, 1)
REGION_SHARES = np.array([0.35, 0.13, 0.1, 0.08, 0.07, 0.06, 0.05, 0.04, 0.03, 0.03, 0.02, 0.02] + [0.004] * 6)
CONTRACT_SHARES = np.array([0.5, 0.3, 0.1, 0.05, 0.03, 0.02])


def main() -> None:
    """Measure each size in a process of its own, print, and write results/scale.json."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES)
    parser.add_argument("--one", type=int, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.one:
        print(json.dumps(measure(arguments.one)))
        return
    found: dict[str, Any] = {}
    for size in arguments.sizes:
        command = [sys.executable, "-m", "benchmarks.scale", "--one", str(size)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            raise SystemExit(done.stderr)
        found[str(size)] = json.loads(done.stdout)
        print(size, json.dumps(found[str(size)], indent=1))
    print(
        machine.write(
            "scale", {"command": "python -m benchmarks.scale", "bandwidth_gb_per_s": read_gb_per_s(), "sizes": found}
        )
    )


class Population:
    """Profiles by number: of each, its record and what is derived of it, the same whenever it is asked for."""

    def __init__(self) -> None:
        encoders = load_encoders(Settings())
        self._embedders = Embedders(encoders, stored=_nothing_stored)
        self.thesaurus = load_thesaurus()
        self.dimensions, self.terms_share = encoders.dimensions, encoders.terms_share
        forum = demo.forum(postings=POSTINGS, profiles=PROFILES, seed=SEED, today=TODAY)
        self.postings = [replace(one, remote=Remote.NONE) for one in forum.postings]
        self._profiles = [*forum.profiles]
        records: list[Record] = [*self.postings, *self._profiles]
        self._derived: dict[str, Derived] = {}
        for some in _batches(records, 500):
            derived = derive(some, thesaurus=self.thesaurus, embedders=self._embedders).derived
            self._derived |= dict(zip([one.id for one in some], derived, strict=True))

    def empty(self) -> Corpus:
        """Return a corpus of nothing."""
        return Corpus(self.dimensions, thesaurus=self.thesaurus, terms_share=self.terms_share)

    @property
    def embedder(self) -> Any:
        """That of the skills."""
        return self._embedders[Facet.SKILLS]

    def record(self, number: int) -> Profile:
        """Return a profile."""
        draw = np.random.default_rng((SEED, number))
        origin = self._profiles[number % len(self._profiles)]
        return replace(
            origin,
            id=ProfileId(f"c{number:07d}"),
            locations=(Location(region=REGIONS[draw.choice(18, p=_shares(REGION_SHARES))].name),),
            contracts=([*Contract][draw.choice(6, p=_shares(CONTRACT_SHARES))],),
            visible_to_recruiters=True,
        )

    def derived(self, number: int) -> Derived:
        """Return what the corpus takes of it."""
        draw = np.random.default_rng((SEED, number, 1))
        origin = self._derived[self._profiles[number % len(self._profiles)].id]
        vectors = {}
        for facet, vector in origin.vectors.items():
            moved = vector + draw.standard_normal(len(vector), dtype=np.float32) * (NOISE / len(vector) ** 0.5)
            vectors[facet] = (moved / np.linalg.norm(moved)).astype(np.float32)
        return replace(origin, vectors=vectors, terms=self._moved(origin.terms, draw))

    def _moved(self, terms: Terms | None, draw: np.random.Generator) -> Terms | None:
        """Return terms of which some are replaced by those of a profile drawn by chance."""
        other = self._derived[self._profiles[draw.integers(len(self._profiles))].id].terms
        if terms is None or other is None:
            return terms
        codes = np.where(draw.random(len(terms)) < REPLACED, other, terms)
        return terms_of(_weights(codes))

    def of_posting(self, posting: Posting) -> Derived:
        """Return what the corpus takes of a posting."""
        return self._derived[posting.id]

    @property
    def titles(self) -> npt.NDArray[np.float32]:
        """The title vectors of the profiles that all are made of, shape (PROFILES, dimension); 0 where one has none."""
        none = np.zeros(self.dimensions[Facet.TITLE], dtype=np.float32)
        return np.stack([self._derived[one.id].vectors.get(Facet.TITLE, none) for one in self._profiles])

    def get(self, kind: Kind, ids: Sequence[str]) -> Mapping[str, Record]:
        """Answer as a store: what the reasons of a match are made of."""
        if kind is Kind.PROFILE:
            return {name: self.record(int(name[1:])) for name in ids}
        known = {str(one.id): one for one in self.postings}
        return {name: known[name] for name in ids if name in known}


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
    reasons = Reasons(cast("Store", population), population.embedder, population.thesaurus)
    found["candidates"] = {
        f"{share:.2%} of {size}": _candidates(corpus, population, reasons, share, weights)
        for share in SHARES
        if share * size >= 10
    }
    found["search"] = {
        f"{name} of {size}": _searched(corpus, population, size, filters, weights)
        for name, filters in (("everybody", Filters()), ("a region", Filters(region=frozenset({REGIONS[0].code}))))
    }
    found["recall@10"] = _recall(corpus, population, weights)
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


def _candidates(
    corpus: Corpus, population: Population, reasons: Reasons, share: float, weights: Weights
) -> dict[str, float]:
    place, contract = min(
        itertools.product(range(18), range(6)),
        key=lambda pair: abs(_shares(REGION_SHARES)[pair[0]] * _shares(CONTRACT_SHARES)[pair[1]] / share - 1),
    )
    if share >= 0.5:
        place, contract = -1, 0  # anywhere, under the contract that half of them wish
    return _asked_for(corpus, population, reasons, lambda _: place, contract, weights)


def _asked_for(
    corpus: Corpus,
    population: Population,
    reasons: Reasons,
    place_of: Callable[[Posting], int],
    contract: int | None,
    weights: Weights,
) -> dict[str, float]:
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


def _searched(
    corpus: Corpus, population: Population, size: int, filters: Filters, weights: Weights
) -> dict[str, float]:
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
) -> dict[str, dict[str, float]]:
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


def _recall(corpus: Corpus, population: Population, weights: Weights) -> float:
    """Return which share of the ten best by the exact vectors are the ten best here; half of all are eligible."""
    shared = asked = 0
    index = corpus.sides[Kind.PROFILE].index
    shares = weights.facets()
    for posting in population.postings[:RECALL_CALLS]:
        question, asking = _asked(corpus, population, posting, -1, 0, weights), population.of_posting(posting)
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
    return round(shared / asked, 4)


def _weights(terms: Terms) -> dict[int, int]:
    codes = terms[terms > 0]
    return dict(zip((codes >> WEIGHT_BITS).tolist(), (codes & HEAVIEST).tolist(), strict=True))


def _cosine(one: Terms | None, other: Terms | None) -> float:
    """Return the cosine of two bodies' terms, straight from their weights."""
    if one is None or other is None:
        return 0.0
    weights = [_weights(one), _weights(other)]
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
    return {
        "snapshot_mb": round(megabytes),
        "save_s": round(saving, 2),
        "check_s": round(checking, 2),
        "ready_s": round(ready, 2),
    }


def _timed(call: Callable[[], object]) -> float:
    started = time.perf_counter()
    call()
    return (time.perf_counter() - started) * 1000


def _marks(taken_ms: Sequence[float]) -> dict[str, float]:
    return {f"p{mark}_ms": round(float(np.percentile(taken_ms, mark)), 3) for mark in (50, 99)}


def _shares(weights: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    shares: npt.NDArray[np.float64] = weights / weights.sum()
    return shares


def _nothing_stored(digests: Sequence[bytes], *, model: str) -> Mapping[bytes, npt.NDArray[np.float32]]:  # noqa: ARG001 - a port
    return {}


def _batches(records: Sequence[Record], size: int) -> Iterator[Sequence[Record]]:
    for start in range(0, len(records), size):
        yield records[start : start + size]


def _resident_mb() -> float:
    for line in Path("/proc/self/status").read_text("utf-8").splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    raise SystemExit("memory is read from /proc: run this on Linux")


if __name__ == "__main__":
    main()
