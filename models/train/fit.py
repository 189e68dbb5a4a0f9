"""One pass over pairs on a processor, the same for every small model."""

from collections.abc import Sequence
from pathlib import Path

from sentence_transformers import SentenceTransformer, SentenceTransformerTrainer, SentenceTransformerTrainingArguments

from models.train.hyperparameters import JointParameters, StaticParameters
from models.train.negatives import dataset_of, loss_of
from models.train.order import InOrder
from models.train.pairs import Pair


def fit(
    model: SentenceTransformer,
    pairs: Sequence[Pair],
    parameters: StaticParameters | JointParameters,
    *,
    seed: int,
    work: Path,
) -> None:
    """Train a model in place, with in-batch negatives in both directions.

    Args:
        model: what is trained.
        pairs: texts that mean the same, in the order in which batches are cut from them.
        parameters: of this model.
        seed: of the trainer.
        work: a folder for the trainer's own files.
    """
    arguments = SentenceTransformerTrainingArguments(
        output_dir=str(work),
        num_train_epochs=1,
        per_device_train_batch_size=parameters.batch,
        learning_rate=parameters.learning_rate,
        warmup_steps=parameters.warmup,
        lr_scheduler_type=parameters.schedule,
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
    SentenceTransformerTrainer(model=model, args=arguments, train_dataset=dataset_of(list(pairs)), loss=loss).train()
