"""The decision log: what it holds, whether it is whole, and the same rankings once more."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from matcher.commands.opening import opened, read_settings
from matcher.commands.options import LOG, log_folder
from matcher.core.errors import MatcherError

if TYPE_CHECKING:
    from matcher.decisions.replay import Replayer


@click.group()
def decisions() -> None:
    """Read and verify the log of every ranking that was shown.

    `matcher serve` writes it.
    """


@decisions.command("verify")
@LOG
def verify_decisions(log: Path | None) -> None:
    """Prove that no line of the log was altered or removed.

    If one was: exit status 1, and the first broken line of its chain.

    One line a chain, fields between tabs: chain, lines, first and last time, state, digest of its last line.
    """
    from matcher.decisions.verify import verify
    from matcher.show import chain_fields

    checked = verify(log_folder(log))
    for one in checked:
        click.echo("\t".join(chain_fields(one)))
    if broken := [one for one in checked if one.broken]:
        for one in broken:
            click.echo(f"{one.chain}: {one.broken}", err=True)
        raise click.ClickException(f"{len(broken)} of {len(checked)} chains are not what was written")


@decisions.command("show")
@click.option("--request", "request_id", metavar="ID", help="What was shown for a request.")
@click.option("--profile", "profile_id", metavar="ID", help="Where a person was shown, and the rankings that they saw.")
@LOG
def show_decisions(request_id: str | None, profile_id: str | None, log: Path | None) -> None:
    """Print logged rankings of a request or a person, and who read the person's record.

    One JSON object a line, as it is written, with its place in the log.
    """
    import json

    from matcher.compose import load_pseudonyms
    from matcher.decisions import reading

    if (request_id is None) == (profile_id is None):
        raise click.UsageError("say which: --request ID or --profile ID")
    folder = log_folder(log)
    if request_id is not None:
        found = reading.of_request(folder, request_id)
    else:
        found = reading.showing(folder, load_pseudonyms(read_settings()).of_profile(profile_id or ""))
    for entry in found:
        click.echo(json.dumps({"place": entry.place, **entry.line.content}))
    click.echo(f"{len(found)} line(s)", err=True)


@click.command()
@click.argument("ranking", metavar="LINE|REQUEST_ID", required=False)
@click.option("--all", "every", is_flag=True, help="Every ranking of the log, in place of one.")
@click.option(
    "--profile",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="The profile that asked, one JSON object, where it was not stored.",
)
@click.option(
    "--requests",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="The bodies of searches and of suggestions for unsaved profiles, as they were sent, one a line.",
)
@LOG
def replay(ranking: str | None, every: bool, profile: Path | None, requests: Path | None, log: Path | None) -> None:
    """Repeat a logged ranking and say what differs.

    It is made as of the same day, and under the same weights.

    LINE is a line's place as `matcher decisions show` prints it. The log keeps no words: a search is repeated where its
    body is handed over. Exit status 1 if anything differs or cannot be repeated.
    """
    from matcher.compose import load_pseudonyms, made_by
    from matcher.decisions import reading
    from matcher.decisions.repeat import check, read_requests
    from matcher.decisions.replay import Replayer
    from matcher.drafts import parse_sent
    from matcher.show import replay_lines

    if (ranking is None) != every:
        raise click.UsageError("say which: a LINE, a REQUEST_ID, or --all")
    settings, folder = read_settings(), log_folder(log)
    one = reading.one(folder, ranking) if ranking is not None else None
    if one:
        check(one.line.content)
    given = [] if profile is None else parse_sent(profile.read_bytes())
    with opened(settings) as matcher:
        replayer = Replayer(
            matcher,
            pseudonyms=load_pseudonyms(settings),
            made_by=made_by(settings, matcher),
            given=[*given, *(read_requests(requests) if requests else [])],
            after=int(one.line.content["sequence"]) if one else 0,
        )
        if one:
            found = replayer.replay(one)
            is_exact = found.is_exact
            for line in replay_lines(found):
                click.echo(line)
        else:
            is_exact = _replay_every(replayer, folder)
    if not is_exact:
        raise click.exceptions.Exit(1)


def _replay_every(replayer: Replayer, folder: Path) -> bool:
    """Rank all that was logged again, print what differs or cannot be repeated, and tell whether there is none.

    Raises:
        ClickException: nothing was logged.
    """
    from matcher.decisions import reading
    from matcher.show import replayed_line

    counts = dict.fromkeys(("the same", "not the same", "not repeated"), 0)
    for entry, found in replayer.replay_all(reading.rankings(folder)):
        line = replayed_line(entry, found)
        if line is not None:
            click.echo(line)
        counts["not repeated" if isinstance(found, MatcherError) else "not the same" if line else "the same"] += 1
    if not any(counts.values()):
        raise click.ClickException(f"{folder} holds no ranking: --log says where the decision log is")
    told = ", ".join(f"{count} {what}" for what, count in counts.items())
    click.echo(f"{sum(counts.values())} rankings: {told}")
    return counts["the same"] == sum(counts.values())
