"""How fast is the contextual model, against sentence-transformers on the same weights, and is it still the same model?

    python -m benchmarks.speed --esco DIR [--model NAME_OR_FOLDER] [--one-core RECIPE]...

`--esco DIR`: ESCO 1.1 in the portal's CSV layout, for its English labels and descriptions (CC BY 4.0). Mechanism: every
way of encoding runs in processes of its own, in turns, and the medians of the rounds count; texts of exactly 12, 64 and
256 tokens are made from the tokenizer's own words. Control: sentence-transformers in float32 with every core, the same
weights in the same round. `--one-core` adds the titles per second of any recipe that `models.load` takes, on one core.
"""

import argparse
import csv
import gzip
import hashlib
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

import models
from benchmarks import commandline, machine
from matcher.core.errors import UnreadableFile
from matcher.core.ports import Encoder, Vectors
from models.catalogue import ENTRIES
from models.contextual import ContextualEncoder
from models.sentence import SentenceEncoder

CONTROL = "sentence-transformers float32"
CONTEXTUAL = "contextual"
CONTEXTUAL_FLOAT32 = "contextual, float32"
LENGTHS = {12: 1024, 64: 256, 256: 64}
"""How many texts of how many tokens; each multiple of 64 fills the control's batches."""
ROUNDS, SEED = 5, 0
ALONE_TIMES = 200
OVERLAP_TEXTS = 2500
NEIGHBOURS = 10
TITLE = "data scientist in public health"


def main() -> None:
    """Measure, print and write the result, or (inside a process of its own) measure one way."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--esco", type=commandline.folder, metavar="DIR", required=True)
    parser.add_argument("--model", default=CONTEXTUAL, metavar="NAME_OR_FOLDER")
    parser.add_argument("--one-core", action="append", default=[], metavar="RECIPE")
    parser.add_argument("--rounds", type=commandline.count(), default=ROUNDS, help="fewer than 5 are a trial")
    commandline.add_write(parser)
    arguments = parser.parse_args()
    here = machine.begin()
    result = speed(arguments.esco, arguments.model, recipes=arguments.one_core, rounds=arguments.rounds)
    print(json.dumps(result, indent=2, ensure_ascii=False))
    partial = arguments.rounds < ROUNDS or arguments.model != CONTEXTUAL
    print(machine.write("speed", result, here=here, seed=SEED, partial=partial, anyway=arguments.write))


def speed(esco: Path, model: str, *, recipes: Sequence[str] = (), rounds: int = ROUNDS) -> dict[str, Any]:
    """Return every way's figures, their ratio to the control's, and how faithful their vectors are.

    Raises:
        UnreadableFile: the folder holds no English labels and descriptions.
    """
    texts = descriptions(esco)
    asked: dict[str, list[dict[str, Any]]] = {way: [] for way in WAYS}
    with tempfile.TemporaryDirectory() as scratch:
        for _ in range(rounds):
            for way, found in asked.items():
                found.append(_in_a_process("figures", way, model))
        vectors = {way: _vectors(Path(scratch), way, model, texts) for way in WAYS}
    ways = {way: _medians(found) for way, found in asked.items()}
    name = ENTRIES[model].name if model in ENTRIES else Path(model).name
    return {
        "command": " ".join(
            [
                f"python -m benchmarks.speed --esco {esco.name} --model {name}",
                *(f"--one-core {r}" for r in recipes),
                *([f"--rounds {rounds}"] if rounds != ROUNDS else []),
            ]
        ),
        "model": name,
        "cores": os.cpu_count(),
        "rounds": rounds,
        "ways": ways,
        "times_the_control": {
            way: {
                tokens: round(rate / ways[CONTROL]["texts_per_s"][tokens], 2)
                for tokens, rate in figures["texts_per_s"].items()
            }
            for way, figures in ways.items()
            if way != CONTROL
        },
        "faithful": {way: faithful(rows, vectors[CONTROL]) for way, rows in vectors.items() if way != CONTROL},
        "faithful_texts": len(texts),
        "titles_per_s_on_one_core": {recipe: _in_a_process("one_core", recipe, str(esco)) for recipe in recipes},
    }


def rate(encoder: Encoder, texts: Sequence[str], *, at_least_s: float = 1.0) -> float:
    """Return how many of these texts any encoder encodes in a second, again and again for `at_least_s`."""
    encoder.encode(texts)
    done, started = 0, time.perf_counter()
    while (elapsed := time.perf_counter() - started) < at_least_s or not done:
        encoder.encode(texts)
        done += len(texts)
    return done / elapsed


def faithful(rows: Vectors, control: Vectors) -> dict[str, float]:
    """Return cosines with the control's rows (lowest, mean) and the share of its ten nearest texts that stay."""
    cosines = (rows * control).sum(axis=1)
    near, expected = _nearest(rows), _nearest(control)
    kept = [len(set(ours) & set(theirs)) / len(theirs) for ours, theirs in zip(near, expected, strict=True)]
    return {
        "lowest_cosine": round(float(cosines.min()), 6),
        "mean_cosine": round(float(cosines.mean()), 6),
        "top_10_overlap": round(statistics.fmean(kept), 4),
    }


def descriptions(esco: Path, most: int = OVERLAP_TEXTS) -> list[str]:
    """Return labels and descriptions of ESCO's occupations and skills in English, half and half, evenly spread.

    Raises:
        UnreadableFile: a table is missing, or is none.
    """
    found: list[str] = []
    for file in ("occupations_en.csv.gz", "skills_en.csv.gz"):
        try:
            with gzip.open(esco / file, "rt", encoding="utf-8", newline="") as lines:
                for row in csv.DictReader(lines):
                    found += [row["preferredLabel"], row["description"]]
        except (OSError, EOFError, KeyError, UnicodeDecodeError) as error:
            raise UnreadableFile(f"{esco.name}/{file} is not ESCO's table: {type(error).__name__}") from error
    distinct = list(dict.fromkeys(text for text in found if text))
    return distinct[:: max(1, len(distinct) // most)][:most]


def texts_of(tokens: int, count: int, tokenizer: Any) -> list[str]:
    """Return texts of exactly so many tokens, [CLS] and [SEP] included, from the tokenizer's own words."""
    chance = np.random.default_rng(SEED + tokens)
    words = sorted(word for word in tokenizer.get_vocab() if word.isascii() and word.isalpha() and len(word) > 2)
    texts = [" ".join(chance.choice(words, tokens - 2)) for _ in range(count)]
    if any(len(tokenizer.encode(text).ids) != tokens for text in texts):
        raise ValueError(f"a word of the tokenizer is not one token: no text of exactly {tokens}")
    return texts


def _contextual(folder: Path, precision: Any = None) -> Encoder:
    return ContextualEncoder(**_files(folder), precision=precision)


def _files(folder: Path) -> dict[str, Any]:
    config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    with (folder / "model.safetensors").open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return {
        "name": folder.name,
        "folder": folder,
        "dimension": int(config["hidden_size"]),
        "sha256": {"model.safetensors": digest},
    }


WAYS: Mapping[str, Callable[[Path], Encoder]] = {
    CONTROL: lambda folder: SentenceEncoder(**_files(folder)),
    CONTEXTUAL: _contextual,
    CONTEXTUAL_FLOAT32: lambda folder: _contextual(folder, "f32"),
}


def _folder(model: str) -> Path:
    return ENTRIES[model].path() if model in ENTRIES else Path(model)


def figures(way: str, model: str) -> dict[str, Any]:
    """Measure one way in this process, which should be a fresh one: load time and memory are counted from here."""
    folder = _folder(model)
    encoder = WAYS[way](folder)
    started = time.perf_counter()
    encoder.encode([TITLE])
    load_s = time.perf_counter() - started
    alone_ms = [1000 * _seconds(lambda: encoder.encode([TITLE])) for _ in range(ALONE_TIMES)]
    from tokenizers import Tokenizer  # noqa: PLC0415 - its cost belongs to the load that is measured above

    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.no_truncation()
    rates = {tokens: rate(encoder, texts_of(tokens, count, tokenizer)) for tokens, count in LENGTHS.items()}
    return {
        "texts_per_s": {str(tokens): round(value, 1) for tokens, value in rates.items()},
        "alone_p50_ms": round(statistics.median(alone_ms), 3),
        "load_s": round(load_s, 2),
        "peak_memory_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
    }


def one_core(recipe: str, esco: str) -> float:
    """Return titles per second of any recipe on one core; binds this process to it."""
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    titles = [text for text in descriptions(Path(esco)) if len(text) < 80]
    return round(rate(models.load(recipe), titles), 1)


def _encode(way: str, model: str, source: str, target: str) -> None:
    texts = json.loads(Path(source).read_text(encoding="utf-8"))
    np.save(target, WAYS[way](_folder(model)).encode(texts))


def _vectors(scratch: Path, way: str, model: str, texts: Sequence[str]) -> Vectors:
    (scratch / "texts.json").write_text(json.dumps(texts), encoding="utf-8")
    _in_a_process("_encode", way, model, str(scratch / "texts.json"), str(scratch / "rows.npy"))
    rows: Vectors = np.load(scratch / "rows.npy")
    return rows


def _in_a_process(function: str, *arguments: str) -> Any:
    """Call a function of this module in a fresh process and return what it returns."""
    code = "import json, sys; from benchmarks import speed; name, *rest = sys.argv[1:]; "
    code += "print(json.dumps(getattr(speed, name)(*rest)))"
    done = subprocess.run(
        [sys.executable, "-c", code, function, *arguments],
        capture_output=True,
        text=True,
        check=False,
        cwd=Path(__file__).parent.parent,
    )
    if done.returncode:
        raise RuntimeError(f"{function} {' '.join(arguments)} failed:\n{done.stderr}")
    return json.loads(done.stdout.splitlines()[-1])


def _medians(rounds: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    return {
        name: _medians([found[name] for found in rounds])
        if isinstance(value, Mapping)
        else round(statistics.median(found[name] for found in rounds), 3)
        for name, value in rounds[0].items()
    }


def _nearest(rows: Vectors) -> Iterator[list[int]]:
    scores = rows @ rows.T
    np.fill_diagonal(scores, -np.inf)
    for row in scores:
        yield np.argsort(-row, kind="stable")[:NEIGHBOURS].tolist()


def _seconds(call: Callable[[], Any]) -> float:
    started = time.perf_counter()
    call()
    return time.perf_counter() - started


if __name__ == "__main__":
    main()
