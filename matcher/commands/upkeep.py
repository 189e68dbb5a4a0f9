"""Whether database, full-text rows, index and snapshot agree, and making them agree again."""

from collections.abc import Iterator
from contextlib import contextmanager

import click

from matcher.commands.opening import opened, read_settings


@click.command()
@click.option("--ids", is_flag=True, help="Name people by their ids: not where a journal keeps what is said.")
def fsck(ids: bool) -> None:
    """Prove that database, index and snapshot agree.

    So must the full-text rows. Exit status 1 if anything does not. People are named by their pseudonyms, as in the
    decision log.
    """
    from matcher.compose import load_pseudonyms
    from matcher.core.domain import Kind
    from matcher.decisions.entry import known_as

    settings = read_settings()

    def named(kind: Kind, document_id: str) -> str:
        # Only here: a home whose database is sound needs no secret.
        return document_id if ids else known_as(kind, document_id, load_pseudonyms(settings))

    with _nothing_is_sound(), opened(settings, purpose="look") as matcher:
        problems = matcher.fsck(named=named)
        counts = ", ".join(f"{matcher.count(kind)} {kind}s" for kind in Kind)
        without = matcher.without_snapshot
    for problem in problems:
        click.echo(problem, err=True)
    if problems:
        raise click.ClickException(f"{len(problems)} problem(s): run `matcher reindex`")
    if without:
        click.echo(
            f"{counts}: database, full-text rows and index agree; {without}: the service makes one when it starts, as "
            "does `matcher reindex`"
        )
    else:
        click.echo(f"{counts}: database, full-text rows, index and snapshot agree")


@click.command()
def reindex() -> None:
    """Rebuild everything that is derived from the database.

    That is facet texts, vectors, full-text rows and the index.
    """
    from matcher.core.domain import Kind

    with _nothing_is_sound(), opened(purpose="adopt") as matcher:
        matcher.reindex()
        click.echo(", ".join(f"{matcher.count(kind)} {kind}s" for kind in Kind) + " indexed")


@contextmanager
def _nothing_is_sound() -> Iterator[None]:
    """Say that there is no database, and end with status 0: where nothing was ever stored, nothing is wrong."""
    from matcher.core.errors import NoDatabase

    try:
        yield
    except NoDatabase as nothing:
        click.echo(f"0 postings, 0 profiles: {nothing}")
        raise click.exceptions.Exit(0) from None
