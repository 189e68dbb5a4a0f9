"""Which occupation, skill or ROME code a text names."""

import click


@click.command()
@click.argument("texts", nargs=-1, required=True, metavar="TEXT...")
@click.option(
    "--kind",
    type=click.Choice(["occupation", "skill", "code", "term"]),
    help="Only ESCO's occupations, skills (and technologies), ROME's codes, or the administration's words.",
)
def link(texts: tuple[str, ...], kind: str | None) -> None:
    """Say which occupation, skill or ROME code each TEXT names.

    One line a link, fields between tabs: text, id, kind, label in French, label in English, confidence (0 to 1).
    `none` where nothing is likely enough.
    """
    from matcher.compose import load_linker

    for text, links in zip(texts, load_linker().link(texts, kind=kind), strict=True):
        shown = " ".join(text.split())
        for found in links:
            fields = (shown, found.id, found.kind, found.label_fr, found.label_en, f"{found.confidence:.2f}")
            click.echo("\t".join(fields))
        if not links:
            click.echo(f"{shown}\tnone")
