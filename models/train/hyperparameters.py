"""Every number that the recipe depends on, in one place."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class VocabularyParameters:
    """One WordPiece vocabulary for both models: French pieces beside the teacher's English ones."""

    pieces: int = 20_000
    french_candidates: int = 9_000
    """Pieces learned from the French and English texts, of which the unknown ones are added to the teacher's."""
    neighbours: int = 8
    """A new piece starts as the mean of so many of the teacher's pieces, the nearest ones in the static model."""
    temperature: float = 0.1
    """Of the softmax over the neighbours' cosines."""


@dataclass(frozen=True, slots=True)
class StaticParameters:
    """The bag of token vectors."""

    dimension: int = 256
    rounds: int = 40
    batch: int = 1024
    learning_rate: float = 0.05
    warmup: float = 0.05
    scale: float = 20.0


@dataclass(frozen=True, slots=True)
class ContextualParameters:
    """The adapted sentence encoder."""

    rounds: int = 12
    batch: int = 256
    learning_rate: float = 1.5e-4
    vocabulary_learning_rate: float = 6e-4
    """Of the word pieces, many of which start anew."""
    warmup: float = 0.08
    scale: float = 25.0
    longest: int = 48
    """Word pieces of a training text; the shipped model reads 256."""
    most_steps: int = 1000
    """The main run ends here, two thirds down its slope; the cooling goes the rest of the way, faster."""


def _cooling() -> ContextualParameters:
    return ContextualParameters(
        rounds=2, learning_rate=6e-5, vocabulary_learning_rate=2.4e-4, longest=20, most_steps=1000
    )


def _finish() -> ContextualParameters:
    return ContextualParameters(
        rounds=6, learning_rate=1e-4, vocabulary_learning_rate=3e-4, longest=20, most_steps=1000
    )


@dataclass(frozen=True, slots=True)
class JointParameters:
    """The matrix that turns both models' vectors together; their shares are models.catalogue's (`PARTS`)."""

    rounds: int = 8
    batch: int = 1536
    learning_rate: float = 2e-3
    warmup: float = 0.05
    scale: float = 20.0


@dataclass(frozen=True, slots=True)
class PairParameters:
    """How often a round draws a pair from a concept of each kind; a fraction is a probability."""

    occupation: float = 5.0
    group: float = 1.0
    skill: float = 0.5
    appellation: float = 0.35
    code: float = 2.0
    sheet: float = 2.0
    posting: float = 1.0
    lexicon: float = 2.0
    prose: float = 0.12
    """The share of an occupation's or skill's draws that pair a label with prose."""
    said: float = 0.0
    """The share of an occupation's draws that pair a title by which people call it with one of its names."""
    siblings: int = 8
    """Neighbours in the hierarchy that stand together in a batch: each other's hard negatives."""


@dataclass(frozen=True, slots=True)
class ValidationParameters:
    """What is held out of ESCO and ROME, to choose on."""

    occupations: int = 600
    """Occupations that lose one French and one English alternative label each."""
    unseen: float = 0.03
    """Share of the concepts that are left out altogether."""
    codes: int = 60
    """ROME codes whose appellations are left out."""


@dataclass(frozen=True, slots=True)
class Hyperparameters:
    """The whole recipe."""

    seed: int = 2026
    vocabulary: VocabularyParameters = field(default_factory=VocabularyParameters)
    static: StaticParameters = field(default_factory=StaticParameters)
    contextual: ContextualParameters = field(default_factory=ContextualParameters)
    cooling: ContextualParameters = field(default_factory=_cooling)
    """The contextual model's second run, on fresh draws of short texts, from a lower rate down to nothing."""
    finish: ContextualParameters = field(default_factory=_finish)
    """Its third run, which learns by which titles people call the occupations."""
    joint: JointParameters = field(default_factory=JointParameters)
    pairs: PairParameters = field(default_factory=PairParameters)
    said: PairParameters = field(default_factory=lambda: PairParameters(occupation=8.0, said=0.6))
    """The pairs of the contextual model's third run, and of the static model that ships."""
    titles: PairParameters = field(
        default_factory=lambda: PairParameters(occupation=8.0, said=0.6, prose=0.0, skill=0.3)
    )
    """The pairs of the matrix: names alone, few of skills, for titles are what it turns."""
    validation: ValidationParameters = field(default_factory=ValidationParameters)
