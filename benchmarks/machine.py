"""What a result was measured on: machine, versions, commit, date."""

import json
import os
import platform
import subprocess
from collections.abc import Mapping
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


def write(name: str, result: Mapping[str, Any], *, here: Mapping[str, Any], seed: int | None) -> Path:
    """Write a result into results/NAME.json and return the file.

    Args:
        name: the result's.
        result: what was measured, and by which command.
        here: the machine's `facts` when the run started.
        seed: of whatever was drawn by chance; None where nothing was.
    """
    path = RESULTS / f"{name}.json"
    text = json.dumps({"machine": here, "seed": seed, **result}, indent=2, ensure_ascii=False)
    path.write_text(f"{text}\n", encoding="utf-8")
    return path


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
