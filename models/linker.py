"""Text in, the concept of ESCO, ROME or the lexicon that it names out, with how likely that is right; or nothing.

A name of the table is found by its words, gender and case aside. Other texts go to the concept with the nearest names
by the bag of token vectors: several of them, for one near name may be chance. A logistic regression, fitted on names
held out of the table and on texts that name nothing (models/train/calibrate.py), says how likely that one is right.
Under the threshold the answer is none. Spelling helps to judge the nearest concept, not to choose it: cosine and
trigrams together choose the right one less often (docs/decisions/0034).
"""

import json
import threading
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

import models
from matcher.core.errors import ModelUnavailable
from matcher.core.ports import Encoder, Link, Vectors
from matcher.core.skill_levels import without_level
from models import concepts
from models.concepts import FAMILIES, Concept, Neutral
from models.texts import listed, seen

CALIBRATION = concepts.FOLDER / "calibration.json"
ENCODER = "static"
FEATURES = ("score", "margin", "share", "within", "holds", "head", "spelled", "unknown")
"""What tells whether a concept is the right one, all but `margin` between 0 and 1 as a rule.

score: mean cosine of its nearest names, each weighing half as much as the one before (NAMES).
margin: how much better that is than the next concept's.
share: of a softmax over the nearest names of all concepts (NEAREST, SPREAD), what falls to its own.
within, holds: 1 where its nearest name has all of the text's words; where the text has all of that name's.
head: 1 where one of its near names begins with the word that the text begins with.
spelled: the share of the text's trigrams that its near names have.
unknown: the share of the text's words that no name of any concept has.
"""
NEAREST = 32
"""Names that are looked at, the nearest of all concepts; a concept's further names count as the last of them."""
NAMES = (8 / 15, 4 / 15, 2 / 15, 1 / 15)
"""What a concept's names weigh, the nearest first."""
SPREAD = 0.1
"""Cosine by which a name is e times as likely as another."""
SAME_NEARNESS = 5
"""Digits by which cosines and scores are told apart: the same text has other last bits alone and in a batch."""
GROUP = 16
"""Names of which the nearest is compared first."""
PROBES = (
    ("développeur", "software developer"),
    ("gérer une équipe", "manage a team"),
    ("comptable", "infirmier"),
    ("analyse de données", "data analysis"),
)
"""Pairs whose cosines tell whether an encoder is the one that the confidences were fitted with."""
SAME_COSINE = 0.02
SHORT_WORD = 4
"""Letters up to which a word that no name has says nothing: `PACA` is near `PACS`, `lune` near `lunetier`."""
BLOCK_TEXTS = 256
LONGEST = 500
"""Characters of a text that are read."""
DIGITS = 4
"""Of a confidence: fewer than the last bits in which a text's cosine alone and in a batch may differ."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """The concept that a text most likely names, and what speaks for it."""

    concept: Concept
    surface: str
    """The concept's name that is nearest to the text."""
    features: tuple[float, ...]
    """In the order of FEATURES. Empty where the text is the name."""
    shared: bool = False
    """Whether the text is the name of several concepts, none of them more than the others."""


@dataclass(frozen=True, slots=True)
class Calibration:
    """What turns features into confidence, by family of concepts. A family without has its exact names alone."""

    weights: Mapping[str, Sequence[float]]
    """In the order of FEATURES."""
    intercepts: Mapping[str, float]
    exact: Mapping[str, float]
    """The confidence of a name of the table."""
    shared: Mapping[str, float]
    """The same for a name that several concepts have."""
    thresholds: Mapping[str, float]
    probes: Sequence[float]
    """The cosines of PROBES."""

    @classmethod
    def read(cls, path: Path = CALIBRATION) -> Self:
        """Read the file that `python -m models.train.calibrate` writes.

        Raises:
            ModelUnavailable: it is missing or damaged.
        """
        mend = "install it again, or `python -m models.train.calibrate --data DIR` makes it"
        try:
            return cls.of(json.loads(path.read_text(encoding="utf-8")))
        except FileNotFoundError as error:
            raise ModelUnavailable(f"{path.name} is missing: {mend}") from error
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise ModelUnavailable(f"{path.name} is damaged ({type(error).__name__}): {mend}") from error

    @classmethod
    def of(cls, fitted: Mapping[str, Any]) -> Self:
        """Take what the file holds.

        Raises:
            KeyError, TypeError, ValueError, AttributeError: it is not of that form.
        """
        families = fitted["families"].items()
        numbers = {
            field: {name: float(one[field]) for name, one in families}
            for field in ("intercept", "exact", "shared", "threshold")
        }
        return cls(
            weights={name: [float(one["weights"][feature]) for feature in FEATURES] for name, one in families},
            intercepts=numbers["intercept"],
            exact=numbers["exact"],
            shared=numbers["shared"],
            thresholds=numbers["threshold"],
            probes=[float(cosine) for cosine in fitted["probes"]],
        )

    def confidence(self, family: str, candidate: Candidate) -> float:
        """Return how likely a candidate is right, between 0 and 1; 1 for the names of a family that was not fitted."""
        if not candidate.features:
            return (self.shared if candidate.shared else self.exact).get(family, 1.0)
        total = float(np.dot(self.weights[family], candidate.features)) + self.intercepts[family]
        return float(1 / (1 + np.exp(-total)))


class Linker:
    """Links texts to concepts. What it needs is read and encoded where it is first asked for. Thread-safe."""

    def __init__(
        self, table: Sequence[Concept], *, encoder: Encoder, neutral: Neutral, calibration: Calibration | None
    ) -> None:
        """Take a table.

        Args:
            table: the concepts.
            encoder: what compares a text with the names.
            neutral: the form in which the table's names stand.
            calibration: without it, `candidates` answers and `link` does not.
        """
        self._encoder = encoder
        self._neutral = neutral
        self._calibration = calibration
        self._checked = calibration is None
        self._lock = threading.Lock()
        self._families = {
            name: _Family([one for one in table if one.kind in kinds], encoder) for name, kinds in FAMILIES.items()
        }

    @classmethod
    def load(cls, encoder: Encoder | None = None, *, neutral: Neutral) -> Self:
        """Return the linker of the shipped table.

        Args:
            encoder: the one that the calibration was made with; None means the shipped one.
            neutral: the engine's gender-neutral form, in which the table stands.

        Raises:
            ModelUnavailable: a table, the calibration or the encoder is missing or damaged.
        """
        table = concepts.read(neutral)
        return cls(table, encoder=encoder or models.load(ENCODER), neutral=neutral, calibration=Calibration.read())

    def link(self, texts: Sequence[str], *, kind: str | None = None) -> list[list[Link]]:
        """Return, for each text, the best concept of each family asked for, the surest first; none under its threshold.

        Args:
            texts: titles, skills; anything. Read up to 500 characters.
            kind: `occupation`, `skill` (technologies, methods and norms too), `code` or `term`; None means all.

        Raises:
            ValueError: there is no such kind.
            TypeError: it is no list of texts.
            ModelUnavailable: the encoder is not the one that the confidences were fitted with, or cannot be loaded.
        """
        if kind is not None and kind not in FAMILIES:
            raise ValueError(f"{kind!r} is no kind of concept: use one of {', '.join(FAMILIES)}")
        texts = listed(texts)
        found: list[list[Link]] = [[] for _ in texts]
        for family in FAMILIES if kind is None else (kind,):
            for links, candidate in zip(found, self.candidates(texts, kind=family), strict=True):
                if candidate and (link := self._link(family, candidate)):
                    links.append(link)
        for links in found:
            links.sort(key=lambda link: -link.confidence)
        return found

    def candidates(self, texts: Sequence[str], *, kind: str) -> list[Candidate | None]:
        """Return the likeliest concept of each text, however unlikely; None where there is nothing to compare.

        How well somebody knows a skill is no part of its name: `Excel avancé`.
        """
        family = self._families[kind]
        written = [" ".join(seen(text[:LONGEST]).split()) for text in texts]
        if kind == "skill":
            written = [self._without_level(text) for text in written]
        forms = [self._neutral(text) for text in written]
        keys = [concepts.fold(form) for form in forms]
        found = [family.exact(text, key) for text, key in zip(written, keys, strict=True)]
        if not family.surfaces or (self._calibration and kind not in self._calibration.weights):
            return found
        # An ambiguous name that is not written as its concept writes it says nothing.
        left = [at for at, key in enumerate(keys) if not found[at] and not concepts.is_ambiguous(key)]
        if left:
            self._check_encoder()
        for start in range(0, len(left), BLOCK_TEXTS):
            block = left[start : start + BLOCK_TEXTS]
            for at, candidate in zip(block, family.nearest([forms[at] for at in block]), strict=True):
                found[at] = candidate
        return found

    def _without_level(self, written: str) -> str:
        """Return a skill's name alone where that is one: `Excel` of `Excel avancé`."""
        bare = without_level(written)
        is_name = bare != written and self._families["skill"].exact(bare, concepts.fold(self._neutral(bare)))
        return bare if is_name else written

    def _link(self, family: str, candidate: Candidate) -> Link | None:
        if self._calibration is None:
            raise ModelUnavailable("this linker has no calibration: python -m models.train.calibrate --data DIR")
        confidence = round(self._calibration.confidence(family, candidate), DIGITS)
        if confidence < self._calibration.thresholds.get(family, 1.0):
            return None
        one = candidate.concept
        return Link(one.id, one.kind, one.fr or one.en, one.en or one.fr, confidence, candidate.surface)

    def _check_encoder(self) -> None:
        with self._lock:
            if not self._checked and self._calibration:
                expected, found = np.array(self._calibration.probes), np.array(probe(self._encoder))
                if expected.shape != found.shape or np.abs(expected - found).max() > SAME_COSINE:
                    raise ModelUnavailable(
                        f"the linker's confidences were fitted with another model than {self._encoder.name}: "
                        "python -m models.train.calibrate --data DIR fits them anew"
                    )
            self._checked = True


def probe(encoder: Encoder) -> list[float]:
    """Return an encoder's cosines of PROBES, by which it is known again."""
    one, other = (encoder.encode([pair[side] for pair in PROBES]) for side in (0, 1))
    return [round(float(cosine), 4) for cosine in np.einsum("ij,ij->i", one, other)]


class _Family:
    """The concepts that one question is about."""

    def __init__(self, members: Sequence[Concept], encoder: Encoder) -> None:
        self._members = members = [member for member in members if member.forms]
        self._encoder = encoder
        self._lock = threading.Lock()
        self._rows: Vectors | None = None
        owned = [(owner, form) for owner, member in enumerate(members) for form in member.forms]
        self.surfaces = [form for _, form in owned]
        self._owners = np.array([owner for owner, _ in owned], dtype=np.int64)

    @cached_property
    def _by_name(self) -> dict[str, list[tuple[int, tuple[bool, bool]]]]:
        """Concepts by folded name, whether it is a preferred one, and whether the lexicon says so."""
        found: dict[str, list[tuple[int, tuple[bool, bool]]]] = {}
        for owner, member in enumerate(self._members):
            preferred = {concepts.fold(form) for form in member.preferred}
            is_ours = member.id.startswith(concepts.LEXICON_PREFIX)
            ours = {concepts.fold(form) for form in (member.forms if is_ours else member.lent)}
            for key in dict.fromkeys(map(concepts.fold, member.forms)):
                found.setdefault(key, []).append((owner, (key in preferred, key in ours)))
        return found

    def exact(self, written: str, key: str) -> Candidate | None:
        """Return the concept of that name.

        One whose preferred name it is goes before one with an alternative name; of equals, the one to which the lexicon
        gives it: ESCO has `CISO` among the other names of several.
        """
        owners = self._by_name.get(key, [])
        if concepts.is_ambiguous(key):
            owners = [one for one in owners if written in self._members[one[0]].forms]
        if not owners:
            return None
        first = max(rank for _, rank in owners)
        owners = [one for one in owners if one[1] == first]
        member = self._members[owners[0][0]]
        surface = next(form for form in member.forms if concepts.fold(form) == key)
        return Candidate(member, surface, (), shared=len(owners) > 1)

    def nearest(self, forms: Sequence[str]) -> list[Candidate | None]:
        """Return the concept with the nearest names, for texts that are no concept's name."""
        cosines = self._encoder.encode(forms) @ self._vectors().T
        return [
            self._candidate(form, row) if self._says_something(form) else None
            for form, row in zip(forms, cosines, strict=True)
        ]

    def _says_something(self, form: str) -> bool:
        """Tell whether a text may be compared: what has no letter names nothing, nor does a short word of no name."""
        if not any(letter.isalpha() for letter in form):
            return False
        folded = concepts.fold(form)
        return len(folded) > SHORT_WORD or folded in self._vocabulary or len(_words(folded)) > 1

    def _candidate(self, form: str, cosines: Vectors) -> Candidate:
        """Return what a text most likely names.

        Args:
            form: the text, gender-neutral.
            cosines: with every name, shape (names,).
        """
        places, near = nearest(cosines)
        owners = self._owners[places].tolist()
        scores = _scores(owners, near.tolist())
        best = max(scores, key=lambda owner: round(scores[owner], SAME_NEARNESS))
        others = [score for owner, score in scores.items() if owner != best]
        likely = np.exp((near - near[0]) / SPREAD)
        names = [self.surfaces[place] for place, owner in zip(places, owners, strict=True) if owner == best]
        return Candidate(
            self._members[best],
            names[0],
            (
                scores[best],
                scores[best] - max(others, default=float(near[-1])),
                float(likely[np.array(owners) == best].sum() / likely.sum()),
                *_spelling(concepts.fold(form), [concepts.fold(name) for name in names], self._vocabulary),
            ),
        )

    @cached_property
    def _vocabulary(self) -> frozenset[str]:
        """Every word of the names."""
        return frozenset(word for surface in self.surfaces for word in _words(concepts.fold(surface)))

    def _vectors(self) -> Vectors:
        with self._lock:
            if self._rows is None:
                self._rows = self._encoder.encode(self.surfaces)
            return self._rows


def nearest(cosines: Vectors, *, count: int = NEAREST) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Return the places of the nearest names and their cosines, the nearest first, equals in the table's order.

    `count` names at least are as near as the `count`-th best of the groups' nearest, so that only such are sorted.

    Args:
        cosines: with every name, shape (names,).
        count: how many, or all where there are fewer.
    """
    least = -np.inf
    if len(cosines) >= count * GROUP:
        groups = cosines[: len(cosines) // GROUP * GROUP].reshape(GROUP, -1).max(axis=0)
        least = np.partition(groups, -count)[-count]
    places = np.flatnonzero(cosines >= least)
    near = cosines[places].astype(np.float64)
    order = np.argsort(-near.round(SAME_NEARNESS), kind="stable")[:count]
    return places[order], near[order]


def _scores(owners: Sequence[int], near: Sequence[float]) -> dict[int, float]:
    """Return each concept's mean cosine, by NAMES; names that are not among the nearest count as the last of them."""
    least = near[-1]
    seen: dict[int, int] = {}
    scores: dict[int, float] = {}
    for owner, cosine in zip(owners, near, strict=True):
        place = seen.get(owner, 0)
        if place < len(NAMES):
            scores[owner] = scores.get(owner, least) + NAMES[place] * (cosine - least)
        seen[owner] = place + 1
    return scores


def _spelling(text: str, names: Sequence[str], vocabulary: Container[str]) -> tuple[float, float, float, float, float]:
    """Return the features from `within` on, of a folded text and a concept's folded names, the nearest first."""
    words, near = _words(text), _words(names[0])
    asked, trigrams = frozenset(words), _trigrams(text)
    offered = frozenset().union(*map(_trigrams, names))
    return (
        float(asked.issubset(near)),
        float(asked.issuperset(near)),
        float(any(_words(name)[:1] == words[:1] for name in names)),
        len(trigrams & offered) / len(trigrams),
        sum(word not in vocabulary for word in asked) / max(len(asked), 1),
    )


def _words(text: str) -> list[str]:
    return text.replace("'", " ").split()


def _trigrams(text: str) -> frozenset[str]:
    padded = f" {text} "
    return frozenset(padded[at : at + 3] for at in range(max(len(padded) - 2, 1)))


__all__ = ["Calibration", "Candidate", "Link", "Linker", "nearest", "probe"]
