"""What the engine asks of models, and nothing about who answers.

Real ones: models/. Fakes: tests/fakes.py. storing.py has what is asked of the database.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol, Self

import numpy as np
import numpy.typing as npt

from matcher.core.domain import Facet
from matcher.core.terms import Terms

Vectors = npt.NDArray[np.float32]
"""float32, C-contiguous, one row a text; each row of length 1 unless a docstring says otherwise."""

ModelVectors = Mapping[str, Mapping[bytes, Vectors]]
"""Vectors of shape (dimension,) by the fingerprint of the encoder that made them, then by their text's digest."""


class Encoder(Protocol):
    """Texts in, vectors out."""

    @property
    def name(self) -> str:
        """What a person calls this model."""
        ...

    @property
    def fingerprint(self) -> str:
        """Changes whenever the same text could get another vector: weights, pooling, settings."""
        ...

    @property
    def dimension(self) -> int:
        """Columns of what `encode` returns."""
        ...

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Return one unit row a text, float32, in order; no text gives shape (0, dimension)."""
        ...


class TermCounter(Protocol):
    """Prose in, its telling words out."""

    @property
    def name(self) -> str:
        """What a person calls it."""
        ...

    @property
    def fingerprint(self) -> str:
        """Changes whenever the same text could get other terms."""
        ...

    def terms(self, text: str) -> Terms:
        """Return a text's terms: one at least."""
        ...

    def telling(self, word: str) -> float:
        """Return how telling a word is, 1 or more: the rarer, the more, whatever texts there are."""
        ...


@dataclass(frozen=True, slots=True)
class Prose:
    """What bodies are compared by beside their vectors."""

    counter: TermCounter
    share: float
    """What the cosine of terms counts in a body's, between 0 and 1; that of vectors counts the rest."""

    @property
    def fingerprint(self) -> str:
        """The counter's, with the share."""
        return f"{self.counter.fingerprint}*{self.share:.4f}"


@dataclass(frozen=True, slots=True)
class Encoders:
    """Which encoder makes each facet's vectors. Facets may share one; those that do not may differ in dimension."""

    title: Encoder
    skills: Encoder
    body: Encoder
    prose: Prose | None = None
    """None where bodies are compared by their vectors alone."""

    @classmethod
    def alike(cls, encoder: Encoder) -> Self:
        """Return the same encoder for every facet."""
        return cls(encoder, encoder, encoder)

    def __getitem__(self, facet: Facet) -> Encoder:
        return {Facet.TITLE: self.title, Facet.SKILLS: self.skills, Facet.BODY: self.body}[facet]

    @property
    def name(self) -> str:
        """What a person calls these models: one name where it is the same for all facets."""
        names = {facet: self[facet].name for facet in Facet}
        if self.prose:
            names[Facet.BODY] += f" + {self.prose.counter.name}"
        if len(set(names.values())) == 1:
            return self.title.name
        return ", ".join(f"{facet}: {name}" for facet, name in names.items())

    @property
    def fingerprints(self) -> dict[Facet, str]:
        """The fingerprint of each facet's encoder."""
        return {facet: self[facet].fingerprint for facet in Facet}

    @property
    def terms_share(self) -> float:
        """What terms count in the cosine of bodies."""
        return self.prose.share if self.prose else 0.0

    @property
    def dimensions(self) -> dict[Facet, int]:
        """Columns of each facet's vectors."""
        return {facet: self[facet].dimension for facet in Facet}


@dataclass(frozen=True, slots=True)
class Link:
    """A concept that a text names."""

    id: str
    """ESCO's URI, ROME's code, or `lexicon:` and the id of an entry of the project's own lexicon."""
    kind: str
    """`occupation`, `skill`, `code`, `technology`, `method`, `norm` or `term`."""
    label_fr: str
    label_en: str
    """The French one where there is no English one, and the other way round."""
    confidence: float
    """How likely this is right, between 0 and 1: of links of 0.8, four in five are."""
    surface: str
    """The concept's name that the text was compared with."""


class Linker(Protocol):
    """Texts in, concepts of a taxonomy out."""

    def link(self, texts: Sequence[str], *, kind: str | None = None) -> list[list[Link]]:
        """Return, for each text in order, the concepts that it names, the surest first; none where none is likely.

        Args:
            texts: titles or skills.
            kind: only `occupation`, `skill`, `code` or `term`; None means all.
        """
        ...


class Mention(NamedTuple):
    """A skill's name in prose."""

    start: int
    end: int
    """text[start:end] is the name as it is written."""
    name: str
    """The skill's one name: equal for all spellings and both languages."""


class Trade(NamedTuple):
    """A trade that a title says is its owner's."""

    start: int
    end: int
    """title[start:end] is the trade as it is written."""
    skill: str
    """What whoever is of that trade can do, in plain words: a name of a skill, as lists hold them."""


Named = tuple[str, str]
"""A skill's one name, and the gender-neutral text that stands for it in a document."""


class Thesaurus(Protocol):
    """Which texts name the same skill, and which skills are near each other."""

    @property
    def fingerprint(self) -> str:
        """Changes whenever an answer could."""
        ...

    def names(self, texts: Sequence[str]) -> list[str | None]:
        """Return each skill's one name, None where it is not known: `PostgreSQL` and `Postgres` have the same."""
        ...

    def mentions(self, text: str) -> list[Mention]:
        """Return the skills that a text names, in the order of the text, the longest where they overlap."""
        ...

    def trades(self, title: str) -> list[Trade]:
        """Return the trades that a title of a person's says are theirs, in its order: `cheffe de projet`."""
        ...

    def says_trade(self, title: str) -> bool:
        """Tell whether a title, as it is compared, says what somebody does; in doubt it does. `cartoflux` does not."""
        ...

    def reads(self, name: str) -> bool:
        """Tell whether `mentions` knows a name: where it leaves the word out, a text does not mean the skill."""
        ...

    def spells(self, word: str) -> bool:
        """Tell whether a name of a skill that it knows well is spelt so, whatever its case: `oracle`, not `oracles`."""
        ...

    def is_tool(self, name: str) -> bool:
        """Tell of a skill's one name whether it is a product or a language: Python, and neither agility nor law."""
        ...

    def is_trade(self, text: str) -> bool:
        """Tell whether a text is the name of a trade, and nothing else."""
        ...

    def near(self, name: str) -> Mapping[str, float]:
        """Return the skills that partly stand in for one, with how far (0 to 1, below 1), without itself."""
        ...

    def tells_apart(self, one: Named, other: Named) -> bool:
        """Tell whether it knows two skills so well that vectors add nothing to `near`: `Sass` and `SAS`."""
        ...
