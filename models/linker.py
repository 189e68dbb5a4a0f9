"""Text in, the concept of ESCO, ROME or the lexicon that it names out, with how likely that is right; or nothing.

A name of the table is found by its words, gender and case aside. Other texts go to the concept with the nearest name by
the bag of token vectors; a logistic regression, fitted on names held out of the table and on texts that name nothing
(models/train/calibrate.py), says how likely that one is right. Under the threshold the answer is none. Spelling helps
to judge the nearest concept, not to choose it: cosine and trigrams together choose the right one less often.
"""

import json
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Self

import numpy as np

import models
from matcher.core.errors import ModelUnavailable
from matcher.core.ports import Encoder, Link, Vectors
from models import concepts
from models.concepts import FAMILIES, Concept, Neutral

CALIBRATION = concepts.FOLDER / "calibration.json"
ENCODER = "static"
FEATURES = ("cosine", "margin", "overlap", "coverage", "words")
PROBES = (
    ("développeur", "software developer"),
    ("gérer une équipe", "manage a team"),
    ("comptable", "infirmier"),
    ("analyse de données", "data analysis"),
)
"""Pairs whose cosines tell whether an encoder is the one that the confidences were fitted with."""
SAME_COSINE = 0.02
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
    """The name of the concept that the text was compared with."""
    features: tuple[float, ...]
    """In the order of FEATURES: cosine with that name, how much better it is than the best name of another concept, the
    trigrams in common (Jaccard), the share of the text's trigrams found in the name, the text's words (at most 12, by
    ten). Empty where the text is the name."""
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
            ModelUnavailable: the encoder is not the one that the confidences were fitted with, or cannot be loaded.
        """
        if kind is not None and kind not in FAMILIES:
            raise ValueError(f"{kind!r} is no kind of concept: use one of {', '.join(FAMILIES)}")
        found: list[list[Link]] = [[] for _ in texts]
        for family in FAMILIES if kind is None else (kind,):
            for links, candidate in zip(found, self.candidates(texts, kind=family), strict=True):
                if candidate and (link := self._link(family, candidate)):
                    links.append(link)
        for links in found:
            links.sort(key=lambda link: -link.confidence)
        return found

    def candidates(self, texts: Sequence[str], *, kind: str) -> list[Candidate | None]:
        """Return the likeliest concept of each text, however unlikely; None where there is nothing to compare."""
        family = self._families[kind]
        written = [" ".join(text[:LONGEST].split()) for text in texts]
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
        self._starts = np.searchsorted(self._owners, np.arange(len(members) + 1))

    @cached_property
    def _by_name(self) -> dict[str, list[tuple[int, bool]]]:
        """Concepts by folded name, and whether it is a preferred one."""
        found: dict[str, list[tuple[int, bool]]] = {}
        for owner, member in enumerate(self._members):
            preferred = {concepts.fold(form) for form in member.preferred}
            for key in dict.fromkeys(map(concepts.fold, member.forms)):
                found.setdefault(key, []).append((owner, key in preferred))
        return found

    def exact(self, written: str, key: str) -> Candidate | None:
        """Return the concept of that name: one whose preferred name it is goes before one with an alternative name."""
        owners = self._by_name.get(key, [])
        if concepts.is_ambiguous(key):
            owners = [one for one in owners if written in self._members[one[0]].forms]
        owners = [one for one in owners if one[1]] or owners
        if not owners:
            return None
        member = self._members[owners[0][0]]
        surface = next(form for form in member.forms if concepts.fold(form) == key)
        return Candidate(member, surface, (), shared=len(owners) > 1)

    def nearest(self, forms: Sequence[str]) -> list[Candidate | None]:
        """Return the concept with the nearest name, for texts that are no concept's name."""
        cosines = self._encoder.encode(forms) @ self._vectors().T
        places = cosines.argmax(axis=1)
        every = np.arange(len(forms))
        best = cosines[every, places]
        owners = self._owners[places]
        for row, owner in zip(cosines, owners, strict=True):
            row[self._starts[owner] : self._starts[owner + 1]] = -1.0
        margins = best - cosines.max(axis=1)
        return [
            self._candidate(form, int(places[at]), float(best[at]), float(margins[at]))
            if any(letter.isalpha() for letter in form)  # what has no letter names nothing
            else None
            for at, form in enumerate(forms)
        ]

    def _candidate(self, form: str, place: int, cosine: float, margin: float) -> Candidate:
        asked, offered = _trigrams(form), _trigrams(self.surfaces[place])
        common = len(asked & offered)
        overlap, coverage = common / len(asked | offered), common / len(asked)
        words = min(len(form.split()), 12) / 10
        return Candidate(
            self._members[self._owners[place]], self.surfaces[place], (cosine, margin, overlap, coverage, words)
        )

    def _vectors(self) -> Vectors:
        with self._lock:
            if self._rows is None:
                self._rows = self._encoder.encode(self.surfaces)
            return self._rows


def _trigrams(text: str) -> frozenset[str]:
    padded = f" {concepts.fold(text)} "
    return frozenset(padded[at : at + 3] for at in range(max(len(padded) - 2, 1)))


__all__ = ["Calibration", "Candidate", "Link", "Linker", "probe"]
