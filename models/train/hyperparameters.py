"""Every number that the recipe depends on, in one place."""

from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class SourceParameters:
    """How the data's prose is cut into passages, and its lists into passages that list some of a thing's."""

    passage_words: int = 40
    """Words of a passage at most; it ends at the first end of a sentence from half as many on."""
    shortest_passage: int = 20
    """Characters: anything less is a heading."""
    posting_passages: int = 8
    """Passages that are read of a posting."""
    listed_skills: int = 6
    """Skills of an occupation, or competences of a code, in a passage."""
    code_lists: int = 3
    """Such passages of a code at most; an occupation has one a language."""
    listed_activities: int = 3
    """Activities of a job sheet in a passage."""
    listed_knowledge: int = 8
    """What a job sheet says to be known, in each of two passages."""


@dataclass(frozen=True, slots=True)
class VocabularyParameters:
    """One WordPiece vocabulary for both models: French pieces beside the teacher's English ones."""

    pieces: int = 20_000
    french_candidates: int = 9_000
    """Pieces learned from the French and English texts, of which the unknown ones are added to the teacher's."""
    french_uses: int = 2
    """Times that the French texts must hold a pair of pieces that is made one."""
    english_uses: int = 2
    """Times that the English texts must use a piece of the teacher's."""
    lexicon_times: int = 3
    """How often the names of our lexicon are read: a tool's name is worth a piece of its own."""
    longest_word: int = 60
    """Characters: a longer word is unknown as a whole."""
    neighbours: int = 8
    """A new piece starts as the mean of so many of the teacher's pieces, the nearest ones in the static model."""
    temperature: float = 0.1
    """Of the softmax over the neighbours' cosines."""


@dataclass(frozen=True, slots=True)
class StaticParameters:
    """The bag of token vectors."""

    dimension: int = 256
    """Numbers of a vector."""
    rounds: int = 40
    """Draws of pairs from all concepts; each is seen once."""
    batch: int = 1024
    """Pairs, each against the others."""
    learning_rate: float = 0.05
    warmup: float = 0.05
    """Share of the steps in which the learning rate rises from 0."""
    schedule: str = "linear"
    """How it goes down after that, as transformers names it."""
    scale: float = 20.0
    """What a cosine is multiplied by in the loss."""


@dataclass(frozen=True, slots=True)
class ContextualParameters:
    """The adapted sentence encoder."""

    rounds: int = 12
    """Draws of pairs from all concepts; each is seen once."""
    batch: int = 256
    """Pairs, each against the others."""
    learning_rate: float = 1.5e-4
    vocabulary_learning_rate: float = 6e-4
    """Of the word pieces, many of which start anew."""
    warmup: float = 0.08
    """Share of the steps in which the learning rate rises from 0."""
    schedule: str = "linear"
    """How it goes down after that, as transformers names it."""
    scale: float = 25.0
    """What a cosine is multiplied by in the loss."""
    longest: int = 48
    """Word pieces of a training text; the shipped model reads more (`Hyperparameters.reads`)."""
    most_steps: int = 1000
    """The main run ends here, two thirds down its slope; the cooling goes the rest of the way, faster."""
    checkpoint_steps: int = 250
    """Steps between two checkpoints, from which a run that was cut off goes on; the weights do not depend on it."""


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
    """Draws of pairs from all concepts; each is seen once."""
    batch: int = 1536
    """Pairs, each against the others."""
    learning_rate: float = 2e-3
    warmup: float = 0.05
    """Share of the steps in which the learning rate rises from 0."""
    schedule: str = "linear"
    """How it goes down after that, as transformers names it."""
    scale: float = 20.0
    """What a cosine is multiplied by in the loss."""


@dataclass(frozen=True, slots=True)
class WritingParameters:
    """Which names are drawn, and how they are written; a fraction is a probability."""

    two_languages: float = 0.45
    """Of two names of what has one in either language: that they are of both."""
    as_written: float = 0.4
    """Of a French title; the others stand in their gender-neutral form, as the engine writes them."""
    marked: float = 0.06
    """Of a French title: that it carries a mark such as `(H/F)`."""
    plural: float = 0.2
    """Of an occupation's English name."""
    typo: float = 0.04
    """Of any name: that a letter is dropped, doubled or swapped."""
    shortest_typo: int = 5
    """Letters of a name in which one is."""
    both_said: float = 0.2
    """Of a pair with a title as people say it: that both are."""


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
    writing: WritingParameters = field(default_factory=WritingParameters)


@dataclass(frozen=True, slots=True)
class ValidationParameters:
    """What is held out of ESCO and ROME, to choose on."""

    occupations: int = 600
    """Occupations that lose one French and one English alternative label each."""
    unseen: float = 0.03
    """Share of the concepts that are left out altogether."""
    codes: int = 60
    """ROME codes whose appellations are left out."""
    too_alike: float = 0.6
    """Share of trigrams in common from which on an alternative label is no test: `ICT engineers`, `ICT engineer`."""
    depth: int = 1000
    """Texts that are looked at for a query when a model is measured; a right one beyond counts 0."""
    same: float = 1e-6
    """Cosines that differ by less are the same: one text has other last bits at another place of a product."""


@dataclass(frozen=True, slots=True)
class CalibrationParameters:
    """What the linker's confidences are fitted on, and what its thresholds keep (`models.train.calibrate`)."""

    precision: float = 0.85
    """Of the links, the share that is right: a threshold keeps it on what is fitted on, a standard error to spare."""
    none: float = 0.95
    """Likewise, of the texts that name nothing, the share without a link."""
    least: float = 0.2
    """The lowest threshold."""
    most: float = 0.99
    """The highest, where none keeps both shares."""
    fitted: float = 0.5
    """Share of the concepts, and of the texts that name nothing, that is fitted on."""
    seen: int = 1200
    """Names of a kind that are taken out of the table though the encoder has seen them, at most."""
    in_table: int = 300
    """Names of a kind that stand in the table, at most."""
    strange: int = 400
    """Texts of a source that name nothing, at most."""
    gone: float = 0.5
    """Share of the skills and codes new to the encoder that are taken out whole; occupations all are."""
    names_gone: int = 3
    """Names that are asked for of a concept that is taken out of the table, at most."""
    names_new_of_code: int = 6
    """Names of a code that are new to the encoder, at most."""
    names_new_of_skill: int = 2
    """Likewise of a skill."""
    last_names: int = 8
    """Of the invented persons, for each first name."""
    sentence_words: int = 14
    """Of the sentences of postings."""
    inverse_penalty: float = 100.0
    """Of the logistic regression (`C`): hardly any."""


@dataclass(frozen=True, slots=True)
class FrequencyParameters:
    """How common words are (`models.train.frequencies`)."""

    fewest: int = 4
    """Passages that a stem must stand in to be counted: a rarer one may be somebody's name."""


@dataclass(frozen=True, slots=True)
class TradeWordParameters:
    """Which words say a trade (`models.train.trade_words`)."""

    fewest: int = 2
    """Names of occupations that a word must begin or end: of those of one name many are no trade's."""
    fewest_of_field: int = 10
    """Occupations whose names must hold a word that is not who does the work."""


@dataclass(frozen=True, slots=True)
class TranslationParameters:
    """French words and titles for English ones (`models.train.translations`)."""

    rounds: int = 8
    """How often the chances of the alignment are made anew."""
    sure: float = 0.4
    """Chance, of all that an English word is translated by: of the two halves of `pare-feu` neither has more."""
    sure_back: float = 0.25
    """Chance of the way back: French may have one word for two."""
    fewest: int = 3
    """Times that a word must be translated by another, as far as can be told."""
    rival: int = 10
    """Another word makes a translation doubtful that stands for the English one a time in so many of it, or oftener."""
    shortest_letters: int = 3
    """Letters of a word."""
    longest_words: int = 40
    """Words of a text."""
    few_times: int = 2
    """Times that French texts may hold an English word beside French grammar."""
    french_share: float = 0.35
    """Or such a share of all the times: most are English names then."""
    lent_share: float = 0.2
    """Times that English texts may hold a French word, for each time that French ones do."""
    english_times: int = 3
    """Times as many English texts as French ones hold a word of English alone."""
    fixed_share: float = 0.5
    """Share of a word's pairs in which the same word stands beside its translation, and none beside itself."""
    near_cosine: float = 0.755
    """Cosine of the two names of an occupation: below it ESCO's are often of two trades."""
    often_names: int = 4
    """French names that hold a word which is spelt right."""
    long_letters: int = 7
    """Letters of a word that a letter is missed in."""


@dataclass(frozen=True, slots=True)
class Hyperparameters:
    """The whole recipe."""

    seed: int = 2026
    """Of every draw; the trainings' own draws go by it and the numbers after it."""
    reads: int = 256
    """Word pieces that the shipped contextual model reads."""
    sources: SourceParameters = field(default_factory=SourceParameters)
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
    calibration: CalibrationParameters = field(default_factory=CalibrationParameters)
    frequencies: FrequencyParameters = field(default_factory=FrequencyParameters)
    trade_words: TradeWordParameters = field(default_factory=TradeWordParameters)
    translations: TranslationParameters = field(default_factory=TranslationParameters)

    def of_models(self) -> dict[str, Any]:
        """Return those that the models hang on, by group and name: all but those of the tables beside them."""
        return {name: value for name, value in asdict(self).items() if name not in _OF_TABLES}


_OF_TABLES = frozenset({"calibration", "frequencies", "trade_words", "translations"})
