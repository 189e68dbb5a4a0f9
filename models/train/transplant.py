"""Give the teacher a new vocabulary, whose new pieces start where their nearest known pieces stand.

Source: Minixhofer, Paischer, Rekabsaz, WECHSEL: Effective initialization of subword embeddings for cross-lingual
transfer of monolingual language models, NAACL 2022. The static model plays the part of the bilingual word vectors.
"""

from typing import cast

import numpy as np
import torch
from sentence_transformers import SentenceTransformer
from sentence_transformers.sentence_transformer.modules import Normalize, Pooling, Transformer
from tokenizers import Tokenizer
from transformers import BertModel, PreTrainedTokenizerFast

from matcher.core.ports import Vectors
from models.train.hyperparameters import VocabularyParameters


def transplant(
    teacher: SentenceTransformer, tokenizer: Tokenizer, static: Vectors, parameters: VocabularyParameters
) -> SentenceTransformer:
    """Return the teacher, changed in place, with word vectors for another vocabulary; `assemble` adds the tokenizer.

    Args:
        teacher: a BERT with mean pooling.
        tokenizer: of the new vocabulary; pieces that the teacher knows keep their vectors.
        static: one row a piece of the new vocabulary, shape (pieces, any): where pieces of like meaning are near.
        parameters: how many neighbours a new piece is the mean of.
    """
    bert = bert_of(teacher)
    old = teacher.tokenizer.get_vocab()
    new = tokenizer.get_vocab()
    table = bert.embeddings.word_embeddings.weight.detach().numpy()
    rows = np.zeros((len(new), table.shape[1]), dtype=np.float32)
    known = [piece for piece in new if piece in old]
    for piece in known:
        rows[new[piece]] = table[old[piece]]
    whole = [piece for piece in known if not piece.startswith(("##", "[")) and len(piece) > 2]
    unit = static / np.maximum(np.linalg.norm(static, axis=1, keepdims=True), 1e-9)
    anchors, meant = unit[[new[piece] for piece in whole]], table[[old[piece] for piece in whole]]
    for piece, place in new.items():
        if piece not in old:
            cosines = anchors @ unit[place]
            best = np.argpartition(-cosines, parameters.neighbours)[: parameters.neighbours]
            weights = np.exp(cosines[best] / parameters.temperature)
            rows[place] = (weights / weights.sum()) @ meant[best]
    bert.resize_token_embeddings(len(new))
    with torch.no_grad():
        bert.embeddings.word_embeddings.weight.copy_(torch.from_numpy(rows))
    return teacher


def bert_of(model: SentenceTransformer) -> BertModel:
    """Return the BERT of a sentence encoder whose first module it is."""
    return cast("BertModel", model[0].auto_model)


def assemble(bert_folder: str, tokenizer: Tokenizer, *, reads: int) -> SentenceTransformer:
    """Return a sentence encoder of a BERT in a folder, a tokenizer, mean pooling and length 1.

    The tokenizer is written into the folder.

    Args:
        bert_folder: that holds the BERT.
        tokenizer: of its vocabulary.
        reads: word pieces of a text; the rest is not seen.
    """
    PreTrainedTokenizerFast(  # type: ignore[no-untyped-call] # transformers leaves it open
        tokenizer_object=tokenizer,
        model_max_length=reads,
        unk_token="[UNK]",  # noqa: S106 - no password
        pad_token="[PAD]",  # noqa: S106 - likewise
        cls_token="[CLS]",  # noqa: S106 - likewise
        sep_token="[SEP]",  # noqa: S106 - likewise
        mask_token="[MASK]",  # noqa: S106 - likewise
    ).save_pretrained(bert_folder)
    transformer = Transformer(bert_folder, max_seq_length=reads)
    return SentenceTransformer(
        modules=[transformer, Pooling(transformer.get_embedding_dimension()), Normalize()], device="cpu"
    )
