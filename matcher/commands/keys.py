"""The keys that open the HTTP API."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from matcher.commands.opening import read_settings

if TYPE_CHECKING:
    from datetime import datetime


@click.group()
def keys() -> None:
    """Make, list and revoke the keys that open the HTTP API."""


@keys.command("create")
@click.option(
    "--scope",
    type=click.Choice(["platform", "recruiter", "organiser"]),
    required=True,
    help="What the key is for: the registration platform, one organisation's recruiters, or the forum's organisers.",
)
@click.option("--organisation", metavar="ID", help="Whose postings a recruiter's key opens.")
@click.option("--expires", default="365", show_default=True, metavar="DATE|DAYS", help="From when on it opens nothing.")
@click.option("--note", default="", help="Whose key it is, for whoever lists the keys.")
def create_key(scope: str, organisation: str | None, expires: str, note: str) -> None:
    """Make a key and print it, this once: only its digest is stored."""
    from datetime import datetime

    from matcher.compose import open_keys
    from matcher.core.access import Role, new_key

    now = datetime.now().astimezone()
    key, text = new_key(
        Role(scope), now=now, expires_at=_expiry(expires, now=now), organisation=organisation, note=note
    )
    with open_keys(read_settings()) as stored:
        stored.add(key)
    click.echo(text)
    click.echo(f"key {key.id} for the {scope}, until {key.expires_at:%Y-%m-%d}: it is not shown again", err=True)


@keys.command("list")
def list_keys() -> None:
    """Show every key there has been.

    One a line, fields between tabs: id, role, organisation, dates, state, note.
    """
    from datetime import datetime

    from matcher.compose import open_keys

    now = datetime.now().astimezone()
    with open_keys(read_settings(), purpose="use") as stored:
        for key in stored.all():
            state = "revoked" if key.revoked_at else "expired" if key.expires_at <= now else "valid"
            dates = f"{key.created_at:%Y-%m-%d}\t{key.expires_at:%Y-%m-%d}"
            click.echo(f"{key.id}\t{key.role}\t{key.organisation or '-'}\t{dates}\t{state}\t{key.note or '-'}")


@keys.command("revoke")
@click.argument("key_id", metavar="ID")
def revoke_key(key_id: str) -> None:
    """Revoke a key.

    Half a second later at the latest it opens nothing, in any server.
    """
    from datetime import datetime

    from matcher.compose import open_keys

    with open_keys(read_settings(), purpose="use") as stored:
        stored.revoke(key_id, now=datetime.now().astimezone())
    click.echo(f"key {key_id} revoked")


def _expiry(text: str, *, now: datetime) -> datetime:
    """Return the end of a key's life from a date (its first moment) or a number of days."""
    from datetime import datetime, timedelta

    try:
        if text.isascii() and text.isdigit():
            return now + timedelta(days=int(text))
        return datetime.strptime(text, "%Y-%m-%d").astimezone()
    except (ValueError, OverflowError):
        raise click.BadParameter("write a date (2027-06-30) or a number of days", param_hint="--expires") from None
