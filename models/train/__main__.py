"""Make the shipped models: folders of public data in, weights, a model card and a table of results out.

python -m models.train --data DIR --work DIR [--weights DIR] [--measure DIR]
"""

import subprocess
import sys
from io import TextIOWrapper
from pathlib import Path

import click

from models.train.data import DATA_SETS, WrongData, complaint
from models.train.hyperparameters import Hyperparameters

ROOT = Path(__file__).parent.parent.parent
WEIGHTS = ROOT / "models" / "weights"
NO_DATA = 2
NOT_MEASURED = 1


def _help() -> str:
    """Return what --help says; click keeps the lines of a paragraph that begins with its mark."""
    folders = [
        "\n".join(
            [
                "\b",
                f"{one.folder}/ - {one.title}{'' if one.is_needed else ' (may be left out)'}",
                *(f"    {name}" for name in one.files),
                f"  from {one.source}",
                f"  {one.attribution}",
            ]
        )
        for one in DATA_SETS
    ]
    return "\n\n".join(
        [
            "Make the shipped models: folders of public data in, weights, a model card and a table of results out.",
            "The folder of --data holds, each file gzipped or unpacked (without .gz):",
            *folders,
            (
                "On two cores the static model takes minutes and the contextual one an hour or two; the contextual one "
                "uses a GPU if there is one. Seeds are fixed, and every hyperparameter stands in "
                "models/train/hyperparameters.py. Each step is kept in the folder of --work: the same command goes on "
                "where a run was cut off. docs/training.md says more."
            ),
        ]
    )


@click.command(help=_help())
@click.option(
    "--data", type=click.Path(file_okay=False, path_type=Path), required=True, help="The folders of public data."
)
@click.option(
    "--work", type=click.Path(file_okay=False, path_type=Path), required=True, help="Keeps every step; 500 MB."
)
@click.option(
    "--weights",
    type=click.Path(file_okay=False, path_type=Path),
    default=WEIGHTS,
    show_default="models/weights",
    help="Gets the models; the card is written beside this folder.",
)
@click.option(
    "--measure",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="A folder with melo* and hires* in it: runs benchmarks.quality and .speed before the card is written.",
)
def main(data: Path, work: Path, weights: Path, measure: Path | None) -> None:
    """Check the data, then run the recipe."""
    if line := complaint(data):
        click.echo(f"models.train: {line}", err=True)
        sys.exit(NO_DATA)
    sys.exit(run(data, work, weights, measure=measure, parameters=Hyperparameters()))


def run(data: Path, work: Path, weights: Path, *, measure: Path | None, parameters: Hyperparameters) -> int:
    """Train, publish, measure if asked to, and write the card; return the exit code.

    Args:
        data: the folders of public data.
        work: keeps every step.
        weights: gets the models and `training.json`; the card is written beside it.
        measure: a folder with the sets to measure with, or None.
        parameters: the whole recipe.
    """
    # Seconds and half a gigabyte, which neither --help nor a missing file should cost.
    from models.train import card  # noqa: PLC0415 - see above
    from models.train.publish import TooLarge, catalogue_lines, publish  # noqa: PLC0415 - see above
    from models.train.recipe import OtherRun, Recipe  # noqa: PLC0415 - see above

    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(line_buffering=True)  # the trainer's lines too
    try:
        Recipe(data, work, parameters).run(click.echo)
        digests = publish(work, weights, reads=parameters.reads)
    except (OtherRun, TooLarge, WrongData) as error:
        click.echo(f"models.train: {error}", err=True)
        return NO_DATA
    for name, files in digests.items():
        click.echo(f"{weights / name}, for models/catalogue.py:\n{catalogue_lines(files)}")
    measured = measure is None or _measure(data, measure, weights)
    path = card.write(weights)
    click.echo(f"{card.validation_table(card.record(weights))}\n{path}")
    return 0 if measured else NOT_MEASURED


def _measure(data: Path, sets: Path, weights: Path) -> bool:
    """Run the benchmarks on the new models; return whether all of them ran."""
    static, contextual = (str((weights / name).resolve()) for name in ("static", "contextual"))
    quality = ["benchmarks.quality", "--rome", str((data / "rome").resolve()), "--model", static, "--model", contextual]
    for option in ("melo", "hires"):
        for folder in sorted(sets.glob(f"{option}*"))[:1]:
            quality += [f"--{option}", str(folder.resolve())]
    speed = ["benchmarks.speed", "--esco", str((data / "esco").resolve()), "--model", contextual, "--one-core", static]
    for command in (quality, speed):
        done = subprocess.run([sys.executable, "-m", *command], cwd=ROOT, check=False)  # noqa: S603 - our own command
        if done.returncode:
            click.echo(
                f"models.train: {command[0]} failed. If the default models have changed, put the SHA-256 above into "
                "models/catalogue.py and run this command again: nothing is trained twice",
                err=True,
            )
            return False
    return True


if __name__ == "__main__":
    main()
