"""The `matcher` command: thin, and quick to answer, since everything heavy is imported where it is used."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from matcher.core.errors import MatcherError

if TYPE_CHECKING:
    from matcher.core.domain import Kind
    from matcher.engine import Matcher
    from matcher.settings import Settings

DEMO_FOLDER = "demo"
LANGUAGE = click.option(
    "--language", type=click.Choice(["fr", "en"]), default="fr", show_default=True, help="Of the reasons."
)
TOP = click.option("--top", type=click.IntRange(1, 1000), default=10, show_default=True, help="How many matches.")


class _Command(click.Group):
    """Turns what goes wrong on purpose into one line on standard error and exit status 1."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except MatcherError as error:
            raise click.ClickException(str(error)) from error
        except BrokenPipeError:
            raise  # whoever read the output has had enough: click leaves quietly
        except OSError as error:
            raise click.ClickException(f"{error.filename or 'a file'}: {error.strerror or error}") from error


@click.group(cls=_Command, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="forum-matcher", prog_name="matcher")
def main() -> None:
    """Match job postings and candidate profiles, and say why.

    The database and the index live in MATCHER_HOME (default: .matcher in the working folder).
    """


@main.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--rejects", type=click.Path(dir_okay=False, path_type=Path), help="Write every rejection to this CSV file."
)
def ingest(files: tuple[Path, ...], rejects: Path | None) -> None:
    """Store the postings and profiles that FILES hold; the format is found from the content.

    Native JSONL, CSV with a header, Place de l'emploi public exports, schema.org JobPosting (HTML or JSON),
    JSON Resume, CV files (PDF, DOCX, ODT). Running it again on the same files changes nothing.
    """
    from matcher.offline.intake import ingest_files
    from matcher.show import console, print_report

    with _matcher() as matcher, _progress(files) as on_bytes:
        report = ingest_files(matcher, files, rejects=rejects, on_bytes=on_bytes)
    print_report(console(), report)


@main.command()
@click.option(
    "--for", "side", type=click.Choice(["postings", "profiles"]), required=True, help="Whose matches to compute."
)
@click.option("--top", type=click.IntRange(1, 100_000), default=100, show_default=True, help="How many matches each.")
@click.option(
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    help="The file: .csv, .jsonl or .parquet. Without it, CSV goes to standard output.",
)
def match(side: str, top: int, output: Path | None) -> None:
    """Match everything with everything: the best profiles of every posting, or the other way round."""
    from matcher.offline import batch

    with _matcher() as matcher:
        found = batch.rows(matcher, _kind(side), k=top)
        if output is None:
            batch.write_stream(found, sys.stdout.buffer)
            return
        written = batch.write(found, output)
    click.echo(f"{written} matches written to {output}", err=True)


@main.command()
@click.argument("profile_id")
@TOP
@LANGUAGE
def suggest(profile_id: str, top: int, language: str) -> None:
    """Show the best postings for a stored profile, with reasons."""
    _print_answer("profiles", profile_id, top, language)


@main.command()
@click.argument("posting_id")
@TOP
@LANGUAGE
def candidates(posting_id: str, top: int, language: str) -> None:
    """Show the best profiles for a stored posting, with reasons: only those that its organisation may see."""
    _print_answer("postings", posting_id, top, language)


@main.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option("--port", type=click.IntRange(0, 65535), default=8000, show_default=True, help="The port to listen on.")
def serve(host: str, port: int) -> None:
    """Serve the HTTP API. There is no access control yet: keep it on this machine or behind a gateway."""
    import uvicorn

    from api.app import create_app
    from matcher.compose import open_matcher

    settings = _settings()
    # Opened here, not by the server: what is wrong with the settings is one line then, not a traceback in its log.
    matcher = open_matcher(settings)
    uvicorn.run(create_app(settings, matcher=matcher), host=host, port=port, access_log=False, server_header=False)


@main.command()
@click.argument("kind", type=click.Choice(["profile", "posting"]))
@click.argument("document_id", metavar="ID")
def erase(kind: str, document_id: str) -> None:
    """Erase a profile or a posting from the database, the full-text rows, the index and its snapshot."""
    from matcher.core.domain import Kind

    with _matcher() as matcher:
        matcher.erase(Kind(kind), document_id)
    click.echo(f"1 {kind} erased")


@main.command()
def fsck() -> None:
    """Prove that database, full-text rows, index and snapshot agree; exit status 1 if they do not."""
    from matcher.core.domain import Kind

    with _matcher() as matcher:
        problems = matcher.fsck()
        counts = ", ".join(f"{matcher.count(kind)} {kind}s" for kind in Kind)
    for problem in problems:
        click.echo(problem, err=True)
    if problems:
        raise click.ClickException(f"{len(problems)} problem(s): run `matcher reindex`")
    click.echo(f"{counts}: database, full-text rows, index and snapshot agree")


@main.command()
def reindex() -> None:
    """Derive facet texts, vectors, full-text rows and the index anew from the database."""
    from matcher.core.domain import Kind

    with _matcher() as matcher:
        matcher.reindex()
        click.echo(", ".join(f"{matcher.count(kind)} {kind}s" for kind in Kind) + " indexed")


@main.command()
@click.argument("texts", nargs=-1, required=True, metavar="TEXT...")
@click.option(
    "--kind",
    type=click.Choice(["occupation", "skill", "code", "term"]),
    help="Only ESCO's occupations, skills (and technologies), ROME's codes, or the administration's words.",
)
def link(texts: tuple[str, ...], kind: str | None) -> None:
    """Say which occupation, skill or ROME code each TEXT names, and how likely that is right, between 0 and 1.

    One line a link, fields between tabs: text, id, kind, label in French, label in English, confidence. `none` where
    nothing is likely enough.
    """
    from matcher.compose import load_linker

    for text, links in zip(texts, load_linker().link(texts, kind=kind), strict=True):
        shown = " ".join(text.split())
        for found in links:
            fields = (shown, found.id, found.kind, found.label_fr, found.label_en, f"{found.confidence:.2f}")
            click.echo("\t".join(fields))
        if not links:
            click.echo(f"{shown}\tnone")


@main.command()
@click.option("--postings", type=click.IntRange(1, 100_000), default=300, show_default=True)
@click.option("--profiles", type=click.IntRange(1, 1_000_000), default=2000, show_default=True)
@click.option("--seed", type=int, default=2021, show_default=True, help="The same seed makes the same forum.")
@click.option(
    "--generate-only",
    type=click.Path(file_okay=False, path_type=Path),
    help="Only write postings.jsonl and profiles.jsonl into this folder.",
)
@LANGUAGE
def demo(postings: int, profiles: int, seed: int, generate_only: Path | None, language: str) -> None:
    """Generate a forum of invented postings and profiles, store it, match it and show two answers.

    It lives in the folder `demo` of MATCHER_HOME and touches nothing else.
    """
    from datetime import datetime

    from matcher.core.domain import Kind
    from matcher.offline import batch
    from matcher.offline.demonstration import generate
    from matcher.offline.intake import ingest_files
    from matcher.show import console, print_report, print_tour

    today = datetime.now().astimezone().date()
    if generate_only is not None:
        for path in generate(generate_only, postings=postings, profiles=profiles, seed=seed, today=today):
            click.echo(path)
        return
    settings = _settings()
    settings = settings.model_copy(update={"home": settings.home / DEMO_FOLDER, "database_url": None})
    settings.home.mkdir(parents=True, exist_ok=True, mode=0o700)
    files = generate(settings.home, postings=postings, profiles=profiles, seed=seed, today=today)
    out, output = console(), settings.home / "matches.csv"
    with _matcher(settings) as matcher:
        with _progress(files) as on_bytes:
            report = ingest_files(matcher, files, on_bytes=on_bytes)
        print_report(out, report)
        out.print(f"{batch.write(batch.rows(matcher, Kind.POSTING, k=100), output)} matches written to {output}")
        print_tour(out, matcher, language=language)
    click.echo("\nTo open the server on this forum:\n")
    click.echo(f"  MATCHER_DATABASE_URL= MATCHER_HOME={settings.home} {sys.argv[0]} serve\n")
    click.echo("then http://127.0.0.1:8000/docs shows every call.")


def _kind(side: str) -> Kind:
    from matcher.core.domain import Kind

    return Kind.POSTING if side == "postings" else Kind.PROFILE


def _settings() -> Settings:
    from pydantic import ValidationError

    from matcher.settings import Settings

    try:
        return Settings()
    except ValidationError as error:
        first = error.errors(include_input=False)[0]
        name = "_".join(str(part) for part in first["loc"]).upper()
        raise click.ClickException(f"MATCHER_{name}: {first['msg']}") from None


@contextmanager
def _matcher(settings: Settings | None = None) -> Iterator[Matcher]:
    from matcher.compose import open_matcher

    matcher = open_matcher(settings or _settings())
    try:
        yield matcher
    finally:
        matcher.close()


@contextmanager
def _progress(files: tuple[Path, ...]) -> Iterator[Callable[[int], None]]:
    """Show a bar of the bytes read on standard error, where that is a terminal."""
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True, disable=not sys.stderr.isatty()) as progress:
        task = progress.add_task("reading", total=sum(path.stat().st_size for path in files))
        yield lambda count: progress.update(task, advance=count)


def _print_answer(side: str, document_id: str, top: int, language: str) -> None:
    from matcher.show import console, print_answer

    kind = _kind(side)
    with _matcher() as matcher:
        record = matcher.get(kind, document_id)
        answer = (matcher.candidates if side == "postings" else matcher.suggestions)(document_id, k=top)
        print_answer(console(), matcher, record, answer, language=language)


if __name__ == "__main__":
    main()
