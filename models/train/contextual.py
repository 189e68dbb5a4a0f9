"""Adapt the sentence encoder to French and to the domain."""

import json
import shutil
from pathlib import Path
from typing import Any

import torch
from sentence_transformers import SentenceTransformer, SentenceTransformerTrainer, SentenceTransformerTrainingArguments
from transformers import TrainerCallback, TrainerControl, TrainerState, TrainingArguments
from transformers.trainer_utils import PREFIX_CHECKPOINT_DIR

from models.train.hyperparameters import ContextualParameters
from models.train.negatives import dataset_of, loss_of
from models.train.order import InOrder
from models.train.pairs import Pair


def train(
    model: SentenceTransformer,
    labels: list[Pair],
    prose: list[Pair],
    parameters: ContextualParameters,
    *,
    seed: int,
    work: Path,
) -> SentenceTransformer:
    """Return the encoder, fine-tuned with in-batch negatives in both directions; batches of labels and prose alternate.

    It runs on the GPU if there is one, else on the CPU, where the model must be; products are taken in bfloat16 where
    GPU or processor has it (a processor without takes four times as long to imitate it), weights stay float32. A run
    that was cut off goes on from its last whole checkpoint; one that was cut off in the writing is deleted.

    Args:
        model: the teacher with the new vocabulary; changed in place.
        labels: pairs of names, in the order in which batches are cut from them.
        prose: pairs of a name and a passage, likewise.
        parameters: of this model.
        seed: of dropout and of the order in which labels and prose alternate.
        work: a folder for the checkpoints.
    """
    torch.manual_seed(seed)
    reads, model.max_seq_length = model.max_seq_length, parameters.longest
    gpu = torch.cuda.is_available()
    arguments = SentenceTransformerTrainingArguments(
        output_dir=str(work),
        num_train_epochs=1,
        per_device_train_batch_size=parameters.batch,
        learning_rate=parameters.learning_rate,
        learning_rate_mapping={r"word_embeddings": parameters.vocabulary_learning_rate},
        warmup_steps=parameters.warmup,
        lr_scheduler_type=parameters.schedule,
        batch_sampler=InOrder,
        bf16=torch.cuda.is_bf16_supported() if gpu else _multiplies_in_bfloat16(),
        seed=seed,
        data_seed=seed,
        use_cpu=not gpu,
        save_strategy="steps",
        save_steps=parameters.checkpoint_steps,
        save_total_limit=4,
        logging_steps=25,
        report_to="none",
        disable_tqdm=True,
    )
    datasets = {"labels": dataset_of(labels), "prose": dataset_of(prose)}
    loss = loss_of(model, scale=parameters.scale)
    trainer = SentenceTransformerTrainer(
        model=model, args=arguments, train_dataset=datasets, loss=loss, callbacks=[_End(parameters.most_steps)]
    )
    trainer.train(resume_from_checkpoint=_last_checkpoint(work))
    model.max_seq_length = reads
    return model


def _last_checkpoint(work: Path) -> str | None:
    whole: dict[int, Path] = {}
    for folder in work.glob(f"{PREFIX_CHECKPOINT_DIR}-*"):
        if _is_whole(folder):
            whole[int(folder.name.rpartition("-")[2])] = folder
        else:
            shutil.rmtree(folder)
    return str(whole[max(whole)]) if whole else None


def _is_whole(checkpoint: Path) -> bool:
    """Tell whether a checkpoint was written to its end: the trainer's state is what it writes last."""
    try:
        json.loads((checkpoint / "trainer_state.json").read_bytes())
    except (OSError, ValueError):
        return False
    return (checkpoint / "model.safetensors").is_file()


def _multiplies_in_bfloat16() -> bool:
    has = torch.cpu.get_capabilities()
    return bool(has.get("avx512_bf16") or has.get("amx_bf16"))


class _End(TrainerCallback):
    """Ends a run at a step, whatever its slope of rates was made for."""

    def __init__(self, step: int) -> None:
        self._step = step

    def on_step_end(
        self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **_others: Any
    ) -> TrainerControl:
        """Stop when the step is reached."""
        del args
        control.should_training_stop = control.should_training_stop or state.global_step >= self._step
        return control
