"""One WordPiece vocabulary for French and English: the teacher's pieces that the domain uses, and French ones."""

from collections import Counter
from collections.abc import Iterable, Sequence

from tokenizers import Regex, Tokenizer
from tokenizers.models import WordPiece
from tokenizers.normalizers import BertNormalizer, Replace
from tokenizers.normalizers import Sequence as Normalizers
from tokenizers.pre_tokenizers import BertPreTokenizer
from tokenizers.processors import BertProcessing
from tokenizers.trainers import WordPieceTrainer

from models.train.hyperparameters import VocabularyParameters

SPECIAL = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]")
LONGEST = 256
"""Word pieces that the contextual model reads."""

_GENDER_MARKS = (
    r"(?i)\(?(?<![\w/])(?:[hfm] ?/ ?[hfmw](?: ?/ ?[xdn])?|hommes? ?/ ?femmes?|femmes? ?/ ?hommes?)(?![\w/])\)?"
)
"""`(h/f)`, `F/H`, `(m/f/d)`: said of every title and telling nothing of any."""


def build(
    teacher: Tokenizer, *, french: Sequence[str], english: Sequence[str], parameters: VocabularyParameters
) -> Tokenizer:
    """Return a tokenizer whose pieces are, in this order of right, until the vocabulary is full.

    1. the special ones, and every single character of the teacher's;
    2. the pieces that cover the French texts, learned from them;
    3. the teacher's pieces that the English texts use at least twice;
    4. the teacher's other whole words, the most frequent first (BERT's vocabulary is sorted so).

    Accents and case are folded, as the teacher folds them, and gender marks are taken out.
    """
    known = teacher.get_vocab()
    used = Counter(piece for encoding in teacher.encode_batch(list(english)) for piece in encoding.tokens)
    singles = [piece for piece in known if len(piece.removeprefix("##")) == 1]
    words = sorted((piece for piece in known if piece.isalpha() and piece.isascii()), key=known.__getitem__)
    wanted = [
        *SPECIAL,
        *(piece for piece in singles if used[piece] or piece.removeprefix("##").isascii()),
        *_learned(teacher, french, parameters.french_candidates),
        *(piece for piece, count in used.most_common() if count >= 2),
        *words,
    ]
    pieces = list(dict.fromkeys(wanted))[: parameters.pieces]
    return tokenizer({piece: place for place, piece in enumerate(pieces)})


def tokenizer(vocabulary: dict[str, int]) -> Tokenizer:
    """Return the tokenizer of a vocabulary: the normaliser, the pieces, and BERT's frame of [CLS] and [SEP]."""
    built = Tokenizer(WordPiece(vocabulary, unk_token="[UNK]", max_input_chars_per_word=60))  # noqa: S106 - no password
    built.normalizer = Normalizers([Replace(Regex(_GENDER_MARKS), " "), BertNormalizer(lowercase=True)])
    built.pre_tokenizer = BertPreTokenizer()
    built.post_processor = BertProcessing(("[SEP]", vocabulary["[SEP]"]), ("[CLS]", vocabulary["[CLS]"]))
    return built


def _learned(teacher: Tokenizer, texts: Iterable[str], size: int) -> list[str]:
    learner = Tokenizer(WordPiece(unk_token="[UNK]"))  # noqa: S106 - no password
    learner.normalizer, learner.pre_tokenizer = teacher.normalizer, teacher.pre_tokenizer
    trainer = WordPieceTrainer(vocab_size=size, min_frequency=2, show_progress=False, special_tokens=["[UNK]"])
    learner.train_from_iterator(texts, trainer)
    return sorted(learner.get_vocab(), key=learner.get_vocab().__getitem__)
