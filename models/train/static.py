"""Train the bag of token vectors.

Source: Hugging Face, Train 400x faster Static Embedding Models with Sentence Transformers, January 2025.
"""

from pathlib import Path

import torch
from sentence_transformers import SentenceTransformer, SentenceTransformerTrainer, SentenceTransformerTrainingArguments
from sentence_transformers.sentence_transformer.modules import StaticEmbedding
from tokenizers import Tokenizer

from models.train.hyperparameters import StaticParameters
from models.train.negatives import dataset_of, loss_of
from models.train.order import InOrder
from models.train.pairs import Pair


def train(
    tokenizer: Tokenizer, pairs: list[Pair], parameters: StaticParameters, *, seed: int, work: Path
) -> SentenceTransformer:
    """Return a `StaticEmbedding` of shape (pieces, dimension), trained with in-batch negatives in both directions.

    Args:
        tokenizer: of the vocabulary that both models share.
        pairs: texts that mean the same, in the order in which batches are cut from them.
        parameters: of this model.
        seed: of the first vectors.
        work: a folder for the trainer's own files.
    """
    torch.manual_seed(seed)
    model = SentenceTransformer(modules=[StaticEmbedding(tokenizer, embedding_dim=parameters.dimension)], device="cpu")
    arguments = SentenceTransformerTrainingArguments(
        output_dir=str(work),
        num_train_epochs=1,
        per_device_train_batch_size=parameters.batch,
        learning_rate=parameters.learning_rate,
        warmup_steps=parameters.warmup,
        lr_scheduler_type="linear",
        batch_sampler=InOrder,
        seed=seed,
        data_seed=seed,
        use_cpu=True,
        save_strategy="no",
        logging_steps=50,
        report_to="none",
        disable_tqdm=True,
    )
    loss = loss_of(model, scale=parameters.scale)
    SentenceTransformerTrainer(model=model, args=arguments, train_dataset=dataset_of(pairs), loss=loss).train()
    return model
