"""Who could meet whom: each posting's best candidates, or the pairs that people asked for, as things stand now."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from matcher.core.domain import Kind
from matcher.core.errors import NotFound
from matcher.engine import Matcher
from matcher.offline.timetable import Meeting


@dataclass(frozen=True, slots=True)
class Meetings:
    """Those that may be, and why the others may not."""

    possible: list[Meeting]
    left_out: Counter[str] = field(default_factory=Counter)
    """How many pairs by the hard constraint that they fail first, or `unknown`: no such posting or profile."""


def best(matcher: Matcher, organisations: frozenset[str], *, top: int) -> Meetings:
    """Return the best candidates of each posting of some organisations: those whom its recruiters may see.

    Args:
        matcher: an open one.
        organisations: ids.
        top: how many candidates of each posting.
    """
    found: list[Meeting] = []
    for matches in matcher.match_all(Kind.POSTING, k=top):
        organisation = matcher.organisation_of(matches[0].posting_id) if matches else None
        if organisation in organisations:
            found += [Meeting(one.posting_id, one.profile_id, organisation, one.score) for one in matches]
    return Meetings(_with_jobs(matcher, found))


def wanted(matcher: Matcher, pairs: Sequence[tuple[str, str]]) -> Meetings:
    """Return those of some pairs of a posting and a profile that pass the hard constraints today.

    Whoever is not visible any more, hides from the organisation or was erased has no interview, whoever asked for it.
    """
    possible: list[Meeting] = []
    left_out: Counter[str] = Counter()
    for posting_id, profile_id in pairs:
        try:
            organisation = matcher.organisation_of(posting_id)
            pair = matcher.pair(posting_id, profile_id)
        except NotFound:
            left_out["unknown"] += 1
            continue
        if pair.explanation is None:
            left_out[pair.excluded_by[0] if pair.excluded_by else "no match"] += 1
        else:
            possible.append(Meeting(posting_id, profile_id, organisation or "", pair.explanation.match.score))
    return Meetings(_with_jobs(matcher, possible), left_out)


def _with_jobs(matcher: Matcher, meetings: Sequence[Meeting]) -> list[Meeting]:
    """Return meetings of which those for variants of one posting are for one job, as rankings show it."""
    jobs = matcher.leaders({one.posting_id for one in meetings})
    return [replace(one, job=jobs.get(one.posting_id, "")) for one in meetings]
