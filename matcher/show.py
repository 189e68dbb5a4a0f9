"""Answers and reports as tables for a terminal."""

from collections.abc import Iterator, Sequence
from functools import partial

from rich import box
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from matcher.answers import Answer
from matcher.core.domain import Kind, Outcome, Posting, Profile, Record, Remote
from matcher.core.errors import MatcherError
from matcher.core.places import REGIONS, place_name
from matcher.core.scoring import Explanation
from matcher.decisions.reading import Entry
from matcher.decisions.replay import Moved, Replayed
from matcher.decisions.verify import Checked
from matcher.engine import Matcher
from matcher.offline.audit import Audit
from matcher.offline.audit_files import limits
from matcher.offline.counterfactual import Moves
from matcher.offline.intake import Report
from matcher.offline.ratios import Attribute, Compared, Measure, Verdict
from matcher.search import Found

PIPED_WIDTH = 120
"""Columns where the output is no terminal."""
SHOWN_REJECTIONS = 10
TOUR_MATCHES = 5

NARROW = "\u202f"
"""A narrow no-break space: where a terminal breaks a line all the same."""

_HEADINGS = {
    "fr": {
        Kind.POSTING: "Offre",
        Kind.PROFILE: "Profil",
        "score": "Score",
        "why": "Pourquoi",
        "nothing": "aucun résultat\u00a0: rien ne remplit ces conditions",
    },
    "en": {
        Kind.POSTING: "Posting",
        Kind.PROFILE: "Profile",
        "score": "Score",
        "why": "Why",
        "nothing": "no result: nothing meets these conditions",
    },
}
_NONE = {
    "fr": {
        Kind.POSTING: "aucun résultat\u00a0: l’offre est close ou hors de ses dates, ou rien ne remplit ses conditions",
        Kind.PROFILE: "aucun résultat\u00a0: aucune offre ouverte ne remplit les conditions du profil",
    },
    "en": {
        Kind.POSTING: "no match: the posting is closed or out of its dates, or nothing meets its conditions",
        Kind.PROFILE: "no match: no open posting meets the profile's conditions",
    },
}
"""Said of a document that has no match."""
_ELIGIBLE = {
    "fr": ("{} sur {} éligible", "{} sur {} éligibles"),
    "en": ("{} of {} eligible", "{} of {} eligible"),
}
"""Of one or none, and of several."""
_VARIANTS = {
    "fr": ("offre identique", "offres identiques"),
    "en": ("identical posting", "identical postings"),
}
"""One, and several."""


def print_tour(out: Console, matcher: Matcher, *, language: str) -> None:
    """Print one answer of each kind: of the first profile and the first posting that say enough to compare."""
    for kind in (Kind.PROFILE, Kind.POSTING):
        shown = next(
            (record for record in map(partial(matcher.get, kind), matcher.ids(kind)) if _telling(record)), None
        )
        if shown is not None:
            answer = (matcher.suggestions if kind is Kind.PROFILE else matcher.candidates)(shown.id, k=TOUR_MATCHES)
            out.print()
            print_answer(out, matcher, shown, answer, language=language)


def _telling(record: Record) -> bool:
    return len(record.skills) >= 4 and bool(record.locations and record.contracts and record.languages)


def console() -> Console:
    """Return a console that is wide enough to read a table through a pipe."""
    found = Console()
    return found if found.is_terminal else Console(width=PIPED_WIDTH)


def print_answer(out: Console, matcher: Matcher, record: Record, answer: Answer, *, language: str) -> None:
    """Print a document and its best matches with their reasons."""
    other = Kind.POSTING if isinstance(record, Profile) else Kind.PROFILE
    table = _table_of(matcher, other, answer.explanations, language, title=_shown(record, language))
    out.print(table if answer.explanations else f"{describe(record, language)}\n{_NONE[language][other.other]}")
    out.print(_how_many(answer.explanations, answer.eligible, language))


def print_found(out: Console, matcher: Matcher, kind: Kind, found: Found, *, language: str) -> None:
    """Print a page of what a search found, with the numbers beside the filters."""
    words = _HEADINGS[language]
    table = _table_of(matcher, kind, found.explanations, language)
    out.print(table if found.explanations else words["nothing"])
    for facet, counts in found.counts.items():
        if not counts:
            continue
        names = {region.code: region.name for region in REGIONS} if facet == "region" else {}
        most = sorted(counts.items(), key=lambda one: (-one[1], one[0]))
        out.print(f"[dim]{facet}: {', '.join(f'{names.get(value, value)} {number}' for value, number in most)}[/dim]")
    out.print(_how_many(found.explanations, found.total, language))


def _table_of(
    matcher: Matcher, kind: Kind, explanations: Sequence[Explanation], language: str, *, title: str | None = None
) -> Table:
    """Return a row a match: the document of a kind, its score and the reasons."""
    words = _HEADINGS[language]
    table = Table(title=title, title_justify="left", show_lines=True)
    table.add_column("#", justify="right")
    table.add_column(words["score"], justify="right")
    table.add_column(words[kind], ratio=2)
    table.add_column(words["why"], ratio=3)
    for explanation in explanations:
        match = explanation.match
        shown = _shown(matcher.get(kind, match.id_of(kind)), language)
        table.add_row(str(match.rank), f"{match.score:.3f}", shown, _reasons(explanation, language))
    return table


def _how_many(shown: Sequence[Explanation], eligible: int, language: str) -> str:
    return f"[dim]{_ELIGIBLE[language][eligible > 1].format(len(shown), eligible)}[/dim]"


def _shown(record: Record, language: str) -> str:
    return f"{describe(record, language)}\n[dim]{plain(record.id)}[/dim]"


_REMOTE = {
    "fr": {Remote.NONE: "sur site", Remote.PARTIAL: "télétravail partiel", Remote.FULL: "télétravail complet"},
    "en": {Remote.NONE: "on site", Remote.PARTIAL: "partly remote", Remote.FULL: "fully remote"},
}


def describe(record: Record, language: str) -> str:
    """Return one or two lines that say what a document is; markup in it is printed as it stands."""
    if isinstance(record, Posting):
        remote = _REMOTE[language][record.remote] if record.remote else ""
        parts = [record.organisation.name if record.organisation else "", _places(record), remote]
        first = record.title
    else:
        parts = [_places(record), _years(record.experience_years, language)]
        first = record.headline
    second = " · ".join(filter(None, parts))
    return plain(f"{first}\n{second}" if second else first)


def print_report(out: Console, report: Report) -> None:
    """Print how many records met which end, and the first rejections by name."""
    say = partial(out.print, soft_wrap=True)  # a line each, whatever reads them
    say(", ".join(f"{report.outcomes[outcome]} {outcome}" for outcome in Outcome))
    for rejection in report.rejections[:SHOWN_REJECTIONS]:
        where = " ".join(filter(None, (rejection.file, rejection.position, rejection.record_id)))
        say(plain(f"  {where}: {rejection.field or 'record'}: {rejection.reason}"), style="yellow")
    more = report.outcomes[Outcome.REJECTED] - SHOWN_REJECTIONS
    if more > 0:
        say(f"  … and {more} more: name a file with --rejects to get them all", style="yellow")


def _reasons(explanation: Explanation, language: str) -> str:
    variants = len(explanation.match.variants)
    more = f" (+{variants} {_VARIANTS[language][variants > 1]})" if variants else ""
    return plain(f"{explanation.sentence[language]}{more}")


def _years(years: float | None, language: str) -> str:
    if not years:
        return ""
    if language == "fr":
        return f"{years:g}".replace(".", ",") + (" ans" if years >= 2 else " an")
    return f"{years:g} year" if years == 1 else f"{years:g} years"


def _places(record: Record) -> str:
    names = [place_name(place.region, place.department, place.city) for place in record.locations]
    return ", ".join(dict.fromkeys(filter(None, names)))


def plain(text: str) -> str:
    """Return a text as a terminal shows it: no markup, and nothing that moves the cursor or colours the screen."""
    return escape("".join(sign if sign.isprintable() or sign == "\n" else " " for sign in text.replace(NARROW, " ")))


def chain_fields(checked: Checked) -> list[str]:
    """Return what there is to say of a chain of the decision log."""
    if checked.broken:
        state = "BROKEN"
    elif checked.cut_off:
        state = "killed within a line"
    else:
        state = "closed" if checked.is_closed else "running or killed"
    times = checked.first_at or "-", checked.last_at or "-"
    return [checked.chain, str(checked.head.number), *times, state, checked.head.hash]


def replay_lines(replayed: Replayed) -> Iterator[str]:
    """Yield what there is to say of a ranking that was made again."""
    if replayed.is_exact:
        yield f"the same: {replayed.places} places with their scores, {replayed.eligible_now} eligible"
    else:
        eligible = f"{replayed.eligible_then} eligible then, {replayed.eligible_now} now"
        yield f"not the same: {len(replayed.moved)} documents in other places or with other scores; {eligible}"
    yield from map(_moved_line, replayed.moved)
    yield from (f"  {id_}: shown with other variants" for id_ in replayed.regrouped)
    then, now = (", ".join(names) or "nothing" for names in replayed.excluded_by)
    if then != now:
        yield f"excluded by {then} then, by {now} now"
    for name, (was, is_now) in replayed.made_by.items():
        yield f"{name} was {was}, is {is_now}"
    if replayed.asker_since:
        yield f"the document that asked was {replayed.asker_since} since"
    for kind in Kind:
        if replayed.changed[kind] or replayed.deleted[kind]:
            yield f"{kind}s since: {replayed.changed[kind]} new or changed, {replayed.deleted[kind]} deleted"
    if not (replayed.is_exact or replayed.is_explained):
        yield "nothing that a ranking hangs on has changed since: one of the two is wrong"


def replayed_line(entry: Entry, found: Replayed | MatcherError) -> str | None:
    """Return what there is to say of one of many rankings that were made again; None where nothing differs.

    Fields between tabs: where it stands in the log, what was asked, and what differs or why it cannot be repeated.
    """
    if isinstance(found, MatcherError):
        told = f"not repeated: {found}"
    elif found.is_exact:
        return None
    else:
        told = "; ".join(line for line in replay_lines(found) if not line.startswith(" "))
    return "\t".join([entry.place, str(entry.line.content["call"]), told])


def _moved_line(moved: Moved) -> str:
    ranks = [f"rank {moved.rank_then}" if moved.rank_then else "not shown"]
    ranks.append(f"rank {moved.rank_now}" if moved.rank_now else "not among the first")
    scores = ["-" if score is None else f"{score:.6f}" for score in (moved.score_then, moved.score_now)]
    step = f" ({moved.rank_then - moved.rank_now:+d})" if moved.rank_then and moved.rank_now else ""
    since = f"; {moved.since} since" if moved.since else ""
    return f"  {moved.id}: {ranks[0]} -> {ranks[1]}{step}, score {scores[0]} -> {scores[1]}{since}"


MOST_ASPECTS = 3
"""Told of a finding: those that make the most of it."""
SHOWN_GAP = 0.0005
_MARKS = {Verdict.BELOW: "▼", Verdict.ABOVE: "▲", Verdict.OPEN: "?"}
_LEGEND = (
    "of best: the impact ratio to the best-placed group (1.00), with its interval. ▼ all of it lies below 4/5, "
    "▲ all of it above 5/4; ? undecided, for it holds 4/5; - too few to compare. Places and exposure are taken beside "
    "what a lot among those eligible for the same postings would give."
)


def print_audit(out: Console, audit: Audit) -> None:
    """Print what rankings did to groups of people: a table an attribute, the findings, and how to read them."""
    say = partial(out.print, highlight=False)
    say(_audited(audit))
    for what, count in sorted(audit.left_out.items()):
        say(f"left out: {count} {what}")
    if not (audit.attributes and audit.rankings):
        return
    for attribute in audit.attributes:
        say(_audit_table(attribute, audit.places))
        if attribute.pooled:
            say(f"[dim]  smaller groups: {plain(', '.join(attribute.pooled))}[/dim]")
    say(f"\n[dim]{_LEGEND}[/dim]")
    if audit.moves:
        say(_moves(audit.moves, audit.places))
    elif audit.twins:
        say(f"\nThe same people in the masculine and in the feminine: of fewer than {audit.smallest} nothing is told.")
    say("\n".join(_findings(audit)))
    for sentence in limits(audit):
        say(f"[dim]- {sentence}[/dim]")


def _audited(audit: Audit) -> str:
    if audit.people < audit.smallest:
        return (
            f"fewer than {audit.smallest} people are visible to recruiters: nothing can be told that is not of persons"
        )
    if not audit.rankings:
        return "no ranking: no posting is open and in its dates, or none was shown"
    units = "organisations" if audit.by_organisation else "postings"
    return (
        f"{audit.people} people who are visible to recruiters; {audit.rankings} rankings for {audit.units} {units}, "
        f"{audit.contested} of them with more eligible people than places"
    )


def _audit_table(attribute: Attribute, places: int | None) -> Table:
    table = Table(title=attribute.name, title_justify="left", box=box.SIMPLE, padding=(0, 1, 0, 0))
    table.add_column("group", ratio=1)
    for heading in ("people", "eligible", "of best", f"first {places}" if places else "shown", "by lot", "of best"):
        table.add_column(heading, justify="right")
    table.add_column("exposure, of best", justify="right")
    for group in attribute.groups:
        eligible, selected, exposed = group.compared
        table.add_row(
            *(plain(group.name), str(group.people), f"{eligible.rate:.1%}", _ratio(eligible)),
            *(f"{selected.rate:.2%}", f"{selected.by_lot:.2%}", _ratio(selected), _ratio(exposed)),
        )
    return table


def _ratio(one: Compared) -> str:
    if one.ratio is None:
        return "-  "
    interval = "" if one.low is None else f" ({one.low:.2f}–{one.high:.2f})"
    return f"{one.ratio:.2f}{interval} {_MARKS.get(one.verdict, ' ')}"


def _moves(moves: Moves, places: int | None) -> str:
    apart = ", ".join(f"{one} and {other}" for one, other in moves.largest)
    return (
        f"\nThe same people in the masculine and in the feminine: {moves.people} of {moves.could_be} whose words have "
        f"both, in {moves.postings} postings, {moves.pairs} pairs. In {moves.within_one:.2%} at most one place apart; "
        f"the feminine further down in {moves.down:.2%}, further up in {moves.up:.2%}; among the first {places} the "
        f"masculine alone: {moves.only_masculine}, the feminine alone: {moves.only_feminine}."
    ) + (f" Furthest apart (rank in the masculine, in the feminine): {apart}." if apart else "")


def _findings(audit: Audit) -> Iterator[str]:
    found: dict[tuple[str, str], list[Compared]] = {}
    gaps = {}
    for attribute, group, one in audit.comparisons:
        if one.verdict in {Verdict.BELOW, Verdict.ABOVE}:
            found.setdefault((attribute.name, group.name), []).append(one)
            gaps[attribute.name, group.name] = group.score_gaps
    count = sum(map(len, found.values()))
    yield f"\n{count} finding(s) in {len(audit.comparisons)} comparisons with the best-placed group"
    for name, told in found.items():
        yield f"  {', '.join(map(plain, name))}: {', '.join(f'{one.measure} {_ratio(one)}' for one in told)}"
        if gaps[name] and any(one.measure is not Measure.ELIGIBILITY for one in told):
            most = sorted(gaps[name].items(), key=lambda gap: -abs(gap[1]))[:MOST_ASPECTS]
            parts = ", ".join(f"{aspect} {gap:+.3f}" for aspect, gap in most if abs(gap) >= SHOWN_GAP)
            yield f"    their best tenth score {sum(gaps[name].values()):+.3f} beside the best tenth of all: {parts}"
