"""Everything at once: files in, all matches out, and an invented forum to try it on."""

import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from shlex import quote
from typing import TypeVar

import click

from matcher.commands.opening import opened, read_settings
from matcher.commands.options import BATCH_TOP, LANGUAGE, LARGEST_SEED, SIDE, kind_of, refuse_to_overwrite

DEMO_FOLDER = "demo"
NO_MATCH = {
    "postings": "no match: no posting is open and in its dates, no profile says that it is visible_to_recruiters, or "
    "none meets the other's conditions",
    "profiles": "no match: no posting is open and in its dates, or none meets a profile's conditions",
}
"""Said where nothing was found, for the file says nothing then."""
T = TypeVar("T")


@click.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--rejects", type=click.Path(dir_okay=False, path_type=Path), help="Write every rejection to this CSV file."
)
def ingest(files: tuple[Path, ...], rejects: Path | None) -> None:
    """Store the postings and profiles that FILES hold.

    The format is found from the content: native JSONL, CSV with a header, Place de l'emploi public exports,
    schema.org JobPosting (HTML or JSON), JSON Resume, CV files (PDF, DOCX, ODT). Running it again on the same files
    stores no record twice. What a file no longer holds stays stored.

    Exit status 1 where a file could not be read, or not to its end; what could be read is stored all the same.
    """
    from matcher.offline.intake import ingest_files
    from matcher.show import console, print_report

    refuse_to_overwrite(rejects, files, option="--rejects")
    with opened(purpose="make") as matcher, _progress("reading", _bytes_of(files)) as on_bytes:
        report = ingest_files(matcher, files, rejects=rejects, on_bytes=on_bytes)
    print_report(console(), report)
    if report.unread:
        raise click.ClickException(f"{report.unread} of {len(files)} file(s) could not be read, or not to the end")


@click.command()
@SIDE
@BATCH_TOP
@click.option(
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    help="The file: .csv, .jsonl or .parquet. Without it, CSV goes to standard output.",
)
def match(side: str, top: int, output: Path | None) -> None:
    """Match all postings with all profiles into a file.

    Of every posting the best profiles that its organisation may see, or of every profile the best postings: those of
    profiles that are not visible to recruiters too, which no recruiter is to be handed. A posting that was published
    twice stands there twice. The columns from `title` on are what each aspect adds to the score, which is 1
    at most.
    """
    from matcher.offline import batch

    with opened() as matcher:
        kind = kind_of(side)
        # No bar among the rows, where both go to the terminal.
        with _progress("matching", matcher.count(kind), shown=bool(output) or not sys.stdout.isatty()) as on_document:
            found = _told(batch.rows(matcher, kind, k=top), on_document)
            written = batch.write(found, output) if output else batch.write_stream(found, sys.stdout.buffer)
    if output:
        click.echo(f"{written} matches written to {output}", err=True)
    if not written:
        click.echo(NO_MATCH[side], err=True)


@click.command()
@click.option("--postings", type=click.IntRange(1, 100_000), default=300, show_default=True)
@click.option("--profiles", type=click.IntRange(1, 1_000_000), default=2000, show_default=True)
@click.option(
    "--seed",
    type=click.IntRange(0, LARGEST_SEED),
    default=2021,
    show_default=True,
    help="The same seed makes the same forum.",
)
@click.option(
    "--generate-only",
    type=click.Path(file_okay=False, path_type=Path),
    help="Only write postings.jsonl and profiles.jsonl into this folder.",
)
@LANGUAGE
def demo(postings: int, profiles: int, seed: int, generate_only: Path | None, language: str) -> None:
    """Generate an invented forum, match it and show two answers.

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
    settings = read_settings()
    settings = settings.model_copy(update={"home": settings.home / DEMO_FOLDER, "database_url": None})
    settings.home.mkdir(parents=True, exist_ok=True, mode=0o700)
    files = generate(settings.home, postings=postings, profiles=profiles, seed=seed, today=today)
    out, output = console(), settings.home / "matches.csv"
    with opened(settings, purpose="make") as matcher:
        with _progress("reading", _bytes_of(files)) as on_bytes:
            report = ingest_files(matcher, files, on_bytes=on_bytes)
        print_report(out, report)
        out.print(f"{batch.write(batch.rows(matcher, Kind.POSTING, k=100), output)} matches written to {output}")
        print_tour(out, matcher, language=language)
    click.echo("\nTo open the server on this forum:\n")
    click.echo(f"  MATCHER_DATABASE_URL= MATCHER_HOME={quote(str(settings.home))} {sys.argv[0]} serve\n")
    click.echo("then http://127.0.0.1:8000/ is what recruiters see, http://127.0.0.1:8000/docs shows every call.")


@contextmanager
def _progress(what: str, total: int, *, shown: bool = True) -> Iterator[Callable[[int], None]]:
    """Show a bar of what is done of a total on standard error, where that is a terminal."""
    from rich.console import Console
    from rich.progress import Progress

    console, hidden = Console(stderr=True), not (shown and sys.stderr.isatty())
    with Progress(console=console, transient=True, disable=hidden, redirect_stdout=False) as progress:
        task = progress.add_task(what, total=total)
        yield lambda count: progress.update(task, advance=count)


def _bytes_of(files: tuple[Path, ...]) -> int:
    return sum(path.stat().st_size for path in files)


def _told(found: Iterable[T], on_one: Callable[[int], None]) -> Iterator[T]:
    """Yield what is found, and tell of each that it is done."""
    for one in found:
        yield one
        on_one(1)
