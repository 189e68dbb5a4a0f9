"""The files of a model are those that the catalogue knows, its settings as much as its weights."""

import shutil
from collections.abc import Mapping
from pathlib import Path

import pytest

import models
from matcher.core.errors import ModelUnavailable
from matcher.core.files import digests
from models.catalogue import ALL_MINILM_L6_V2, CONTEXTUAL, ENTRIES, JOINT, STATIC, Entry
from models.contextual import ContextualEncoder
from models.joint import JointEncoder
from models.sentence import SentenceEncoder
from models.static import StaticEncoder

SHIPPED = (STATIC, CONTEXTUAL, JOINT)
TELLS_NOTHING = {".gitattributes", "README.md", "data_config.json"}
"""Of the packaged teacher: what it was trained on, and how it is stored."""
ENCODERS: Mapping[str, type[StaticEncoder] | type[ContextualEncoder] | type[SentenceEncoder]] = {
    "static": StaticEncoder,
    "contextual": ContextualEncoder,
    "sentence": SentenceEncoder,
}


@pytest.mark.parametrize("entry", ENTRIES.values(), ids=lambda entry: entry.name)
def test_every_file_of_a_model_stands_in_the_catalogue_as_it_is(entry: Entry) -> None:
    found = digests(entry.path())
    if entry is ALL_MINILM_L6_V2:
        found = {name: digest for name, digest in found.items() if name not in TELLS_NOTHING}
    assert dict(entry.sha256) == found


def test_the_record_of_the_training_names_the_same_digests() -> None:
    from models.train.card import WEIGHTS, record

    made = record(WEIGHTS)["models"]
    assert {entry.name: dict(entry.sha256) for entry in SHIPPED} == {name: one["sha256"] for name, one in made.items()}


@pytest.mark.parametrize(
    ("entry", "file"),
    [(entry, file) for entry in ENTRIES.values() for file in entry.sha256 if not file.endswith(".safetensors")],
    ids=lambda value: value if isinstance(value, str) else value.name,
)
def test_a_model_with_other_settings_is_refused_and_says_what_mends_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, entry: Entry, file: str
) -> None:
    folder = tmp_path / entry.name
    shutil.copytree(entry.path(), folder, copy_function=_linked)
    content = (folder / file).read_bytes()
    (folder / file).unlink()
    (folder / file).write_bytes(content + b" ")
    monkeypatch.setattr(Entry, "path", lambda _: folder)
    with pytest.raises(ModelUnavailable, match=f"^{file} of {entry.name} is not the file that is known: install it"):
        _fresh(entry).encode(["juriste"])


def _linked(source: str, target: str) -> None:
    """Stand in for a copy of weights that nobody writes to."""
    Path(target).symlink_to(source)


def _fresh(entry: Entry) -> StaticEncoder | ContextualEncoder | SentenceEncoder | JointEncoder:
    if entry.runtime == "joint":
        parts = [(models.load("words"), 1.0)]
        return JointEncoder(
            name=entry.name, folder=entry.path(), dimension=entry.dimension, sha256=entry.sha256, parts=parts
        )
    return ENCODERS[entry.runtime](name=entry.name, folder=entry.path(), dimension=entry.dimension, sha256=entry.sha256)
