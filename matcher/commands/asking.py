"""Questions for a person to read the answers of: of what is stored, and by a free text."""

import click

from matcher.commands.opening import opened
from matcher.commands.options import LANGUAGE, TOP, kind_of


@click.command()
@click.argument("profile_id")
@TOP
@LANGUAGE
@click.option("--per-organisation", type=click.IntRange(1), help="At most so many postings of one organisation.")
@click.option(
    "--diversity",
    type=click.FloatRange(0, 1),
    default=0.0,
    show_default=True,
    help="From 0, the best first, to 1, each as unlike those before it as can be.",
)
@click.option("--merged/--not-merged", default=True, show_default=True, help="Show what was published twice once.")
def suggest(
    profile_id: str, top: int, language: str, per_organisation: int | None, diversity: float, merged: bool
) -> None:
    """Show the best postings for a stored profile, with reasons."""
    from matcher.core.scoring import Variety
    from matcher.show import console, print_answer

    variety = Variety(merged=merged, per_organisation=per_organisation, diversity=diversity)
    with opened() as matcher:
        record = matcher.get_profile(profile_id)
        answer = matcher.suggestions(profile_id, k=top, variety=variety)
        print_answer(console(), matcher, record, answer, language=language)


@click.command()
@click.argument("posting_id")
@TOP
@LANGUAGE
def candidates(posting_id: str, top: int, language: str) -> None:
    """Show the best profiles for a stored posting, with reasons.

    Only profiles that its organisation may see are shown.
    """
    from matcher.show import console, print_answer

    with opened() as matcher:
        record = matcher.get_posting(posting_id)
        print_answer(console(), matcher, record, matcher.candidates(posting_id, k=top), language=language)


class _FreeText(click.Command):
    """Says what to do where a word that is to be left out was taken for an option."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Read the arguments. Raises UsageError: one is no option."""
        try:
            return super().parse_args(ctx, args)
        except click.NoSuchOption as error:
            raise click.UsageError(
                f"{error.format_message()} Put the text in quotes, as one argument, where it names what to leave out: "
                f"{ctx.command_path} 'data scientist, -PHP'; and after `--` where it begins so: "
                f"{ctx.command_path} -- '-PHP, Lyon'",
                ctx=ctx,
            ) from error


@click.command(cls=_FreeText)
@click.argument("words", nargs=-1, required=True, metavar="TEXT...")
@click.option(
    "--for", "side", type=click.Choice(["postings", "profiles"]), default="profiles", show_default=True, help="Of what."
)
@TOP
@LANGUAGE
@click.option(
    "--organisation", metavar="ID", help="On whose behalf profiles are searched: who hides from it is left out."
)
def search(words: tuple[str, ...], side: str, top: int, language: str, organisation: str | None) -> None:
    """Find visible profiles, or open postings, by a free text.

    It may name trades, skills, places, contracts, remote work, languages and years of experience; a line says first
    what was understood.

    "Quoted phrases" must stand in what is found, what follows a - must not: put -- before a text that begins with one.
    """
    from matcher.commands.understanding import understood_line
    from matcher.core.domain import OrganisationId
    from matcher.search import Search
    from matcher.show import console, plain, print_found

    behalf = OrganisationId(organisation) if organisation else None
    asked = Search(kind_of(side), " ".join(words), organisation=behalf, k=top)
    with opened() as matcher:
        out, found = console(), matcher.search(asked)
        out.print(plain(understood_line(found, language=language)), soft_wrap=True)
        print_found(out, matcher, kind_of(side), found, language=language)


@click.command()
@click.argument("kind", type=click.Choice(["profile", "posting"]))
@click.argument("document_id", metavar="ID")
@TOP
@LANGUAGE
def similar(kind: str, document_id: str, top: int, language: str) -> None:
    """Show the profiles or postings most like a stored one.

    Of profiles the visible ones, of postings the open ones.
    """
    from matcher.core.domain import Kind
    from matcher.show import console, print_found

    with opened() as matcher:
        found = matcher.similar(Kind(kind), document_id, k=top)
        print_found(console(), matcher, Kind(kind), found, language=language)
