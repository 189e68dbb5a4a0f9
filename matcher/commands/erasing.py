"""Erasure: of one, of what a backup has brought back, and of those not heard of for too long."""

from pathlib import Path

import click

from matcher.commands.opening import opened, read_settings


@click.command()
@click.argument("kind", type=click.Choice(["profile", "posting"]))
@click.argument("document_id", metavar="ID")
@click.option(
    "--receipt",
    is_flag=True,
    help="Print a receipt instead, one JSON object; also where there is none of that ID (the first one was lost, say).",
)
def erase(kind: str, document_id: str, receipt: bool) -> None:
    """Erase a profile or a posting.

    It is erased from the database, the full-text rows, the index and its snapshot. With --receipt, standard output
    holds the receipt alone, for `matcher erase-again`.
    """
    import json
    from datetime import UTC, datetime

    from matcher.compose import load_pseudonyms
    from matcher.core.domain import Kind
    from matcher.core.errors import NotFound

    settings = read_settings()
    with opened(settings) as matcher:
        try:
            erased = matcher.erase(Kind(kind), document_id)
        except NotFound:
            if not receipt:
                raise
            # What is not here now, and comes back with a backup, was written before.
            at, change = datetime.now(UTC), matcher.sequence
            click.echo(f"0 {kind}s erased: there is none of that id", err=True)
        else:
            at, change = erased.at, erased.sequence
            click.echo(f"1 {kind} erased", err=receipt)
    if receipt:
        name = load_pseudonyms(settings).of_profile(document_id) if kind == Kind.PROFILE else document_id
        when = at.isoformat()
        click.echo(json.dumps({kind: name, "erased_at": when, "change": change, "files_clear_by": when}))


@click.command("erase-again")
@click.argument(
    "receipts", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path), metavar="FILE..."
)
def erase_again(receipts: tuple[Path, ...]) -> None:
    """Erase again what a restored backup has brought back.

    FILEs hold the receipts of the erasures since, one or more a line. A receipt is what `DELETE` answers, or `matcher
    erase --receipt` prints. What was stored after its erasure stays.
    """
    from matcher.compose import load_pseudonyms
    from matcher.offline.receipts import erase_again, read_receipts

    found = read_receipts(receipts)
    settings = read_settings()
    with opened(settings) as matcher:
        done = erase_again(matcher, found, load_pseudonyms(settings))
    click.echo(f"{done.erased} erased again, {done.absent} not here, {done.written_since} stored since and kept")


@click.command()
@click.option("--apply", is_flag=True, help="Erase them; without it, they are only counted.")
@click.option("--clock-is-right", is_flag=True, help="Go on though the log of changes speaks against the clock.")
@click.option("--really-most", is_flag=True, help="Go on though more than half of all profiles would go.")
def retention(apply: bool, clock_is_right: bool, really_most: bool) -> None:
    """Count, or erase, the profiles without contact for too long.

    Too long is more than MATCHER_RETENTION_DAYS. The last contact is the last change of the profile, or the day of
    the consent if that is later. One line a profile: its pseudonym, as the decision log has it.
    """
    from datetime import UTC, datetime

    from matcher.compose import load_pseudonyms
    from matcher.offline import retention as retaining

    settings = read_settings()
    with opened(settings) as matcher:
        pseudonyms = load_pseudonyms(settings)
        found = retaining.expired(matcher, days=settings.retention_days, now=datetime.now(UTC))
        for profile_id in found.ids:
            click.echo(pseudonyms.of_profile(profile_id))
        retaining.check(found, clock_is_right=clock_is_right, really_most=really_most)
        if not apply:
            click.echo(
                f"{len(found.ids)} of {found.profiles} profiles would go: nothing is erased without --apply", err=True
            )
            return
        erased = retaining.erase(matcher, found)
        # What others have deleted today, too: this is the hour for it.
        matcher.sweep(within_s=0)
    click.echo(f"{erased} of {found.profiles} profiles erased", err=True)
