"""The recipe's steps in order, each kept in the work folder so that a run that was cut off goes on where it was."""

import json
import pickle
import shutil
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file, save_file
from sentence_transformers import SentenceTransformer
from tokenizers import Tokenizer

from matcher.core.files import sha256, sync
from matcher.core.ports import Encoder, Vectors
from matcher.stages.text import neutral
from models.blend import Blend
from models.catalogue import ALL_MINILM_L6_V2, PARTS
from models.contextual import ContextualEncoder
from models.joint import JointEncoder
from models.static import StaticEncoder
from models.train import contextual, evaluation, joint, pairs, sources, static, transplant, validation, vocabulary
from models.train.data import digests
from models.train.facts import facts
from models.train.hyperparameters import ContextualParameters, Hyperparameters, PairParameters

STATIC = "static"
CONTEXTUAL = "contextual"
JOINT = "joint"
DICTIONARY = "dictionary"
"""The static model without titles as people say them: what the new vocabulary is translated by."""
TEACHER = ALL_MINILM_L6_V2.name
START = "transplanted, untrained"
READ = "read.json"
"""Says which files the concepts of a work folder were made of."""

_ENGLISH_PROSE = frozenset({"occupation", "skill", "group"})


class OtherRun(Exception):
    """The work folder holds a run of another recipe, or from other data."""

    def __init__(self, work: Path, other: str) -> None:
        super().__init__(f"{work} holds a run {other}: name another --work, or remove that one")


@dataclass(frozen=True)
class Recipe:
    """From folders of public data to two folders in the sentence-transformers format."""

    data: Path
    work: Path
    parameters: Hyperparameters

    def run(self, say: Callable[[str], None]) -> dict[str, Any]:
        """Do every step that is not done yet, and write `training.json` into the work folder.

        Args:
            say: is given a line on every step.

        Returns:
            What `training.json` holds: hyperparameters, facts of machine and data, and the validation figures of the
            teacher, of the teacher with the new vocabulary, and of the three models.

        Raises:
            FileNotFoundError: a file of the data is missing.
            WrongData: a file of the data is damaged, or is another one than its name says.
            OtherRun: the work folder holds a run with other hyperparameters, or from other data.
        """
        self.work.mkdir(parents=True, exist_ok=True)
        self._check_parameters()
        concepts, tasks = self.split
        say(f"{len(concepts)} concepts to train on; {len(tasks)} validation tasks")
        say(f"vocabulary of {self.tokenizer.get_vocab_size()} pieces")
        if not (self.work / DICTIONARY).exists():
            self._timed(DICTIONARY, lambda: self._train_static(DICTIONARY, self.parameters.pairs))
        if not (self.work / STATIC).exists():
            self._timed(STATIC, lambda: self._train_static(STATIC, self.parameters.said))
        say("static model trained")
        if not (self.work / CONTEXTUAL).exists():
            self._timed(CONTEXTUAL, self._train_contextual)
        say("contextual model trained")
        if not (self.work / JOINT).exists():
            self._timed(JOINT, self._train_joint)
        say("joint model trained")
        figures = {}
        for name, folder in (
            (TEACHER, ALL_MINILM_L6_V2.path()),
            (START, self.work / "start"),
            (STATIC, self.work / STATIC),
            (CONTEXTUAL, self.work / CONTEXTUAL),
        ):
            figures[name] = self.measured(folder)
            say(f"{name}: {figures[name]}")
        figures[JOINT] = self._figures(self.joint().encode)
        say(f"{JOINT}: {figures[JOINT]}")
        result = self._result(figures)
        _write(self.work / "training.json", json.dumps(result, indent=2, ensure_ascii=False) + "\n")
        return result

    @cached_property
    def split(self) -> tuple[list[sources.Concept], list[validation.Task]]:
        """What to train on, and what was held out."""
        kept = self.work / "concepts.pickle"
        self._check_data(kept.exists())
        if not kept.exists():
            concepts = sources.concepts(self.data, self.parameters.sources)
            _write(self.work / READ, json.dumps(self._given, indent=2))
            _write(kept, pickle.dumps(concepts))
        concepts = pickle.loads(kept.read_bytes())  # noqa: S301 - written by the line above
        return validation.split(concepts, self.parameters.validation, seed=self.parameters.seed)

    @cached_property
    def tokenizer(self) -> Tokenizer:
        """The vocabulary that both models share."""
        kept = self.work / "tokenizer.json"
        if not kept.exists():
            concepts, _ = self.split
            french = [name for concept in concepts for name in concept.french]
            french += [text for c in concepts if c.kind not in _ENGLISH_PROSE for text in c.prose]
            tools = [name for c in concepts if c.kind == "lexicon" for name in (*c.french, *c.english)]
            french += tools * (self.parameters.vocabulary.lexicon_times - 1)
            english = [name for concept in concepts for name in concept.english]
            english += [text for c in concepts if c.kind in _ENGLISH_PROSE for text in c.prose]
            teacher = Tokenizer.from_file(str(ALL_MINILM_L6_V2.path() / "tokenizer.json"))
            teacher.no_padding()
            teacher.no_truncation()
            built = vocabulary.build(teacher, french=french, english=english, parameters=self.parameters.vocabulary)
            _write(kept, built.to_str(pretty=True))
        return Tokenizer.from_file(str(kept))

    def measured(self, folder: Path) -> dict[str, float]:
        """Return the validation figures of the model in a folder, by task."""
        model = SentenceTransformer(str(folder), device="cpu")

        def encode(texts: Sequence[str]) -> Vectors:
            rows: Vectors = model.encode(
                list(texts), batch_size=256, normalize_embeddings=True, show_progress_bar=False
            )
            return rows

        return self._figures(encode)

    def _figures(self, encode: evaluation.Encode) -> dict[str, float]:
        figures = evaluation.measure(encode, self.split[1], self.parameters.validation)
        return {task: round(value, 4) for task, value in figures.items()}

    def joint(self) -> JointEncoder:
        """Return the joint model of the work folder."""
        parts, folder = self._parts(), self.work / JOINT
        width = sum(encoder.dimension for encoder, _ in parts)
        return JointEncoder(name=JOINT, folder=folder, dimension=width, sha256={}, parts=parts)

    def _check_parameters(self) -> None:
        kept = self.work / "hyperparameters.json"
        ours = json.dumps(self.parameters.of_models(), indent=2)
        if kept.exists() and kept.read_text(encoding="utf-8") != ours:
            raise OtherRun(self.work, "with other hyperparameters")
        _write(kept, ours)

    @cached_property
    def _given(self) -> dict[str, dict[str, str]]:
        """The SHA-256 of every file that concepts are made of."""
        ours = {path.name: sha256(path) for path in (sources.LEXICON, sources.TITLES)}
        return {"data": digests(self.data), "ours": ours}

    def _check_data(self, is_read: bool) -> None:
        kept = self.work / READ
        if kept.exists():
            known = json.loads(kept.read_text(encoding="utf-8"))
            others = {
                name for part, files in self._given.items() for name, _ in {*files.items()} ^ {*known[part].items()}
            }
            if others:
                raise OtherRun(self.work, f"from other data ({', '.join(sorted(others))})")
        elif is_read:
            raise OtherRun(self.work, "that does not say from which data")

    def _train_static(self, name: str, drawn_by: PairParameters) -> None:
        labels, prose = self._drawn(self.parameters.static.rounds, drawn_by, seed=self.parameters.seed)
        model = static.train(
            self.tokenizer,
            [pair for a_round in zip(labels, prose, strict=True) for part in a_round for pair in part],
            self.parameters.static,
            seed=self.parameters.seed,
            work=self.work / f"{name}-run",
        )
        _save(model, self.work / name)

    def _train_contextual(self) -> None:
        start = self.work / "start"
        if not start.exists():
            rows = load_file(self.work / DICTIONARY / "model.safetensors")["embedding.weight"].numpy()
            teacher = SentenceTransformer(str(ALL_MINILM_L6_V2.path()), device="cpu")
            grown = transplant.transplant(teacher, self.tokenizer, rows, self.parameters.vocabulary)
            bert_folder = str(self.work / "start-bert")
            transplant.bert_of(grown).save_pretrained(bert_folder)
            _save(transplant.assemble(bert_folder, self.tokenizer, reads=self.parameters.reads), start)
        ours, last = self.parameters, start
        for number, (name, parameters, drawn_by) in enumerate(
            (
                ("warm", ours.contextual, ours.pairs),
                ("cooled", ours.cooling, ours.pairs),
                (CONTEXTUAL, ours.finish, ours.said),
            ),
            start=1,
        ):
            folder = self.work / name
            if not folder.exists():
                _save(self._fitted(last, parameters, drawn_by, seed=ours.seed + number, run=f"{name}-run"), folder)
            last = folder

    def _fitted(
        self, folder: Path, parameters: ContextualParameters, drawn_by: PairParameters, *, seed: int, run: str
    ) -> SentenceTransformer:
        labels, prose = self._drawn(parameters.rounds, drawn_by, seed=seed)
        return contextual.train(
            SentenceTransformer(str(folder), device="cuda" if torch.cuda.is_available() else "cpu"),
            [pair for a_round in labels for pair in a_round],
            [pair for a_round in prose for pair in a_round],
            parameters,
            seed=self.parameters.seed,
            work=self.work / run,
        )

    def _train_joint(self) -> None:
        drawn, _ = self._drawn(self.parameters.joint.rounds, self.parameters.titles, seed=self.parameters.seed + 4)
        # As titles are compared: in their gender-neutral form.
        titles = [(neutral(one) or one, neutral(other) or other) for a_round in drawn for one, other in a_round]
        trained = joint.train(
            Blend(self._parts()).encode,
            titles,
            self.parameters.joint,
            seed=self.parameters.seed,
            work=self.work / f"{JOINT}-run",
        )
        joint.save(trained, self.work / JOINT)

    def _parts(self) -> list[tuple[Encoder, float]]:
        """Return what the joint model turns, run as it will be."""
        width = load_file(self.work / STATIC / "model.safetensors")["embedding.weight"].shape[1]
        teachers = ALL_MINILM_L6_V2.dimension
        encoders: list[Encoder] = [
            ContextualEncoder(name=CONTEXTUAL, folder=self.work / CONTEXTUAL, dimension=teachers, sha256={}),
            StaticEncoder(name=STATIC, folder=self.work / STATIC, dimension=width, sha256={}),
        ]
        return [(encoder, PARTS[encoder.name]) for encoder in encoders]

    def _drawn(
        self, count: int, drawn_by: PairParameters, *, seed: int
    ) -> tuple[list[list[pairs.Pair]], list[list[pairs.Pair]]]:
        drawn = list(pairs.rounds(self.split[0], drawn_by, seed=seed, count=count))
        return [labels for labels, _ in drawn], [prose for _, prose in drawn]

    def _timed(self, name: str, train: Callable[[], None]) -> None:
        started = time.monotonic()
        train()
        taken = {**self._seconds(), name: round(time.monotonic() - started)}
        _write(self.work / "seconds.json", json.dumps(taken))

    def _seconds(self) -> dict[str, int]:
        """How long each training took, where it was not cut off."""
        kept = self.work / "seconds.json"
        found: dict[str, int] = json.loads(kept.read_text(encoding="utf-8")) if kept.exists() else {}
        return found

    def _result(self, figures: dict[str, dict[str, float]]) -> dict[str, Any]:
        concepts, tasks = self.split
        return {
            "machine": facts(),
            "hyperparameters": self.parameters.of_models(),
            **self._given,
            "concepts": dict(Counter(concept.kind for concept in concepts)),
            "seconds": self._seconds(),
            "queries": {task.name: len(task.queries) for task in tasks},
            "corpus": {task.name: len(task.corpus) for task in tasks},
            "validation": figures,
        }


def halve(folder: Path) -> None:
    """Store a model's weights in half precision; they load as they did, in single precision.

    Raises:
        FileNotFoundError: the folder holds no `model.safetensors`.
    """
    path = folder / "model.safetensors"
    save_file({name: tensor.half().contiguous() for name, tensor in load_file(path).items()}, path, {"format": "pt"})


def _write(path: Path, content: str | bytes) -> None:
    """Write a file so that it is there whole or not at all."""
    partial = path.with_name(f"{path.name}.partial")
    partial.write_bytes(content if isinstance(content, bytes) else content.encode())
    sync(partial)
    partial.replace(path)


def _save(model: SentenceTransformer, folder: Path) -> None:
    """Write a model so that the folder is there whole or not at all."""
    partial = folder.with_name(f"{folder.name}.partial")
    shutil.rmtree(partial, ignore_errors=True)
    model.save(str(partial))
    partial.rename(folder)
