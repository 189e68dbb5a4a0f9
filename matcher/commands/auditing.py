"""Does the matching treat groups of people unequally?"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click
from click.core import ParameterSource

from matcher.commands.opening import opened, read_settings
from matcher.commands.options import LOG, log_folder, refuse_unwritable

OF_TODAY = ("top", "twins")
"""Options that say what is made of the rankings of today."""


@click.command()
@click.option(
    "--top", type=click.IntRange(1, 1000), default=10, show_default=True, help="Places of a ranking that are looked at."
)
@click.option(
    "--smallest", type=click.IntRange(5, 1000), default=10, show_default=True, help="Of fewer people nothing is told."
)
@click.option(
    "--twins",
    type=click.IntRange(0, 10_000),
    default=500,
    show_default=True,
    help="How many people are put into the rankings in the masculine and in the feminine.",
)
@click.option(
    "--since",
    type=click.DateTime(["%Y-%m-%d"]),
    metavar="DATE",
    help="What was shown since that day (UTC), by the decision log, in place of what is shown today.",
)
@LOG
@click.option(
    "--output", type=click.Path(dir_okay=False, path_type=Path), help="A file for all figures, too: .json or .csv."
)
@click.pass_context
def audit(
    context: click.Context,
    *,
    top: int,
    smallest: int,
    twins: int,
    since: datetime | None,
    log: Path | None,
    output: Path | None,
) -> None:
    """Compare what groups of people get: eligible how often, shown how often, how far up.

    Groups are those that records hold: situation, experience, education, region, wishes, how a profile is written. What
    hard constraints did and what the ranking did are told apart; a group is compared with the best-placed one by the
    four-fifths rule, with 95 % intervals. Then the same people in the masculine and in the feminine.

    It names nobody, and tells nothing of groups that are too small.

    Before --since, run `matcher decisions verify`: a line that was cut out of the log does not show here.
    """
    from matcher.compose import load_pseudonyms
    from matcher.offline import audit as auditing
    from matcher.offline import audit_files
    from matcher.show import console, print_audit

    if log and since is None:
        raise click.UsageError("--log is read where --since says from which day on")
    if since and (
        given := [name for name in OF_TODAY if context.get_parameter_source(name) is not ParameterSource.DEFAULT]
    ):
        raise click.UsageError(
            f"--since takes what was shown, as it was shown: leave {' and '.join(f'--{name}' for name in given)} out"
        )
    if output:
        audit_files.check(output)
        refuse_unwritable(output, option="--output")
    day = datetime.now().astimezone().date()
    settings, folder = read_settings(), log_folder(log) if since else None
    if output and folder and output.resolve().is_relative_to(folder.resolve()):
        raise click.BadParameter(f"{output} lies in the decision log: name another", param_hint="--output")
    with opened(settings) as matcher:
        if since and folder:
            pseudonyms = load_pseudonyms(settings)
            found = auditing.of_log(matcher, folder, pseudonyms, day=day, since=since.date(), smallest=smallest)
        else:
            found = auditing.of_forum(matcher, day=day, places=top, smallest=smallest, twins=twins)
    if output:  # before it is printed, for whoever reads that may stop within
        audit_files.write(found, output)
        click.echo(f"written to {output}", err=True)
    print_audit(console(), found)
