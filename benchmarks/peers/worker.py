"""One peer in a process of its own, on one core: builds, then times blocks of questions as it is told.

    python -m benchmarks.peers.worker PEER FOLDER

Started by `benchmarks.peers`. First line out: `{"build_s", "efforts", "versions"}`; then, for each line in,
`{"condition", "effort", "first", "count", "budget_s"}`, the milliseconds and the answers of that block.
"""

import json
import os
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from benchmarks.peers.catalogue import PEERS, Closing, Search, Telling
from benchmarks.population import Constraint, Documents, conditions
from matcher.core.ports import Vectors

WARM_UP = 3


def main() -> None:
    """Build, say so, and answer the parent until it hangs up."""
    name, folder = sys.argv[1], Path(sys.argv[2])
    # One core is one thread for everyone, whatever a peer would start, and for the servers that it starts too.
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    # What a peer prints must not be read as an answer, not even where it writes from C.
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    documents, asking = Documents.load(folder / "documents"), Documents.load(folder / "questions")
    constraints = conditions(asking)
    with tempfile.TemporaryDirectory(prefix="peer-", ignore_cleanup_errors=True) as scratch:
        started = time.perf_counter()
        peer = PEERS[name].load()(documents, Path(scratch))
        built_s = time.perf_counter() - started
        greeting: dict[str, Any] = {"build_s": round(built_s, 2), "efforts": peer.efforts}
        greeting["versions"] = peer.versions if isinstance(peer, Telling) else {}
        print(json.dumps(greeting), file=answers, flush=True)
        for line in sys.stdin:
            asked = json.loads(line)
            block = slice(asked["first"], asked["first"] + asked["count"])
            questions = list(zip(asking.vectors[block], constraints[asked["condition"]][block], strict=True))
            found = _timed(peer, questions, k=asked["k"], effort=asked["effort"], budget_s=asked["budget_s"])
            print(json.dumps(found), file=answers, flush=True)
        if isinstance(peer, Closing):
            peer.close()


def _timed(
    peer: Search, questions: list[tuple[Vectors, Constraint]], *, k: int, effort: int, budget_s: float
) -> dict[str, Any]:
    """Ask one question after the other until the budget is spent; an error ends the block and is told."""
    times_ms: list[float] = []
    answers: list[list[int]] = []
    began = time.perf_counter()
    try:
        for vector, constraint in questions[:WARM_UP]:
            if time.perf_counter() - began < budget_s / 4:
                peer.search(vector, constraint, k=k, effort=effort)
        for vector, constraint in questions:
            if answers and time.perf_counter() - began > budget_s:
                break
            started = time.perf_counter()
            answer = peer.search(vector, constraint, k=k, effort=effort)
            times_ms.append((time.perf_counter() - started) * 1000)
            answers.append(answer)
    except Exception as error:  # noqa: BLE001 - whatever a peer raises is its result here
        return {"error": f"{type(error).__name__}: {str(error)[:200]}"}
    return {"ms": times_ms, "answers": answers}


if __name__ == "__main__":
    main()
