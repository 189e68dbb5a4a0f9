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
    3. the teacher's pieces that the English texts use often enough;
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
        *_learned(teacher, french, parameters),
        *(piece for piece, count in used.most_common() if count >= parameters.english_uses),
        *words,
    ]
    pieces = list(dict.fromkeys(wanted))[: parameters.pieces]
    return tokenizer({piece: place for place, piece in enumerate(pieces)}, longest_word=parameters.longest_word)


def tokenizer(vocabulary: dict[str, int], *, longest_word: int) -> Tokenizer:
    """Return the tokenizer of a vocabulary: the normaliser, the pieces, and BERT's frame of [CLS] and [SEP].

    Args:
        vocabulary: pieces with their places.
        longest_word: characters; a longer word is unknown.
    """
    model = WordPiece(vocabulary, unk_token="[UNK]", max_input_chars_per_word=longest_word)  # noqa: S106 - no password
    built = Tokenizer(model)
    built.normalizer = Normalizers([Replace(Regex(_GENDER_MARKS), " "), BertNormalizer(lowercase=True)])
    built.pre_tokenizer = BertPreTokenizer()
    built.post_processor = BertProcessing(("[SEP]", vocabulary["[SEP]"]), ("[CLS]", vocabulary["[CLS]"]))
    return built


def _learned(teacher: Tokenizer, texts: Iterable[str], parameters: VocabularyParameters) -> list[str]:
    learner = Tokenizer(WordPiece(unk_token="[UNK]"))  # noqa: S106 - no password
    learner.normalizer, learner.pre_tokenizer = teacher.normalizer, teacher.pre_tokenizer
    trainer = WordPieceTrainer(
        vocab_size=parameters.french_candidates,
        min_frequency=parameters.french_uses,
        show_progress=False,
        special_tokens=["[UNK]"],
    )
    learner.train_from_iterator(texts, trainer)
    return sorted(learner.get_vocab(), key=learner.get_vocab().__getitem__)
