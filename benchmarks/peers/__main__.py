"""How fast is the search beside others', on the same vectors, with the same constraints, in the same run?

    python -m benchmarks.peers [--sizes 2000,50000] [--queries 200] [--only NAME]... [--full]

Mechanism: documents of realistic structure (`benchmarks.population`), k = 10, dimension 384. Every peer that is
installed (`pip install .[peers]`) lives in a process of its own, tied to one core: one thread each, its server's
included. They are asked in turns, block by block, each from a vector and a constraint to ten ids, its own filter
included; warm. Approximate ones are measured at several settings of how hard they try. Recall is against exact brute
force in this process; equally near documents count as equal. Control: numpy, what anyone writes first. A peer that
spends its time budget gets fewer questions, and where they are fewer than 50 the table says how many; one that fails
says how. Our own row has the engine's numbers, not ones tuned for a single facet. `build_s` is from
nothing to ready, the import and a server's start included. For libraries in the process, one compiled loop, the same
for all, works out who is eligible.

The matching job end to end is not here, as no peer does it. All of them lack facets that are weighed against each other
(title, skills, prose), agreement in skills by a thesaurus, preferences that are no constraint (places, years, salary),
what counts where one side says nothing, reasons, and answers that do not say one thing ten times. A database
(PostgreSQL with pgvector, DuckDB, sqlite-vec, LanceDB, Qdrant, Chroma, txtai) has hard constraints on columns, and
vectors of one facet at a time; an index (FAISS, hnswlib, usearch) has those alone: constraints are the caller's.
"""

import argparse
import json
import os
import selectors
import statistics
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from importlib.metadata import PackageNotFoundError
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from benchmarks import commandline, load, machine
from benchmarks.peers import GOOD_RECALL
from benchmarks.peers.catalogue import CONTROL, OURS, PEERS
from benchmarks.population import Constraint, Documents, conditions, population

DIMENSION, K, SEED = 384, 10, 2021
ROUNDS = 4
TIE = 1e-5
"""Scores closer than this are equal: each peer adds up in its own order."""
BLOCK_BUDGET_S = 1.5
BUILD_LIMIT_S = 900.0
ANSWER_LIMIT_S = 60.0
SIZES, QUESTIONS = (2_000, 50_000), 200
FULL = 1_000_000
ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "RAYON_NUM_THREADS", "LANCE_CPU_THREADS"), "1")


class Failed(Exception):
    """A peer ended, or was silent for too long."""


@dataclass(slots=True)
class Worker:
    """A peer's process."""

    process: "subprocess.Popen[str]"
    log: Path
    efforts: list[int] = field(default_factory=list)
    build_s: float = 0.0
    versions: dict[str, str] = field(default_factory=dict)
    """Of what it has started, beside its packages."""

    def ask(self, question: Mapping[str, Any] | None, *, limit_s: float) -> dict[str, Any]:
        """Send a line, unless None, and return the answer.

        Raises:
            Failed: no answer came, or an error.
        """
        if self.process.stdin is None or self.process.stdout is None:
            raise Failed("it was not started with pipes")
        try:
            if question is not None:
                print(json.dumps(question), file=self.process.stdin, flush=True)
        except OSError as error:
            raise Failed(self._last_words()) from error
        with selectors.DefaultSelector() as waiting:
            waiting.register(self.process.stdout, selectors.EVENT_READ)
            if not waiting.select(limit_s):
                raise Failed(f"no answer within {limit_s:.0f} s")
        line = self.process.stdout.readline()
        if not line:
            raise Failed(self._last_words())
        found: dict[str, Any] = json.loads(line)
        if "error" in found:
            raise Failed(found["error"])
        return found

    def end(self) -> None:
        """Let it end by itself, as servers of its own must be stopped; kill it if it does not."""
        try:
            self.process.communicate(timeout=30)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.communicate()

    def _last_words(self) -> str:
        lines = self.log.read_text(encoding="utf-8", errors="replace").strip().splitlines()
        return f"it ended: {lines[-1][:200]}" if lines else f"it ended with status {self.process.poll()}"


@dataclass(frozen=True, slots=True)
class Truth:
    """The exact answers of one condition."""

    scores: npt.NDArray[np.float32]
    """Shape (questions, documents)."""
    worst: npt.NDArray[np.float32]
    """The score of each question's last of the k best; +inf where nothing is eligible."""
    masks: list[npt.NDArray[np.bool_]]
    """Who is eligible, by question."""
    wanted: list[int]
    """k, or as many as are eligible."""

    def recall(self, question: int, answer: Sequence[int]) -> float:
        """Return the share of what is wanted that an answer holds.

        Raises:
            Failed: it holds a document that is not eligible, or one twice.
        """
        if len(set(answer)) != len(answer) or not all(self.masks[question][row] for row in answer):
            raise Failed("it answers what is not eligible, or twice")
        hits = sum(self.scores[question, row] >= self.worst[question] - TIE for row in answer)
        return min(float(hits) / self.wanted[question], 1.0)


def main() -> None:
    """Measure, print, and write results/peers.json."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    several = commandline.counts(K)
    parser.add_argument("--sizes", type=several, default=SIZES, metavar="N,N", help="how many documents, with commas")
    parser.add_argument("--queries", type=commandline.count(), default=QUESTIONS, help="questions of each condition")
    parser.add_argument("--only", action="append", default=[], choices=PEERS, help="beside this project")
    parser.add_argument("--full", action="store_true", help=f"{FULL} documents too, by the peers that can")
    commandline.add_write(parser)
    arguments = parser.parse_args()
    sizes = dict.fromkeys([*arguments.sizes, *[FULL] * arguments.full])
    names = [name for name in PEERS if not arguments.only or name in (OURS, *arguments.only)]
    versions, left_out = installed(names)
    here = machine.begin()
    result: dict[str, Any] = {
        "command": machine.command("benchmarks.peers"),
        "dimension": DIMENSION,
        "k": K,
        "threads": 1,
        "peers": {},
        "left_out": left_out,
        "sizes": {},
    }
    for size in sizes:
        found = compare(size, list(versions), questions=arguments.queries, limited=not arguments.only)
        result["sizes"][str(size)] = found
        result["peers"] = {
            name: {"setting": PEERS[name].setting, "versions": known | told(name, result["sizes"])}
            for name, known in versions.items()
        }
        # Of an hour, what there is.
        is_whole = {*SIZES} <= {*map(int, result["sizes"])} and arguments.queries >= QUESTIONS and not arguments.only
        anyway = arguments.write and len(result["sizes"]) == len(sizes)
        print(machine.write("peers", result, here=here, seed=SEED, partial=not is_whole, anyway=anyway), flush=True)
    print(table(result))


def installed(names: Sequence[str]) -> tuple[dict[str, dict[str, str]], dict[str, str]]:
    """Return the versions of the peers that are installed, and why the others are left out."""
    versions, left_out = {}, {}
    for name in names:
        try:
            versions[name] = PEERS[name].versions()
        except PackageNotFoundError as error:
            left_out[name] = f"not installed: {error.name}"
    return versions, left_out


def told(name: str, sizes: Mapping[str, Mapping[str, Any]]) -> dict[str, str]:
    """Return what a peer said of its versions: an extension's own, where a package of that name is but its client."""
    versions: dict[str, str] = {}
    for found in sizes.values():
        versions |= found["versions"].get(name, {})
    return versions


def compare(size: int, names: Sequence[str], *, questions: int, limited: bool = True) -> dict[str, Any]:
    """Return what every peer does with so many documents, and who is best.

    Args:
        size: documents.
        names: of the peers.
        questions: of each condition.
        limited: leave out those that are not meant for so many.
    """
    left_out = {name: f"asked for {PEERS[name].most:,} rows at most: {PEERS[name].why}" for name in names}
    left_out = {name: why for name, why in left_out.items() if limited and PEERS[name].most < size}
    documents, asking = population(size, DIMENSION, SEED, questions=questions)
    with tempfile.TemporaryDirectory(prefix="peers-") as scratch:
        folder = Path(scratch)
        for name, part in (("documents", documents), ("questions", asking)):
            (folder / name).mkdir()
            part.save(folder / name)
        workers: dict[str, Worker] = {}
        try:
            for name in names:
                if name not in left_out:
                    _start(name, folder, workers, left_out)
            measured = {}
            eligible = {}
            scores = asking.vectors @ documents.vectors.T
            for condition, constraints in conditions(asking).items():
                known = truth(scores, documents, constraints)
                eligible[condition] = statistics.median(int(mask.sum()) for mask in known.masks)
                measured[condition] = _condition(condition, known, workers, questions=questions)
                print(f"{size} {condition}: {eligible[condition]:g} eligible", file=sys.stderr, flush=True)
        finally:
            for worker in workers.values():
                worker.end()
    return {
        "left_out": left_out,
        "build_s": {name: worker.build_s for name, worker in workers.items()},
        "versions": {name: worker.versions for name, worker in workers.items() if worker.versions},
        "median_eligible": eligible,
        "conditions": measured,
        "best_peer": {condition: best(found) for condition, found in measured.items()},
        "best_filtering_peer": {condition: best(found, filtering=True) for condition, found in measured.items()},
    }


def _start(name: str, folder: Path, workers: dict[str, Worker], left_out: dict[str, str]) -> None:
    """Start a peer and wait until it is built: one at a time, on an otherwise idle machine."""
    log = folder / f"{name}.log"
    with log.open("w", encoding="utf-8") as errors:
        process = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.peers.worker", name, str(folder)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
            env=os.environ | ONE_THREAD,
        )
    worker = Worker(process, log)
    try:
        greeting = worker.ask(None, limit_s=BUILD_LIMIT_S)
    except Failed as why:
        left_out[name] = str(why)
        process.kill()
        worker.end()
    else:
        worker.efforts, worker.build_s = greeting["efforts"], greeting["build_s"]
        worker.versions = greeting["versions"]
        workers[name] = worker
    print(f"{name}: {left_out.get(name, f'built in {worker.build_s} s')}", file=sys.stderr, flush=True)


def truth(scores: npt.NDArray[np.float32], documents: Documents, constraints: Sequence[Constraint]) -> Truth:
    """Return who is eligible for each question, and who is nearest among them, from all scores."""
    masks = [constraint.mask(documents) for constraint in constraints]
    wanted = [min(K, int(mask.sum())) for mask in masks]
    worst = np.full(len(masks), np.inf, dtype=np.float32)
    for question, (mask, count) in enumerate(zip(masks, wanted, strict=True)):
        if count:
            among = scores[question, mask]
            worst[question] = np.partition(among, len(among) - count)[len(among) - count]
    return Truth(scores, worst, masks, wanted)


def _condition(condition: str, known: Truth, workers: dict[str, Worker], *, questions: int) -> dict[str, Any]:
    """Ask all peers in turns, block by block; whose process ends is not asked again."""
    times_ms: dict[str, list[float]] = defaultdict(list)
    recalls: dict[str, list[float]] = defaultdict(list)
    errors: dict[str, str] = {}
    count = -(-questions // ROUNDS)
    for first in range(0, questions, count):
        for name, worker in workers.items():
            for effort in worker.efforts:
                variant = f"{name} {effort}" if effort else name
                if variant in errors:
                    continue
                block = {"condition": condition, "effort": effort, "k": K, "first": first, "count": count}
                try:
                    found = worker.ask(block | {"budget_s": BLOCK_BUDGET_S}, limit_s=ANSWER_LIMIT_S)
                    for question, answer in enumerate(found["answers"], start=first):
                        if known.wanted[question]:
                            recalls[variant].append(known.recall(question, answer))
                except Failed as why:
                    errors[variant] = str(why)
                    continue
                times_ms[variant] += found["ms"]
    measured = {
        variant: summary(times, recalls[variant]) for variant, times in times_ms.items() if variant not in errors
    }
    return measured | {variant: {"error": why} for variant, why in errors.items()}


def summary(times_ms: Sequence[float], recalls: Sequence[float]) -> dict[str, Any]:
    """Return medians; p99 only where there are enough questions, recall only where something is eligible."""
    return {
        "p50_ms": round(statistics.median(times_ms), 4),
        "p99_ms": round(float(np.percentile(times_ms, 99)), 4) if len(times_ms) >= load.FROM["p99_ms"] else None,
        "recall_at_10": round(statistics.fmean(recalls), 4) if recalls else None,
        "questions": len(times_ms),
    }


def best(found: Mapping[str, Mapping[str, Any]], *, filtering: bool = False) -> dict[str, Any] | None:
    """Return the fastest of the others that reaches GOOD_RECALL, and its time over ours; None: none does.

    Args:
        found: figures by peer, with its effort behind its name where it has several.
        filtering: only of those that search under a constraint themselves.
    """
    picked = {name for name, peer in PEERS.items() if not peer.filters} if filtering else set()
    good = {
        name: figures["p50_ms"]
        for name, figures in found.items()
        if name not in {OURS, CONTROL, *picked} and (figures.get("recall_at_10") or 0.0) >= GOOD_RECALL
    }
    if not good or "p50_ms" not in found.get(OURS, {}):
        return None
    name = min(good, key=lambda other: good[other])
    return {"peer": name, "p50_ms": good[name], "times_ours": round(good[name] / found[OURS]["p50_ms"], 2)}


def table(result: Mapping[str, Any]) -> str:
    """Return everything as text: a block a size, a row a peer, a column a condition: p50 in ms, and recall."""
    lines = []
    for size, found in result["sizes"].items():
        lines += ["", f"{size} documents: p50 in ms (recall@{result['k']})"]
        columns = list(found["conditions"])
        variants = list(dict.fromkeys(name for column in columns for name in found["conditions"][column]))
        lines.append(" " * 20 + "".join(f"{column:>17}" for column in columns))
        for variant in variants:
            cells = [_cell(found["conditions"][column].get(variant, {})) for column in columns]
            lines.append(f"{variant:<20}" + "".join(f"{cell:>17}" for cell in cells))
        for who, key in (("best peer / ours", "best_peer"), ("that filters / ours", "best_filtering_peer")):
            ratios = [found[key][column] for column in columns]
            cells = [f"{ratio['times_ours']:.2f}x" if ratio else "-" for ratio in ratios]
            lines.append(f"{who:<20}" + "".join(f"{cell:>17}" for cell in cells))
        lines += [f"left out: {name}: {why}" for name, why in found["left_out"].items()]
    lines += [f"left out: {name}: {why}" for name, why in result["left_out"].items()]
    return "\n".join(lines)


def _cell(figures: Mapping[str, Any]) -> str:
    if "p50_ms" not in figures:
        return "error" if figures else "-"
    recall = figures["recall_at_10"]
    return f"{figures['p50_ms']:.3f} ({'-' if recall is None else f'{recall:.3f}'})"


if __name__ == "__main__":
    main()
