"""Which skills are near: what relations.tsv says of the general and the specific, and the lexicon of siblings.

And which are not, whatever vectors say: apart.tsv.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from models import concepts
from models.files import damaged, lines_of

RELATIONS = concepts.FOLDER / "relations.tsv"
APART = concepts.FOLDER / "apart.tsv"
SPECIFIC, GENERAL, SIBLING = 0.85, 0.5, 0.6
"""How far one stands in for another that is asked for: React for JavaScript, JavaScript for React, React for Vue.js."""
FIELD = "~"
"""Before a general skill that is a field of work."""


@dataclass(frozen=True, slots=True)
class Relation:
    """What relations.tsv says of a general skill."""

    general: str
    specific: Sequence[str]
    """What stands beside it: who can do the general one is held to know half of each."""
    below: Sequence[str]
    """These, and what is specific to them, and so on: who can do one is held to know the general one."""
    is_field: bool
    """Whether it is a field of work, which says nothing of any one tool: `back-end` is no Spring."""


class Said(NamedTuple):
    """All that the files say of what is near what, by the lexicon's ids."""

    siblings: Mapping[str, Sequence[str]]
    """By entry, those that the lexicon puts near it."""
    relations: Sequence[Relation]
    apart: Mapping[str, Sequence[str]]
    """By entry, names of what it is not near."""


def read(path: Path) -> list[Relation]:
    """Return what the file says.

    Raises:
        ModelUnavailable: it is missing or damaged.
    """
    rows = [line.split("\t") for line in lines_of(path)][1:]
    if any(len(row) != 2 for row in rows):
        raise damaged(path, "a row has not two columns")
    direct = {general.removeprefix(FIELD): specific.split() for general, specific in rows}
    fields = {general.removeprefix(FIELD) for general, _ in rows if general.startswith(FIELD)}
    return [
        Relation(general, specific, sorted(_below(general, direct)), is_field=general in fields)
        for general, specific in direct.items()
    ]


def read_apart(path: Path) -> dict[str, list[str]]:
    """Return the names of what only an encoder takes for an entry of the lexicon, by the entry.

    Raises:
        ModelUnavailable: the file is missing or damaged.
    """
    rows = [line.split("\t") for line in lines_of(path)][1:]
    if any(len(row) != 2 for row in rows):
        raise damaged(path, "a row has not two columns")
    return {entry: names.split(" | ") for entry, names in rows}


def _below(general: str, direct: Mapping[str, Sequence[str]]) -> set[str]:
    found: set[str] = set()
    left = [*direct[general]]
    while left:
        one = left.pop()
        if one not in found and one != general:
            found.add(one)
            left += direct.get(one, ())
    return found


def nearness(
    owners: Mapping[str, str],
    siblings: Mapping[str, Sequence[str]],
    relations: Sequence[Relation],
) -> dict[str, dict[str, float]]:
    """Return, by skill, those that partly stand in for it, with how far.

    Args:
        owners: which skill each entry of the lexicon is.
        siblings: by entry, those that the lexicon puts near it.
        relations: as `read` returns them.
    """
    near: dict[str, dict[str, float]] = defaultdict(dict)

    def say(asked: str, offered: str, value: float) -> None:
        one, other = owners.get(asked), owners.get(offered)
        if one and other and one != other:
            near[one][other] = max(value, near[one].get(other, 0.0))

    for one, others in siblings.items():
        for other in others:
            say(one, other, SIBLING)
    for relation in relations:
        for one in relation.below:
            say(relation.general, one, SPECIFIC)
        for one in () if relation.is_field else relation.specific:
            say(one, relation.general, GENERAL)
    return dict(near)
