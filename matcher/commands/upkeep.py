"""Whether database, full-text rows, index and snapshot agree, and making them agree again."""

import click

from matcher.commands.opening import opened


@click.command()
def fsck() -> None:
    """Prove that database, full-text rows, index and snapshot agree; exit status 1 if they do not."""
    from matcher.core.domain import Kind

    with opened() as matcher:
        problems = matcher.fsck()
        counts = ", ".join(f"{matcher.count(kind)} {kind}s" for kind in Kind)
    for problem in problems:
        click.echo(problem, err=True)
    if problems:
        raise click.ClickException(f"{len(problems)} problem(s): run `matcher reindex`")
    click.echo(f"{counts}: database, full-text rows, index and snapshot agree")


@click.command()
def reindex() -> None:
    """Derive facet texts, vectors, full-text rows and the index anew from the database."""
    from matcher.core.domain import Kind

    with opened() as matcher:
        matcher.reindex()
        click.echo(", ".join(f"{matcher.count(kind)} {kind}s" for kind in Kind) + " indexed")
