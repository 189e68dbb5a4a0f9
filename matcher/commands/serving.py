"""The HTTP API: on which address, in how many processes, and for whom."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from matcher.commands.opening import read_settings

if TYPE_CHECKING:
    from matcher.core.storing import Keys
    from matcher.settings import Settings

LAST_PORT = 65_535


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option("--port", type=click.IntRange(0, 65535), default=8000, show_default=True, help="The port to listen on.")
@click.option(
    "--workers",
    type=click.IntRange(1, 64),
    default=1,
    show_default=True,
    help="How many processes serve: on the port together, and each on one of the ports after it. More than one "
    "needs PostgreSQL.",
)
def serve(host: str, port: int, workers: int) -> None:
    """Serve the HTTP API and the recruiters' pages.

    From the first key on (`matcher keys create`), or with MATCHER_JWKS, it asks everyone who they are. Without either
    it serves this machine only, unless MATCHER_ACCESS says otherwise.
    """
    from logging.config import dictConfig

    from api.app import create_app
    from api.request_ids import LOGGING
    from api.workers import listening, serve_alone, serve_with_workers
    from matcher.compose import check_files, open_keys, open_matcher

    settings = read_settings(strictly=True)
    if workers > 1:
        if port + workers > LAST_PORT:
            raise click.UsageError(f"each worker takes a port after {port}: choose {LAST_PORT - workers} at most")
        _refuse_one_file_for_many(settings)
    check_files(settings)
    # Before anything is loaded: an address that is taken is told at once, and to the second of two at the same moment.
    with listening(host, port) as shared:
        if workers > 1:
            with open_keys(settings) as stored:
                _refuse_strangers(host, settings, stored)
            if not serve_with_workers(settings, shared, host=host, port=port, count=workers):
                raise click.exceptions.Exit(1)
            return
        dictConfig(LOGGING)
        matcher = open_matcher(settings)
        try:
            _refuse_strangers(host, settings, matcher.keys)
            app = create_app(settings, matcher=matcher)
        except BaseException:
            matcher.close()
            raise
        serve_alone(app, shared)


def _refuse_one_file_for_many(settings: Settings) -> None:
    """Raise where several processes would share an SQLite file."""
    url = settings.database_url.get_secret_value() if settings.database_url else ""
    if not url or url.startswith("sqlite"):
        raise click.ClickException(
            "several workers need PostgreSQL, for SQLite is for one process: set MATCHER_DATABASE_URL to "
            "postgresql://USER:PASSWORD@HOST/DATABASE, or leave --workers out"
        )


def _refuse_strangers(host: str, settings: Settings, stored: Keys) -> None:
    """Raise AccessUnsettled where whoever reaches this address could do anything, and nobody has said so."""
    import ipaddress

    from matcher.core.errors import AccessUnsettled

    try:
        is_local = host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        is_local = False
    if not (is_local or settings.access or settings.jwks or stored.all()):
        raise AccessUnsettled(
            f"{host} can be reached from other machines, and nobody would be asked who they are: make a key with "
            "`matcher keys create`, or set MATCHER_ACCESS=open if that is meant"
        )
