"""Embedding models: texts in, unit vectors out. `load()` is the only door.

Importing this package costs nothing; a model's own libraries are imported when it encodes its first text.
"""

import math
import os
from collections.abc import Callable, Mapping, Sequence
from functools import cache

from matcher.core.domain import Facet
from matcher.core.errors import ModelUnavailable
from matcher.core.ports import Encoder, Prose
from models.bilingual import Bilingual
from models.blend import Blend
from models.catalogue import ENTRIES, PARTS, STATIC
from models.contextual import ContextualEncoder
from models.gender_neutral import GenderNeutral
from models.joint import JointEncoder
from models.sentence import SentenceEncoder
from models.static import StaticEncoder
from models.terms import TermWeights
from models.words import WordsEncoder

DEFAULTS: Mapping[str, str] = {
    Facet.TITLE: "joint*0.9+words*0.1",
    Facet.SKILLS: "static",
    Facet.BODY: "static*1+terms*2",
}
"""The recipe of each facet's encoder. Which model encodes which facet was measured (docs/decisions/0011)."""

AS_WRITTEN = 0.02
"""What a title as it is written adds to its neutral form in `load()`: it decides between titles whose neutral forms
are one, and hardly moves anything else (docs/decisions/0027)."""

_COUNTED: Mapping[str, Callable[[], Encoder]] = {
    WordsEncoder.name: WordsEncoder,
}
"""Encoders that count words: nothing was trained."""


def load(name: str | None = None) -> Encoder:
    """Return the encoder of a recipe: one model, or several side by side.

    The parts of a recipe are joined by `+`. Each is a name of the catalogue, `words`, the path of a folder in
    the sentence-transformers format, or a hub id; `*` and a number after it is its share in a cosine, as in
    `static*2+words*1`. A part without a number counts 1; all are scaled to add up to 1. What exists as a
    folder is that folder, whatever signs its path holds; one that has a catalogue model's name is reached as `./name`.
    Each model is loaded once a process, however often it is named.

    Args:
        name: the recipe; None means the default for titles with the genders of a title as one, for programs that do not
            write titles in their gender-neutral form first, as the engine does.

    Raises:
        ModelUnavailable: the recipe cannot be read, a model cannot be found, or its weights are not the known ones. A
            catalogue model's weights are checked when it encodes its first text.
    """
    if name is None:
        return Blend([(GenderNeutral(load(DEFAULTS[Facet.TITLE])), 1 - AS_WRITTEN), (_model(STATIC.name), AS_WRITTEN)])
    return _blended(_parts(name))


def load_titles() -> Encoder:
    """Return what the engine compares titles by where nothing is set; to it English names of trades are French too.

    It knows names in the form in which the engine compares titles.
    """
    return Bilingual(load(DEFAULTS[Facet.TITLE]))


def load_body(recipe: str) -> tuple[Encoder, Prose | None]:
    """Return what bodies are compared by: an encoder, and their terms where the recipe names `terms`.

    Args:
        recipe: as `load` takes it, with `terms` as a part or without.

    Raises:
        ModelUnavailable: as `load`; or it names nothing beside `terms`.
    """
    parts = _parts(recipe)
    share = sum(part for model, part in parts if model == TermWeights.name)
    if not share:
        return _blended(parts), None
    others = [(model, part / (1 - share)) for model, part in parts if model != TermWeights.name]
    if not others:
        raise ModelUnavailable(f"{recipe!r} names no encoder: terms are compared beside one, as in static*1+terms*2")
    return _blended(others), Prose(_terms(), share)


def _blended(parts: Sequence[tuple[str, float]]) -> Encoder:
    if len(parts) == 1:
        return _model(parts[0][0])
    return Blend([(_model(model), share) for model, share in parts])


def _parts(recipe: str) -> list[tuple[str, float]]:
    """Return a recipe's models with their shares, which add up to 1."""
    # Not Path.is_dir, which raises on a name that no file system takes.
    texts = [recipe] if os.path.isdir(recipe) else recipe.split("+")  # noqa: PTH112
    parts = [_part(text.strip()) for text in texts]
    total = sum(share for _, share in parts)
    scaled = [(model, share / total) for model, share in parts]
    # Of two, neither may be so small that the other is all.
    if not all(model and (share == 1 if len(scaled) == 1 else 0 < share < 1) for model, share in scaled):
        raise ModelUnavailable(
            f"the recipe {recipe!r} cannot be read: join models by +, and give a model a share above 0 by *, "
            f"as in {DEFAULTS[Facet.TITLE]!r}"
        )
    return scaled


def _part(text: str) -> tuple[str, float]:
    """Return a part's model and its share: NaN where that is no number above 0."""
    model, star, number = text.rpartition("*")
    if not star or os.path.isdir(text):  # noqa: PTH112 - see _parts
        return text, 1.0
    try:
        share = float(number)
    except ValueError:
        share = math.nan
    return model.strip(), share if share > 0 else math.nan


def _model(name: str) -> Encoder:
    if name == TermWeights.name:
        raise ModelUnavailable("terms weigh the words of prose: they can be part of the recipe for bodies alone")
    known = name in ENTRIES or name in _COUNTED
    # A folder by its whole path: a relative one names another folder where the working folder is another.
    return _loaded(name if known or not os.path.isdir(name) else os.path.abspath(name))  # noqa: PTH100, PTH112 - see _parts


@cache
def _terms() -> TermWeights:
    return TermWeights()


@cache
def _loaded(name: str) -> Encoder:
    if name in _COUNTED:
        return _COUNTED[name]()
    entry = ENTRIES.get(name)
    if entry is None or entry.runtime == "sentence":
        return SentenceEncoder.find(name)
    if entry.runtime == "joint":
        parts = [(_loaded(part), share) for part, share in PARTS.items()]
        return JointEncoder(name=name, folder=entry.path(), dimension=entry.dimension, sha256=entry.sha256, parts=parts)
    runtime = StaticEncoder if entry.runtime == "static" else ContextualEncoder
    return runtime(name=name, folder=entry.path(), dimension=entry.dimension, sha256=entry.sha256)
