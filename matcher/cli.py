"""The `matcher` command: thin, and quick to answer, since everything heavy is imported where it is used."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from matcher.core.errors import MatcherError
from matcher.settled import look_for_cycles_rarely

if TYPE_CHECKING:
    from datetime import datetime

    from matcher.core.domain import Kind, Weights
    from matcher.core.ports import Keys
    from matcher.decisions.replay import Replayer
    from matcher.engine import Matcher
    from matcher.offline.judgements import Judgements
    from matcher.settings import Settings

DEMO_FOLDER = "demo"
LAST_PORT = 65_535
LARGEST_SEED = 2**32 - 1
LANGUAGE = click.option(
    "--language", type=click.Choice(["fr", "en"]), default="fr", show_default=True, help="Of the reasons."
)
TOP = click.option("--top", type=click.IntRange(1, 1000), default=10, show_default=True, help="How many matches.")

LOG = click.option(
    "--log",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="The folder of the decision log, if not the one of the settings.",
)


class _Command(click.Group):
    """Turns what goes wrong on purpose into one line on standard error and exit status 1."""

    def invoke(self, ctx: click.Context) -> Any:
        _ready_output()
        look_for_cycles_rarely()  # reading the tables takes half as long again otherwise
        try:
            return super().invoke(ctx)
        except MatcherError as error:
            raise click.ClickException(str(error)) from error
        except BrokenPipeError:
            raise  # whoever read the output has had enough: click leaves quietly
        except UnicodeEncodeError as error:
            raise click.ClickException("an argument holds what is no UTF-8: write it in UTF-8") from error
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

    _refuse_to_overwrite(rejects, files, option="--rejects")
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
    from matcher.core.domain import Variety
    from matcher.show import console, print_answer

    variety = Variety(merged=merged, per_organisation=per_organisation, diversity=diversity)
    with _matcher() as matcher:
        record = matcher.get_profile(profile_id)
        answer = matcher.suggestions(profile_id, k=top, variety=variety)
        print_answer(console(), matcher, record, answer, language=language)


@main.command()
@click.argument("posting_id")
@TOP
@LANGUAGE
def candidates(posting_id: str, top: int, language: str) -> None:
    """Show the best profiles for a stored posting, with reasons: only those that its organisation may see."""
    from matcher.show import console, print_answer

    with _matcher() as matcher:
        record = matcher.get_posting(posting_id)
        print_answer(console(), matcher, record, matcher.candidates(posting_id, k=top), language=language)


@main.command()
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
    """Find visible profiles, or open postings, by a free text: trades, skills, places, contracts, remote work.

    "Quoted phrases" must stand in what is found, what follows a - must not: put -- before a text that begins with one.
    """
    from matcher.core.domain import OrganisationId
    from matcher.search import Search
    from matcher.show import console, print_found

    behalf = OrganisationId(organisation) if organisation else None
    asked = Search(_kind(side), " ".join(words), organisation=behalf, k=top)
    with _matcher() as matcher:
        print_found(console(), matcher, _kind(side), matcher.search(asked), language=language)


@main.command()
@click.argument("kind", type=click.Choice(["profile", "posting"]))
@click.argument("document_id", metavar="ID")
@TOP
@LANGUAGE
def similar(kind: str, document_id: str, top: int, language: str) -> None:
    """Show the visible profiles most like a stored one, or the open postings most like a stored one."""
    from matcher.core.domain import Kind
    from matcher.show import console, print_found

    with _matcher() as matcher:
        found = matcher.similar(Kind(kind), document_id, k=top)
        print_found(console(), matcher, Kind(kind), found, language=language)


JUDGEMENTS = click.option(
    "--judgements",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A file: posting, profile and relevance between tabs, or TREC's qrels. Without it, the feedback.",
)
JUDGED_SIDE = click.option(
    "--for",
    "side",
    type=click.Choice(["postings", "profiles"]),
    default="postings",
    show_default=True,
    help="Whose matches were judged.",
)


@main.command()
@JUDGEMENTS
@JUDGED_SIDE
@click.option(
    "--weights",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A file of other weights, to compare with those in force.",
)
@click.option("--replay", is_flag=True, help="Rank logged requests again under other weights, and say what changes.")
@LOG
def evaluate(judgements: Path | None, side: str, weights: Path | None, replay: bool, log: Path | None) -> None:
    """Measure rankings by what people judged: nDCG@10, RR, R@100, AP@100, P@10, with 95 % intervals."""
    from matcher.offline import evaluate as evaluating
    from matcher.weights import read_weights

    other = read_weights(weights) if weights else None
    if replay:
        if other is None:
            raise click.UsageError("--replay compares the weights in force with others: name their file with --weights")
        _replay_all(other, log)
        return
    with _matcher() as matcher:
        judged = evaluating.stored(matcher, _judgements(matcher, judgements, side), _kind(side))
        found = evaluating.evaluate(matcher, judged, _kind(side))
        for line in evaluating.lines(found):
            click.echo(line)
        if other is not None:
            click.echo("\nunder the other weights")
            compared = evaluating.evaluate(matcher, judged, _kind(side), weights=other)
            for line in evaluating.lines(compared):
                click.echo(line)
            click.echo("\nhow much better those are")
            for name, gain in evaluating.differences(compared.scores, found.scores).items():
                click.echo(f"{name}\t{gain.mean:+.4f}\t{gain.low:+.4f}\t{gain.high:+.4f}")


@main.command()
@JUDGEMENTS
@JUDGED_SIDE
@click.option(
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    required=True,
    help="The file of weights to write, for MATCHER_WEIGHTS.",
)
@click.option(
    "--seed",
    type=click.IntRange(0, LARGEST_SEED),
    default=0,
    show_default=True,
    help="Of what is drawn: the same gives the same weights.",
)
@click.option("--even-if-no-better", is_flag=True, help="Write them even if they are not surely better.")
def learn(judgements: Path | None, side: str, output: Path, seed: int, even_if_no_better: bool) -> None:
    """Learn from judgements what each aspect should count; writes it only if it is surely better than what is in force.

    Better is judged on rankings that were left out of the learning, by organisation.
    """
    from matcher.offline import evaluate as evaluating
    from matcher.offline import learn as learning
    from matcher.weights import written

    _refuse_to_overwrite(output, [judgements] if judgements else [], option="--output")
    with _matcher() as matcher:
        judged = evaluating.stored(matcher, _judgements(matcher, judgements, side), _kind(side))
        learned = learning.learn(matcher, judged, _kind(side), seed=seed)
    why = [*learning.reasons(learned, judgements.name if judgements else "recorded feedback")]
    for line in why:
        click.echo(line)
    if not (learned.is_better or even_if_no_better):
        raise click.ClickException("not surely better than the weights in force: nothing is written")
    output.write_text(written(learned.weights, why), encoding="utf-8")
    click.echo(f"written to {output}: set MATCHER_WEIGHTS to use it")


@main.command()
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
    """Serve the HTTP API. From the first key on (`matcher keys create`) it asks everyone who they are.

    Without one it serves this machine only, unless MATCHER_ACCESS says otherwise.
    """
    from logging.config import dictConfig

    from api.app import create_app
    from api.request_ids import LOGGING
    from api.workers import listening, serve_alone, serve_with_workers
    from matcher.compose import check_files, open_keys, open_matcher

    settings = _settings(strictly=True)
    if workers > 1:
        if port + workers > LAST_PORT:
            raise click.UsageError(f"each worker takes a port after {port}: choose one below {LAST_PORT - workers}")
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


@main.group()
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
    with open_keys(_settings()) as stored:
        stored.add(key)
    click.echo(text)
    click.echo(f"key {key.id} for the {scope}, until {key.expires_at:%Y-%m-%d}: it is not shown again", err=True)


@keys.command("list")
def list_keys() -> None:
    """Show every key there has been, one a line, fields between tabs: id, role, organisation, dates, state, note."""
    from datetime import datetime

    from matcher.compose import open_keys

    now = datetime.now().astimezone()
    with open_keys(_settings()) as stored:
        for key in stored.all():
            state = "revoked" if key.revoked_at else "expired" if key.expires_at <= now else "valid"
            dates = f"{key.created_at:%Y-%m-%d}\t{key.expires_at:%Y-%m-%d}"
            click.echo(f"{key.id}\t{key.role}\t{key.organisation or '-'}\t{dates}\t{state}\t{key.note or '-'}")


@keys.command("revoke")
@click.argument("key_id", metavar="ID")
def revoke_key(key_id: str) -> None:
    """Let a key open nothing any more, from the next request on, in every server."""
    from datetime import datetime

    from matcher.compose import open_keys

    with open_keys(_settings()) as stored:
        stored.revoke(key_id, now=datetime.now().astimezone())
    click.echo(f"key {key_id} revoked")


@main.group()
def decisions() -> None:
    """Read and verify the decision log: every ranking that `matcher serve` has shown."""


@decisions.command("verify")
@LOG
def verify_decisions(log: Path | None) -> None:
    """Prove that no line was altered or taken away; exit status 1 and the first broken line of a chain if not.

    One line a chain, fields between tabs: chain, lines, first and last time, state, digest of its last line.
    """
    from matcher.decisions.verify import verify
    from matcher.show import chain_fields

    checked = verify(_log_folder(log))
    for one in checked:
        click.echo("\t".join(chain_fields(one)))
    if broken := [one for one in checked if one.broken]:
        for one in broken:
            click.echo(f"{one.chain}: {one.broken}", err=True)
        raise click.ClickException(f"{len(broken)} of {len(checked)} chains are not what was written")


@decisions.command("show")
@click.option("--request", "request_id", metavar="ID", help="The rankings that were shown for a request.")
@click.option("--profile", "profile_id", metavar="ID", help="The rankings that a person saw or was shown in.")
@LOG
def show_decisions(request_id: str | None, profile_id: str | None, log: Path | None) -> None:
    """Print logged rankings as they are written, one JSON object a line, each with its place in the log."""
    import json

    from matcher.compose import load_pseudonyms
    from matcher.decisions import reading

    if (request_id is None) == (profile_id is None):
        raise click.UsageError("say which: --request ID or --profile ID")
    folder = _log_folder(log)
    if request_id is not None:
        found = reading.of_request(folder, request_id)
    else:
        found = reading.showing(folder, load_pseudonyms(_settings()).of_profile(profile_id or ""))
    for entry in found:
        click.echo(json.dumps({"place": entry.place, **entry.line.content}))
    click.echo(f"{len(found)} ranking(s)", err=True)


@main.command()
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
    """Rank again what was shown once, on the same day and under the same weights, and say what differs.

    LINE is a line's place as `matcher decisions show` prints it. The log keeps no words: a search is repeated where its
    body is handed over. Exit status 1 if anything differs or cannot be repeated.
    """
    from matcher.compose import load_pseudonyms, made_by
    from matcher.decisions import reading
    from matcher.decisions.repeat import check, read_requests
    from matcher.decisions.replay import Replayer
    from matcher.records import parse_draft
    from matcher.show import replay_lines

    if (ranking is None) != every:
        raise click.UsageError("say which: a LINE, a REQUEST_ID, or --all")
    settings, folder = _settings(), _log_folder(log)
    one = reading.one(folder, ranking) if ranking is not None else None
    if one:
        check(one.line.content)
    given = [] if profile is None else [parse_draft(profile.read_bytes())]
    with _matcher(settings) as matcher:
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


@main.command()
@click.argument("kind", type=click.Choice(["profile", "posting"]))
@click.argument("document_id", metavar="ID")
@click.option(
    "--receipt",
    is_flag=True,
    help="Print a receipt too, one JSON object; also where there is none of that ID (the first one was lost, say).",
)
def erase(kind: str, document_id: str, receipt: bool) -> None:
    """Erase a profile or a posting from the database, the full-text rows, the index and its snapshot."""
    import json
    from datetime import UTC, datetime

    from matcher.compose import load_pseudonyms
    from matcher.core.domain import Kind
    from matcher.core.errors import NotFound

    settings = _settings()
    with _matcher(settings) as matcher:
        try:
            erased = matcher.erase(Kind(kind), document_id)
        except NotFound:
            if not receipt:
                raise
            # What is not here now, and comes back with a backup, was written before.
            at, change = datetime.now(UTC), matcher.sequence
            click.echo(f"0 {kind}s erased: there is none of that id")
        else:
            at, change = erased.at, erased.sequence
            click.echo(f"1 {kind} erased")
    if receipt:
        name = load_pseudonyms(settings).of_profile(document_id) if kind == Kind.PROFILE else document_id
        when = at.isoformat()
        click.echo(json.dumps({kind: name, "erased_at": when, "change": change, "files_clear_by": when}))


@main.command("erase-again")
@click.argument(
    "receipts", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path), metavar="FILE..."
)
def erase_again(receipts: tuple[Path, ...]) -> None:
    """Erase what a restored backup has brought back: FILEs hold the receipts of the erasures since, one a line.

    A receipt is what `DELETE` answers, or `matcher erase --receipt` prints. What was stored after its erasure stays.
    """
    from matcher.compose import load_pseudonyms
    from matcher.offline.receipts import erase_again, read_receipts

    found = read_receipts(receipts)
    settings = _settings()
    pseudonyms = load_pseudonyms(settings)
    with _matcher(settings) as matcher:
        done = erase_again(matcher, found, pseudonyms)
    click.echo(f"{done.erased} erased again, {done.absent} not here, {done.written_since} stored since and kept")


@main.command()
@click.option("--apply", is_flag=True, help="Erase them; without it, they are only counted.")
@click.option("--clock-is-right", is_flag=True, help="Go on though the log of changes speaks against the clock.")
@click.option("--really-most", is_flag=True, help="Go on though more than half of all profiles would go.")
def retention(apply: bool, clock_is_right: bool, really_most: bool) -> None:
    """Count, or erase, the profiles whose last contact was more than MATCHER_RETENTION_DAYS ago.

    The last contact is the last change of the profile, or the day of the consent if that is later. One line a profile:
    its pseudonym, as the decision log has it.
    """
    from datetime import UTC, datetime

    from matcher.compose import load_pseudonyms
    from matcher.offline import retention as retaining

    settings = _settings()
    pseudonyms = load_pseudonyms(settings)
    with _matcher(settings) as matcher:
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


def _ready_output() -> None:
    """Make sure that there is a standard output, and that it takes any character, half ones too."""
    import io
    import os

    if sys.stdout is None:
        # Or the database's file, opened next, would get its number.
        sys.stdout = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115 - until the process ends
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")


def _refuse_to_overwrite(output: Path | None, read: Iterable[Path], *, option: str) -> None:
    """Raise where a file that is to be read would be written over first."""
    if output is not None and output.exists() and any(output.samefile(path) for path in read):
        raise click.BadParameter(f"{output} is a file to read: name another", param_hint=option)


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


def _expiry(text: str, *, now: datetime) -> datetime:
    """Return the end of a key's life from a date (its first moment) or a number of days."""
    from datetime import datetime, timedelta

    try:
        if text.isascii() and text.isdigit():
            return now + timedelta(days=int(text))
        return datetime.strptime(text, "%Y-%m-%d").astimezone()
    except (ValueError, OverflowError):
        raise click.BadParameter("write a date (2027-06-30) or a number of days", param_hint="--expires") from None


def _judgements(matcher: Matcher, path: Path | None, side: str) -> Judgements:
    from matcher.offline.judgements import of_feedback, read_judgements

    return read_judgements(path) if path else of_feedback(matcher.feedback.all(), _kind(side))


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


def _replay_all(weights: Weights, log: Path | None) -> None:
    from matcher.compose import load_pseudonyms
    from matcher.offline.reweigh import lines, reweighed

    settings = _settings()
    with _matcher(settings) as matcher:
        found = reweighed(matcher, _log_folder(log), load_pseudonyms(settings), weights=weights)
        for line in lines(found):
            click.echo(line)


def _log_folder(given: Path | None) -> Path:
    settings = _settings()
    return given or settings.decision_log_folder or settings.home / "decisions"


def _kind(side: str) -> Kind:
    from matcher.core.domain import Kind

    return Kind.POSTING if side == "postings" else Kind.PROFILE


def _settings(*, strictly: bool = False) -> Settings:
    """Return the settings, or name every variable that is wrong; one without a meaning is too where they are strict."""
    import os

    from pydantic import ValidationError

    from matcher.settings import Settings, complaints, unknown

    without_meaning = unknown(os.environ)
    try:
        settings = Settings()
    except ValidationError as error:
        raise click.ClickException("\n".join([*complaints(error), *without_meaning])) from None
    if without_meaning and strictly:
        raise click.ClickException("\n".join(without_meaning))
    for sentence in without_meaning:
        click.echo(f"Warning: {sentence}", err=True)
    return settings


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


if __name__ == "__main__":
    main()
