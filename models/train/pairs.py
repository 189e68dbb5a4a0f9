"""Concepts in, pairs of texts that mean the same out, in the order in which batches are cut."""

import random
from collections import defaultdict
from collections.abc import Iterator, Sequence
from functools import lru_cache

from matcher.stages.text import neutral
from models.train.hyperparameters import PairParameters, WritingParameters
from models.train.sources import Concept

Pair = tuple[str, str]

_TITLES = frozenset({"occupation", "appellation", "code", "sheet", "posting", "group"})
_MARKS = ("(H/F)", "(F/H)", "H/F", "(h/f)", "(h/f/x)", "F/H", "(m/f/d)")

_neutral = lru_cache(maxsize=1 << 18)(neutral)


def rounds(
    concepts: Sequence[Concept], parameters: PairParameters, *, seed: int, count: int
) -> Iterator[tuple[list[Pair], list[Pair]]]:
    """Yield label pairs and prose pairs, a round at a time.

    A round holds a concept at most as often as its kind's frequency says, its draws far apart; concepts of one group
    stand together, a few at a time, so that a batch holds hard negatives and hardly ever the same concept twice.
    """
    for number in range(count):
        chance = random.Random(f"{seed}-{number}")  # noqa: S311 - no secret
        labels, prose = [], []
        writing = parameters.writing
        for concept in _ordered(concepts, parameters, chance):
            if concept.said and chance.random() < parameters.said:
                labels.append(_as_said(concept, writing, chance))
            elif concept.prose and (not _has_two_labels(concept) or chance.random() < parameters.prose):
                prose.append((_label(concept, writing, chance), chance.choice(concept.prose)))
            elif _has_two_labels(concept):
                labels.append(_two_labels(concept, writing, chance))
        yield labels, prose


def _ordered(concepts: Sequence[Concept], parameters: PairParameters, chance: random.Random) -> Iterator[Concept]:
    drawn: dict[int, dict[tuple[str, str], list[Concept]]] = defaultdict(lambda: defaultdict(list))
    for concept in concepts:
        frequency: float = getattr(parameters, concept.kind, 1.0)
        times = int(frequency) + (chance.random() < frequency % 1)
        for turn in range(times):
            drawn[turn][concept.kind, concept.group].append(concept)
    for groups in drawn.values():
        clusters = []
        for members in groups.values():
            chance.shuffle(members)
            clusters += [members[at : at + parameters.siblings] for at in range(0, len(members), parameters.siblings)]
        chance.shuffle(clusters)
        for cluster in clusters:
            yield from cluster


def _has_two_labels(concept: Concept) -> bool:
    return len(concept.french) + len(concept.english) > 1


def _two_labels(concept: Concept, writing: WritingParameters, chance: random.Random) -> Pair:
    names = _names(concept)
    if concept.french and concept.english and chance.random() < writing.two_languages:
        one, other = (chance.choice(concept.french), True), (chance.choice(concept.english), False)
    elif len(concept.french) > 1 and (not concept.english or chance.random() < 0.5):
        one, other = ((name, True) for name in chance.sample(concept.french, 2))
    elif len(concept.english) > 1:
        one, other = ((name, False) for name in chance.sample(concept.english, 2))
    else:
        one, other = chance.choice(names), chance.choice(names)
    return _in_any_order((one, other), concept, writing, chance)


def _as_said(concept: Concept, writing: WritingParameters, chance: random.Random) -> Pair:
    """Return a title by which people call it, and a name or, now and then, another such title."""
    names = _names(concept)
    one = chance.choice(concept.said)
    both_said = chance.random() < writing.both_said
    other = chance.choice(concept.said if both_said else names)
    # As often in either language, however many names it has in each.
    if not both_said and concept.french and concept.english:
        is_french = chance.random() < 0.5
        other = (chance.choice(concept.french if is_french else concept.english), is_french)
    return _in_any_order((one, other), concept, writing, chance)


def _names(concept: Concept) -> list[tuple[str, bool]]:
    """Return a concept's names, and whether each is French."""
    return [(name, True) for name in concept.french] + [(name, False) for name in concept.english]


def _in_any_order(
    names: tuple[tuple[str, bool], tuple[str, bool]],
    concept: Concept,
    writing: WritingParameters,
    chance: random.Random,
) -> Pair:
    one, other = names[::-1] if chance.random() < 0.5 else names
    return _varied(*one, concept.kind, writing, chance), _varied(*other, concept.kind, writing, chance)


def _label(concept: Concept, writing: WritingParameters, chance: random.Random) -> str:
    if concept.french and (not concept.english or chance.random() < 0.5):
        return _varied(chance.choice(concept.french), True, concept.kind, writing, chance)
    return _varied(chance.choice(concept.english), False, concept.kind, writing, chance)


def _varied(name: str, is_french: bool, kind: str, writing: WritingParameters, chance: random.Random) -> str:
    """Return a name as somebody might write it."""
    title = kind in _TITLES
    if is_french and title and chance.random() > writing.as_written:
        name = _neutral(name) or name
    elif not is_french and kind == "occupation" and chance.random() < writing.plural:
        name = f"{name}s" if name[-1].isalpha() and name[-1] not in "sy" and " of " not in name else name
    if chance.random() < writing.typo and len(name) >= writing.shortest_typo:
        name = _misspelt(name, chance)
    if is_french and title and chance.random() < writing.marked:
        name = f"{name} {chance.choice(_MARKS)}"
    return name


def _misspelt(name: str, chance: random.Random) -> str:
    """Drop, double or swap one letter."""
    at = chance.randrange(1, len(name) - 2)
    return chance.choice(
        (
            name[:at] + name[at + 1 :],
            name[:at] + name[at] + name[at:],
            name[:at] + name[at + 1] + name[at] + name[at + 2 :],
        )
    )
