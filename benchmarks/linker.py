"""Does the linker find the right concept, does it keep quiet where there is none, and is its confidence honest?

    python -m benchmarks.linker --data DIR [--encoder FOLDER]

DIR holds `esco`, `rome` and `pep` (docs/training.md). Mechanism: names and whole concepts are taken out of the table,
and asked for with the shipped calibration, on the half of the concepts that it was not fitted on
(models/train/calibrate.py says which texts). Control: the same with every nearest concept taken for right
(accuracy@1). The encoder has seen ESCO and ROME; each source of texts says what of it it has not. How likely a text
names nothing is set by this mixture: elsewhere confidences are as right as the mixture is alike. Speed: texts that are
no name of the table, in batches, skills alone.
"""

import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import click
import numpy as np
from numpy.typing import NDArray

from benchmarks import machine
from matcher.stages.text import neutral
from models import concepts, linker
from models.linker import Calibration, Candidate, Linker
from models.train import calibrate, given
from models.train.calibrate import Bench, Case
from models.train.hyperparameters import Hyperparameters

BINS = 10
SPEED_TEXTS = 2000
ROUNDS = 3


def figures(
    cases: Sequence[Case], found: Sequence[Candidate | None], calibration: Calibration, kind: str
) -> dict[str, Any]:
    """Return what is right of the likeliest concepts, and of those above the threshold.

    accuracy@1: of the texts that name a concept. precision: of the links given. recall: right links of the texts that
    name a concept. none: texts without a link, of those that name nothing. calibration error: over ten bins of equal
    width, the mean distance of confidence and share that is right, each by how many answers it holds; of all likeliest
    concepts, under the threshold too.
    """
    known = np.array([case.right is not None for case in cases], dtype=bool)
    right = np.array([one is not None and one.concept.id == case.right for case, one in zip(cases, found, strict=True)])
    sure = np.array([calibration.confidence(kind, one) if one else 0.0 for one in found])
    given = sure >= calibration.thresholds[kind]
    return {
        "texts": len(cases),
        **_share("accuracy@1", right, known),
        **_share("precision", right, given),
        **_share("recall", right & given, known),
        **_share("none", ~given, ~known),
        "calibration error": round(calibration_error(sure, right), 4),
    }


def calibration_error(sure: NDArray[np.float64], right: NDArray[np.bool_], *, bins: int = BINS) -> float:
    """Return the expected calibration error.

    Source: Guo et al., On Calibration of Modern Neural Networks, ICML 2017.
    """
    place = np.minimum((sure * bins).astype(int), bins - 1)
    return float(
        sum(abs(sure[place == at].mean() - right[place == at].mean()) * (place == at).mean() for at in np.unique(place))
    )


def measure(on: Bench, linking: Linker, calibration: Calibration) -> dict[str, Any]:
    """Return the figures of each kind, on what the calibration was not fitted on."""
    report = {}
    for kind, all_cases in on.cases.items():
        cases = [case for case in all_cases if not case.fitted]
        found = linking.candidates([case.text for case in cases], kind=kind)
        sources_of = dict.fromkeys(case.source for case in cases)
        report[kind] = {
            "threshold": calibration.thresholds[kind],
            "all": figures(cases, found, calibration, kind),
            "not in the table": _some(cases, found, calibration, kind, without="in the table"),
            "by source": {source: _some(cases, found, calibration, kind, only=source) for source in sources_of},
        }
    return report


def speed(texts: Sequence[str], linking: Linker) -> dict[str, float]:
    """Return how long the first answer takes, and texts a second after it, the best of three rounds.

    On a machine that does other things too, texts per second of processor time say what it would do alone.
    """
    start = time.perf_counter()
    linking.link(texts[:1], kind="skill")
    first_s = time.perf_counter() - start
    rates, per_core = [], []
    for _ in range(ROUNDS):
        start, start_cpu = time.perf_counter(), time.process_time()
        linking.link(texts, kind="skill")
        rates.append(len(texts) / (time.perf_counter() - start))
        per_core.append(len(texts) / (time.process_time() - start_cpu))
    start = time.perf_counter()
    for text in texts[:100]:
        linking.link([text], kind="skill")
    alone_ms = (time.perf_counter() - start) * 10
    return {
        "first_s": round(first_s, 2),
        "texts_per_s": round(max(rates)),
        "texts_per_processor_s": round(max(per_core)),
        "alone_ms": round(alone_ms, 2),
    }


def _some(
    cases: Sequence[Case],
    found: Sequence[Candidate | None],
    calibration: Calibration,
    kind: str,
    *,
    only: str | None = None,
    without: str | None = None,
) -> dict[str, Any]:
    chosen = [at for at, case in enumerate(cases) if case.source != without and only in (None, case.source)]
    return figures([cases[at] for at in chosen], [found[at] for at in chosen], calibration, kind)


def _share(name: str, of: NDArray[np.bool_], among: NDArray[np.bool_]) -> Mapping[str, float]:
    return {name: round(float((of & among).sum() / among.sum()), 4)} if among.any() else {}


@click.command(help=__doc__)
@click.option("--data", type=click.Path(exists=True, file_okay=False, path_type=Path), required=True)
@click.option("--encoder", type=click.Path(exists=True, file_okay=False, path_type=Path), help="A StaticEmbedding.")
@click.option("--write", "replace", is_flag=True, help="Replace the committed result with another encoder's.")
def main(data: Path, encoder: Path | None, replace: bool) -> None:
    """Measure, print and write results/linker.json."""
    here = machine.begin()
    compares, calibration = calibrate.open_encoder(encoder), Calibration.read()
    parameters = Hyperparameters()
    on = calibrate.bench(given.concepts(data, parameters.sources), parameters)
    report = measure(on, Linker(on.table, encoder=compares, neutral=neutral, calibration=calibration), calibration)
    start = time.perf_counter()
    linking = Linker(concepts.read(neutral), encoder=compares, neutral=neutral, calibration=calibration)
    read_s = round(time.perf_counter() - start, 2)
    unknown = [case.text for case in on.cases["occupation"] if case.right][:SPEED_TEXTS]
    result = {
        "command": machine.command("benchmarks.linker"),
        "encoder": compares.name,
        "calibrated_with_these_tables": calibrate.is_of_today(),
        "features": linker.FEATURES,
        "measured": report,
        "speed": {"read_s": read_s, **speed(unknown, linking)},
    }
    for kind, one in report.items():
        print(kind, one["threshold"])
        for name, values in {
            "all": one["all"],
            "not in the table": one["not in the table"],
            **one["by source"],
        }.items():
            print(f"  {name}: {values}")
    print(result["speed"])
    # The committed result is the shipped encoder's.
    print(machine.write("linker", result, here=here, seed=parameters.seed, partial=encoder is not None, anyway=replace))


if __name__ == "__main__":
    main()
