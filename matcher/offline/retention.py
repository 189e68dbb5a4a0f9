"""Profiles that nobody has touched for too long: found, and erased if nothing speaks against it."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

from matcher.core.domain import Kind, Profile, Record
from matcher.core.errors import NotFound, RetentionRefused
from matcher.engine import Matcher

MOST = 0.5
"""The share of all profiles that may go at once; more is a wrong clock or a wrong setting."""
FEW = 20
"""So many may go whatever their share."""
SILENCE = timedelta(days=60)
"""A forum in which nothing was written for so long has closed, or the clock is ahead."""


@dataclass(frozen=True, slots=True)
class Expired:
    """The profiles whose last contact is too long ago."""

    ids: Sequence[str]
    """The longest ago first."""
    profiles: int
    """How many there are in all."""
    before: datetime
    newest: datetime | None
    """When anything was last written."""
    now: datetime
    sequence: int
    """The last change of the log before anything was looked up."""


def expired(matcher: Matcher, *, days: int, now: datetime) -> Expired:
    """Return the profiles whose last contact was more than `days` days before `now`.

    The last contact is the last change of the profile, or the day of the consent if that is later.

    Args:
        matcher: open.
        days: for how long profiles are kept.
        now: the clock, with its zone.
    """
    before = now - timedelta(days=days)
    sequence = matcher.sequence
    written = matcher.last_written(Kind.PROFILE)
    old = sorted((at, id_) for id_, at in written.items() if at < before)
    ids = [id_ for _, id_ in old if not _consented_since(matcher, id_, before)]
    return Expired(ids, len(written), before, matcher.newest_change(), now, sequence)


def check(found: Expired, *, clock_is_right: bool = False, really_most: bool = False) -> None:
    """Make sure that these profiles can be meant.

    Args:
        found: who would be erased.
        clock_is_right: somebody has looked at the clock.
        really_most: somebody means more than half of all profiles.

    Raises:
        RetentionRefused: they cannot.
    """
    if found.newest and found.now < found.newest:
        raise RetentionRefused("the clock is behind the newest change in the database: set it right")
    if found.ids and found.newest and found.now - found.newest > SILENCE and not clock_is_right:
        raise RetentionRefused(
            f"nothing was written for {(found.now - found.newest).days} days: if the clock is right, say so with "
            "--clock-is-right"
        )
    if len(found.ids) > max(FEW, MOST * found.profiles) and not really_most:
        raise RetentionRefused(
            f"{len(found.ids)} of {found.profiles} profiles would go: if that is meant, say so with --really-most"
        )


def erase(matcher: Matcher, found: Expired) -> int:
    """Erase profiles, then replace the snapshot; return how many there were.

    A profile that somebody has written since they were looked up is kept.

    Raises:
        StoreUnavailable: the snapshot could not be replaced; the profiles are deleted all the same.
    """
    seen, written = found.sequence, set[str]()

    def keep_what_was_written(stored: Record | None) -> None:
        # In the transaction that deletes: nobody else can write now.
        nonlocal seen
        for change in matcher.changes(seen):
            seen = change.sequence
            written.add(change.id)
        if stored is not None and stored.id in written:
            raise _Written

    erased = 0
    for id_ in found.ids:
        with suppress(NotFound, _Written):  # somebody else was quicker
            matcher.delete(Kind.PROFILE, id_, guard=keep_what_was_written)
            erased += 1
    if erased:
        matcher.sweep(within_s=0)
    return erased


class _Written(Exception):
    """A profile is not what it was."""


def _consented_since(matcher: Matcher, profile_id: str, before: datetime) -> bool:
    try:
        profile: Profile = matcher.get_profile(profile_id)
    except NotFound:
        return False
    return profile.consented_at is not None and datetime.combine(profile.consented_at, time.min, UTC) >= before
