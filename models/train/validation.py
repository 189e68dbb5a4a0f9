"""A validation split of our own out of ESCO and ROME: never trained on, and what the recipe chooses by."""

import random
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace

from matcher.stages.text import neutral
from models.train.hyperparameters import ValidationParameters
from models.train.sources import Concept


@dataclass(frozen=True, slots=True)
class Task:
    """Queries, a corpus, and for each query the corpus rows that are right."""

    name: str
    queries: tuple[str, ...]
    corpus: tuple[str, ...]
    right: tuple[frozenset[int], ...]
    own: tuple[int, ...] = ()
    """For queries that stand in the corpus themselves, their rows: not counted."""


def split(
    concepts: Sequence[Concept], parameters: ValidationParameters, *, seed: int
) -> tuple[list[Concept], list[Task]]:
    """Return the concepts to train on, and the tasks made of what was taken out of them.

    Args:
        concepts: all that the data holds.
        parameters: how much is held out; where there is less, all of it.
        seed: of the draw.
    """
    chance = random.Random(seed)  # noqa: S311 - no secret
    occupations = [concept for concept in concepts if concept.kind == "occupation"]
    unseen = {
        concept.id
        for concept in concepts
        if concept.kind in {"occupation", "skill"} and chance.random() < parameters.unseen
    }
    groups = sorted({concept.group for concept in concepts if concept.kind == "appellation"})
    codes = set(chance.sample(groups, min(parameters.codes, len(groups))))
    held: dict[str, dict[str, str]] = defaultdict(dict)
    chosen = [concept for concept in chance.sample(occupations, len(occupations)) if concept.id not in unseen]
    for language in ("french", "english"):
        for concept in chosen:
            if sum(language in labels for labels in held.values()) == parameters.occupations:
                break
            if label := _telling(getattr(concept, language), parameters.too_alike, chance):
                held[concept.id][language] = label
    kept = [
        _without(concept, held.get(concept.id, {}))
        for concept in concepts
        if concept.id not in unseen
        and not (concept.kind == "code" and concept.id in codes)
        and not (concept.kind == "appellation" and concept.group in codes)
    ]
    return kept, [
        _held_labels("fr-fr", occupations, held, query="french", corpus="french"),
        _held_labels("fr-en", occupations, held, query="french", corpus="english"),
        _held_labels("en-en", occupations, held, query="english", corpus="english"),
        _translations("unseen fr-en", [c for c in concepts if c.kind == "occupation"], unseen),
        _translations("unseen skills fr-en", [c for c in concepts if c.kind == "skill"], unseen),
        _same_code([c for c in concepts if c.kind == "appellation"], codes),
    ]


def _without(concept: Concept, labels: dict[str, str]) -> Concept:
    if not labels:
        return concept
    gone = {neutral(label) for label in labels.values()}
    return replace(
        concept,
        french=tuple(name for name in concept.french if neutral(name) not in gone),
        english=tuple(name for name in concept.english if neutral(name) not in gone),
        said=tuple(one for one in concept.said if neutral(one[0]) not in gone),
    )


def _telling(labels: Sequence[str], too_alike: float, chance: random.Random) -> str | None:
    """Return a label that the others do not nearly spell, if there is one."""
    forms = {label: _trigrams(neutral(label)) for label in labels}
    for label in chance.sample(list(labels[1:]), max(len(labels) - 1, 0)):
        others = [form for other, form in forms.items() if neutral(other) != neutral(label)]
        if others and max(len(forms[label] & form) / len(forms[label] | form) for form in others) < too_alike:
            return label
    return None


def _trigrams(text: str) -> frozenset[str]:
    return frozenset(f" {text} "[at : at + 3] for at in range(len(text)))


def _held_labels(
    name: str, occupations: Sequence[Concept], held: dict[str, dict[str, str]], *, query: str, corpus: str
) -> Task:
    texts: list[str] = []
    places: dict[str, list[int]] = defaultdict(list)
    for concept in occupations:
        for label in getattr(_without(concept, held.get(concept.id, {})), corpus):
            places[concept.id].append(len(texts))
            texts.append(neutral(label) if corpus == "french" else label)
    asked = [(uri, labels[query]) for uri, labels in held.items() if query in labels and places[uri]]
    return Task(
        name,
        tuple(neutral(label) if query == "french" else label for _, label in asked),
        tuple(texts),
        tuple(frozenset(places[uri]) for uri, _ in asked),
    )


def _translations(name: str, concepts: Sequence[Concept], unseen: set[str]) -> Task:
    both = [concept for concept in concepts if concept.french and concept.english]
    asked = [(place, concept) for place, concept in enumerate(both) if concept.id in unseen]
    return Task(
        name,
        tuple(neutral(concept.french[0]) for _, concept in asked),
        tuple(concept.english[0] for concept in both),
        tuple(frozenset((place,)) for place, _ in asked),
    )


def _same_code(appellations: Sequence[Concept], codes: set[str]) -> Task:
    """Ask with one appellation of a code that was left out for the others, among all appellations."""
    texts = [neutral(concept.french[0]) for concept in appellations]
    members: dict[str, list[int]] = defaultdict(list)
    for place, concept in enumerate(appellations):
        members[concept.group].append(place)
    asked = [(place, members[code]) for code in sorted(codes) for place in members[code] if len(members[code]) > 1]
    return Task(
        "rome",
        tuple(texts[place] for place, _ in asked),
        tuple(texts),
        tuple(frozenset(set(mates) - {place}) for place, mates in asked),
        own=tuple(place for place, _ in asked),
    )
