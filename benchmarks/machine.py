"""What a result was measured on, machine, versions, commit, date; and where it is written."""

import json
import os
import platform
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

TREE = Path(__file__).parent.parent
RESULTS = TREE / "benchmarks" / "results"
LIBRARIES = (
    "faiss-cpu",
    "numpy",
    "numba",
    "openvino",
    "tokenizers",
    "torch",
    "sentence-transformers",
    "scikit-learn",
    "fastapi",
    "uvicorn",
    "orjson",
    "sqlalchemy",
)
WRITTEN = ("benchmarks/results", "benchmarks/plots", "benchmarks/README.md", "README.md", "models/CARD.md")
"""What measuring itself writes: it is no change of what is measured."""
PARTIAL = "-partial"
"""How the names of results end that hold less than what is committed; git and the tables leave them out."""
PARTS = ("sizes", "sets", "peers")
"""What a result may hold several of: one that lacks a committed one is partial."""
A_FEW_PAGES = 2**20
"""In bytes: what must fit on the disk before an hour of measuring begins."""


def begin() -> dict[str, Any]:
    """Return the `facts`, once it is sure that a result can be written.

    Raises:
        SystemExit: it cannot: nothing was measured.
    """
    try:
        RESULTS.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=RESULTS, buffering=0) as file:
            file.write(bytes(A_FEW_PAGES))  # on a full disk a file can be made, and nothing be written to it
    except OSError as error:
        raise SystemExit(
            f"no result can be written to {RESULTS} ({error.strerror or error}): nothing was measured"
        ) from (error)
    return facts()


def facts() -> dict[str, Any]:
    """Return what a reader needs to judge a number: to be asked for when a run starts, as the code may change later."""
    return {
        "date": datetime.now(tz=UTC).date().isoformat(),
        "commit": _git("rev-parse", "--short", "HEAD"),
        "changed_since_commit": bool(_changed()),
        "python": platform.python_version(),
        "processor": _processor(),
        "cores": os.cpu_count(),
        "versions": {name: version(name) for name in LIBRARIES},
    }


def command(module: str, words: Sequence[str] | None = None) -> str:
    """Return the command that was given, with the names of folders but not where they are on this machine.

    Args:
        module: that runs, by its name.
        words: its arguments; those of this process where None.
    """
    given = [_named(word) for word in (sys.argv[1:] if words is None else words) if word != "--write"]
    return " ".join(["python -m", module, *map(shlex.quote, given)])


def _named(word: str) -> str:
    option, equals, value = word.partition("=")
    if equals and option.startswith("--"):
        return f"{option}={_named(value)}"
    return Path(word).name if Path(word).is_absolute() else word


def write(
    name: str,
    result: Mapping[str, Any],
    *,
    here: Mapping[str, Any],
    seed: int | None,
    partial: bool = False,
    anyway: bool = False,
) -> Path:
    """Write a result into results/NAME.json, or NAME-partial.json where that would lose figures; return the file.

    The file is whole at any moment. Where it cannot be written, the result is printed.

    Args:
        name: the result's.
        result: what was measured, and by which command.
        here: the machine's facts when the run started.
        seed: of whatever was drawn by chance; None where nothing was.
        partial: whether less was measured than the benchmark measures by itself; a result that lacks a size, a set or a
            peer that the committed one has is so, too.
        anyway: replace the committed result all the same.

    Raises:
        SystemExit: it cannot be written.
    """
    path, trial = RESULTS / f"{name}.json", RESULTS / f"{name}{PARTIAL}.json"
    text = json.dumps({"machine": here, "seed": seed, **result}, indent=2, ensure_ascii=False)
    if (partial or _lacks(result, path)) and not anyway:
        print(f"This is less than {path.name} is to hold: it stays as it is (--write replaces it).", file=sys.stderr)
        path = trial
    try:
        _replace(path, f"{text}\n")
        if path != trial:  # what there was before the run was whole
            trial.unlink(missing_ok=True)
    except OSError as error:
        print(text)
        raise SystemExit(f"{path} could not be written ({error.strerror or error}): the result stands above") from error
    return path


def _lacks(result: Mapping[str, Any], path: Path) -> bool:
    """Tell whether a result has not all the parts that a file of it has."""
    try:
        committed = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return any({*committed.get(part, {})} - {*result.get(part, {})} for part in PARTS if isinstance(committed, dict))


def _replace(path: Path, text: str) -> None:
    """Put a text in the place of a file's, all at once."""
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with beside.open("w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)


def _changed() -> str:
    return _git("status", "--porcelain", "--untracked-files=no", "--", ".", *(f":!{name}" for name in WRITTEN))


def _git(*words: str) -> str:
    command = ["git", "-C", str(TREE), *words]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.stdout.strip()


def _processor() -> str:
    info = Path("/proc/cpuinfo")
    if info.is_file():
        for line in info.read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor()
