"""How good rankings are by what people judged, and what each aspect should count."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from matcher.commands.opening import opened, read_settings
from matcher.commands.options import LARGEST_SEED, LOG, kind_of, log_folder, refuse_to_overwrite, refuse_unwritable

if TYPE_CHECKING:
    from matcher.core.scoring import Weights
    from matcher.engine import Matcher
    from matcher.offline.judgements import Judgements

JUDGEMENTS = click.option(
    "--judgements",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A file: the ids of posting and profile (first the profile's with --for profiles) and how relevant, from 0, "
    "between tabs, a line each; or TREC's qrels. Without it, the feedback.",
)
JUDGED_SIDE = click.option(
    "--for",
    "side",
    type=click.Choice(["postings", "profiles"]),
    default="postings",
    show_default=True,
    help="Whose matches were judged.",
)


@click.command()
@JUDGEMENTS
@JUDGED_SIDE
@click.option(
    "--weights",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A file of other weights, to compare with those in force.",
)
@click.option("--replay", is_flag=True, help="Rank logged requests again under other weights, and say what changes.")
@LOG
def evaluate(judgements: Path | None, side: str, weights: Path | None, replay: bool, log: Path | None) -> None:
    """Measure rankings by what people judged.

    nDCG@10, RR, R@100, AP@100 and P@10, each from 0 to 1 (the best), with 95 % intervals. What nobody has judged
    counts as not relevant; judgements of postings that are not open today are left out, and counted.
    """
    from matcher.offline import evaluate as evaluating
    from matcher.weights import read_weights

    other = read_weights(weights) if weights else None
    if replay:
        if other is None:
            raise click.UsageError("--replay compares the weights in force with others: name their file with --weights")
        if judgements:
            raise click.UsageError("--replay ranks what was logged, of either side: leave --judgements out")
        _replay_all(other, log)
        return
    with opened() as matcher:
        judged = evaluating.stored(matcher, _judgements(matcher, judgements, side), kind_of(side))
        found = evaluating.evaluate(matcher, judged, kind_of(side))
        for line in evaluating.lines(found):
            click.echo(line)
        if other is not None:
            click.echo("\nunder the other weights")
            compared = evaluating.evaluate(matcher, judged, kind_of(side), weights=other)
            for line in evaluating.lines(compared):
                click.echo(line)
            click.echo("\nhow much better those are")
            for name, gain in evaluating.differences(compared.scores, found.scores).items():
                click.echo(f"{name}\t{gain.mean:+.4f}\t{gain.low:+.4f}\t{gain.high:+.4f}")


@click.command()
@JUDGEMENTS
@JUDGED_SIDE
@click.option(
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    required=True,
    help="The file of weights to write, for MATCHER_WEIGHTS.",
)
@click.option(
    "--seed",
    type=click.IntRange(0, LARGEST_SEED),
    default=0,
    show_default=True,
    help="Of what is drawn: the same gives the same weights.",
)
@click.option("--even-if-no-better", is_flag=True, help="Write them even if they are not surely better.")
def learn(judgements: Path | None, side: str, output: Path, seed: int, even_if_no_better: bool) -> None:
    """Learn weights from judgements.

    They are written only if they are surely better than those in force. Better is judged on rankings that were left
    out of the learning, by organisation.
    """
    from matcher.offline import evaluate as evaluating
    from matcher.offline import learn as learning
    from matcher.weights import written

    refuse_to_overwrite(output, [judgements] if judgements else [], option="--output")
    refuse_unwritable(output, option="--output", in_place=True)
    with opened() as matcher:
        judged = evaluating.stored(matcher, _judgements(matcher, judgements, side), kind_of(side))
        for line in evaluating.left_out(judged):
            click.echo(line)
        learned = learning.learn(matcher, judged, kind_of(side), seed=seed)
    why = [*learning.reasons(learned, judgements.name if judgements else "recorded feedback")]
    for line in why:
        click.echo(line)
    if not (learned.is_better or even_if_no_better):
        raise click.ClickException("not surely better than the weights in force: nothing is written")
    output.write_text(written(learned.weights, why), encoding="utf-8")
    click.echo(f"written to {output}: set MATCHER_WEIGHTS to use it")


def _judgements(matcher: Matcher, path: Path | None, side: str) -> Judgements:
    from matcher.core.errors import NoJudgements
    from matcher.offline.judgements import of_feedback, read_judgements

    if path:
        return read_judgements(path)
    found = of_feedback(matcher.feedback.scan(), kind_of(side))
    if not found:
        raise NoJudgements(
            f"no feedback on matches for {side} was recorded (POST /v1/feedback): give --judgements FILE"
        )
    return found


def _replay_all(weights: Weights, log: Path | None) -> None:
    from matcher.compose import load_pseudonyms
    from matcher.offline.reweigh import lines, reweighed

    settings = read_settings()
    with opened(settings) as matcher:
        found = reweighed(matcher, log_folder(log), load_pseudonyms(settings), weights=weights)
        for line in lines(found):
            click.echo(line)
