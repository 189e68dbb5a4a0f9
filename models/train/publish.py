"""From the work folder to the folders that ship: nothing that a user does not need, and as small as is faithful."""

import json
import shutil
from pathlib import Path
from typing import Any

from matcher.core.files import digests, files_in
from models.train.recipe import CONTEXTUAL, JOINT, STATIC, halve

LIMIT_BYTES = 60_000_000
"""Of all weights together: they stay in the repository's history for good."""
RECORD = "training.json"


class TooLarge(Exception):
    """The models are larger than what may ship."""

    def __init__(self, found: int) -> None:
        super().__init__(f"the models take {found / 1e6:.1f} MB, more than {LIMIT_BYTES / 1e6:.0f} MB")


def publish(work: Path, weights: Path, *, reads: int) -> dict[str, dict[str, str]]:
    """Copy the models and the record of their making; what stood in their folders goes.

    The static model stays in single precision, the others are stored in half and load in single precision.

    Args:
        work: of a recipe that has run.
        weights: gets the folders `static`, `contextual` and `joint`, and `training.json`.
        reads: word pieces that the contextual model reads of a text.

    Returns:
        The SHA-256 of each file by its path inside its model's folder, by model.

    Raises:
        TooLarge: together they are larger than LIMIT_BYTES; the folders that ship are left as they were.
    """
    weights.mkdir(parents=True, exist_ok=True)
    ready = {name: weights / f"{name}.partial" for name in (STATIC, CONTEXTUAL, JOINT)}
    try:
        for name, folder in ready.items():
            shutil.rmtree(folder, ignore_errors=True)
            # The trainer's own README lists samples of the data and says nothing of use here.
            shutil.copytree(work / name, folder, ignore=shutil.ignore_patterns("*.md"), copy_function=shutil.copyfile)
        _make_portable(ready[CONTEXTUAL], reads=reads)
        halve(ready[CONTEXTUAL])
        halve(ready[JOINT])
        size = sum(path.stat().st_size for folder in ready.values() for path in files_in(folder))
        if size > LIMIT_BYTES:
            raise TooLarge(size)
        for name, folder in ready.items():
            for path in files_in(folder):
                path.chmod(0o644)
            shutil.rmtree(weights / name, ignore_errors=True)
            folder.rename(weights / name)
    finally:
        for folder in ready.values():
            shutil.rmtree(folder, ignore_errors=True)
    found = {name: digests(weights / name) for name in ready}
    record = json.loads((work / RECORD).read_text(encoding="utf-8"))
    record["models"] = {
        name: {"bytes": sum(path.stat().st_size for path in files_in(weights / name)), "sha256": files}
        for name, files in found.items()
    }
    (weights / RECORD).write_text(json.dumps(record, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    return found


def catalogue_lines(found: dict[str, str]) -> str:
    """Return the digests as models/catalogue.py has them."""
    lines = [f'        "{name}": "{digest}",' for name, digest in found.items()]
    return "\n".join(["    sha256={", *lines, "    },"])


def _make_portable(folder: Path, *, reads: int) -> None:
    """Undo what training leaves behind: the weights load in single precision, texts are cut where the model ends.

    The trainer cuts and pads texts by settings that it stores in the tokenizer, at the length of a training text.
    """
    _change(folder / "config.json", dtype="float32")
    # Any other class would put its own normaliser in the place of ours, which takes gender marks out.
    _change(folder / "tokenizer_config.json", tokenizer_class="PreTrainedTokenizerFast", model_max_length=reads)
    _drop(folder / "tokenizer_config.json", "max_length", "pad_to_multiple_of", "stride", "truncation_strategy")
    _change(folder / "tokenizer.json", truncation=None, padding=None)


def _drop(path: Path, *names: str) -> None:
    found = json.loads(path.read_text(encoding="utf-8"))
    _write(path, {name: value for name, value in found.items() if name not in names})


def _change(path: Path, **values: Any) -> None:
    _write(path, {**json.loads(path.read_text(encoding="utf-8")), **values})


def _write(path: Path, found: dict[str, Any]) -> None:
    path.write_text(json.dumps(found, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
