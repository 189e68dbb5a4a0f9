"""Profiles that nobody has touched for too long: found, and erased if nothing speaks against it."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

from matcher.core.domain import Kind, Profile
from matcher.core.errors import NotFound, RetentionRefused
from matcher.engine import Matcher
from matcher.offline.unwritten import Unwritten, WrittenSince

MOST = 0.5
"""The share of all profiles that may go at once; more is a wrong clock or a wrong setting."""
FEW = 20
"""So many may go whatever their share."""
SILENCE = timedelta(days=60)
"""A forum in which nothing was written for so long has closed, or the clock is ahead."""
SETTLED = timedelta(days=7)
"""After such a silence the clock is trusted when what was written since is older than this."""
AHEAD = timedelta(minutes=1)
"""How far ahead of this clock another process's may be: several machines write, each by its own."""
APART = timedelta(hours=1)
"""How far the database's clock, where it has its own, may be from this machine's."""


ZONES = timedelta(days=1)
"""By how much a day may have begun elsewhere before it does here; one that lies further ahead is a mistake."""


@dataclass(frozen=True, slots=True)
class Expired:
    """The profiles whose last contact is too long ago."""

    ids: Sequence[str]
    """The longest ago first."""
    profiles: int
    """How many there are in all."""
    clock: "Clock"
    sequence: int
    """The last change of the log before anything was looked up."""


@dataclass(frozen=True, slots=True)
class Clock:
    """The clock by which profiles expire, and what the database has to say of it."""

    now: datetime
    newest: datetime | None = None
    """When anything was last written."""
    leap: timedelta = timedelta(0)
    """The longest silence that has ended within SETTLED: the forum has opened again, or the clock has jumped."""
    database: datetime | None = None
    """The time at the database; None where its clock is this one."""


def expired(matcher: Matcher, *, days: int, now: datetime) -> Expired:
    """Return the profiles whose last contact was more than `days` days before `now`.

    The last contact is the last change of the profile, or the day of the consent if that is later and has come. A
    change was not before the one that the log has before it, whatever a clock that was behind had it say.

    Args:
        matcher: open.
        days: for how long profiles are kept.
        now: the clock, with its zone.
    """
    before = now - timedelta(days=days)
    sequence = matcher.sequence
    contacts, clock = _contacts(matcher, up_to=sequence, now=now)
    old = sorted((at, id_) for id_, at in contacts.items() if at < before)
    ids = [id_ for _, id_ in old if not _consented_between(matcher, id_, before, now + ZONES)]
    return Expired(ids, len(contacts), clock, sequence)


def _contacts(matcher: Matcher, *, up_to: int, now: datetime) -> tuple[dict[str, datetime], Clock]:
    """Return when each profile that exists was last written, by id, and what that tells of the clock.

    What is written after `up_to`, while this reads, is later than `now` and tells nothing of the clock.
    """
    found: dict[str, datetime] = {}
    newest: datetime | None = None
    latest: datetime | None = None
    leap = timedelta(0)
    for kind, id_, at in matcher.history(up_to=up_to):
        newest = max(at, newest or at)
        if at <= now:
            if latest and now - at < SETTLED:
                leap = max(leap, at - latest)
            latest = max(at, latest or at)
        if kind is Kind.PROFILE:
            # One that lies ahead was written by a clock that was: nobody knows when, and so it stands.
            found[id_] = max(at, latest or at)
    written = matcher.last_written(Kind.PROFILE)
    contacts = {id_: max(at, found.get(id_, at)) for id_, at in written.items()}
    return contacts, Clock(now, newest, leap, matcher.database_clock())


def check(found: Expired, *, clock_is_right: bool = False, really_most: bool = False) -> None:
    """Make sure that these profiles can be meant.

    Args:
        found: who would be erased.
        clock_is_right: somebody has looked at the clock: what the log says against it is another clock's mistake.
        really_most: somebody means more than half of all profiles.

    Raises:
        RetentionRefused: they cannot.
    """
    clock = found.clock
    if clock.database and abs(clock.database - clock.now) > APART:
        raise RetentionRefused(
            f"this machine's clock says {clock.now:%Y-%m-%d %H:%M}, the database's {clock.database:%Y-%m-%d %H:%M} "
            "(UTC): set them right"
        )
    doubt = _doubt(clock, erases=bool(found.ids))
    if doubt and not clock_is_right:
        raise RetentionRefused(f"{doubt}: if the clock is right, say so with --clock-is-right")
    if len(found.ids) > max(FEW, MOST * found.profiles) and not really_most:
        raise RetentionRefused(
            f"{len(found.ids)} of {found.profiles} profiles would go: if that is meant, say so with --really-most"
        )


def _doubt(clock: Clock, *, erases: bool) -> str:
    """Return what speaks against the clock, nothing if it is to be trusted."""
    if clock.newest and clock.newest - clock.now > AHEAD:
        return "the clock is behind the newest change in the database"
    silence = clock.now - clock.newest if clock.newest else timedelta(0)
    if erases and silence > SILENCE:
        return f"nothing was written for {silence.days} days"
    if erases and clock.leap > SILENCE:
        return f"the clock may have jumped: what was written this week comes after {clock.leap.days} days of silence"
    return ""


def erase(matcher: Matcher, found: Expired) -> int:
    """Erase profiles, then replace the snapshot; return how many there were. Feedback on who is not stored goes, too.

    A profile that somebody has written since they were looked up is kept.

    Raises:
        StoreUnavailable: the snapshot could not be replaced; the profiles are deleted all the same.
    """
    unwritten = Unwritten(matcher, sequence=found.sequence)
    erased = forgotten = 0
    try:
        for id_ in found.ids:
            with suppress(NotFound, WrittenSince):  # somebody else was quicker
                unwritten.delete(Kind.PROFILE, id_)
                erased += 1
        forgotten = matcher.forget_orphans()
    finally:
        if forgotten or erased:
            matcher.sweep(within_s=0)
    return erased


def _consented_between(matcher: Matcher, profile_id: str, first: datetime, last: datetime) -> bool:
    try:
        profile: Profile = matcher.get_profile(profile_id)
    except NotFound:
        return False
    return profile.consented_at is not None and first <= datetime.combine(profile.consented_at, time.min, UTC) <= last
