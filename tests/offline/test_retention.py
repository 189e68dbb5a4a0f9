"""Who has had no contact for too long goes, and nobody else: not by a wrong clock, not while they come back."""

import json
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from matcher.cli import main
from matcher.core.domain import Kind, Profile, ProfileId
from matcher.core.errors import RetentionRefused, StoreUnavailable
from matcher.core.storing import Logged
from matcher.decisions.pseudonyms import open_pseudonyms
from matcher.engine import Matcher
from matcher.offline import retention
from matcher.offline.retention import Clock
from matcher.stores import SqlStore, open_store
from matcher.stores.tables import change_log
from tests.api.conftest import open_on

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
DAYS = 730
OLD, FRESH = DAYS + 1, DAYS - 1
AGES = (OLD + 1, OLD, *range(700, -1, -50))
"""Of the profiles of a forum to which somebody came again and again, in the order of its log."""


def _person(id_: str, *, consented_at: date | None = None) -> Profile:
    return Profile(ProfileId(id_), "Data scientist", visible_to_recruiters=True, consented_at=consented_at)


@pytest.fixture
def matcher(tmp_path: Path) -> Iterator[Matcher]:
    opened = open_on(tmp_path / "home")
    yield opened
    opened.close()


def _date(home: Path, days_ago: Mapping[str, float], *, now: datetime = NOW) -> None:
    """Make the log say that each document was written so many days ago."""
    store: SqlStore = open_store(None, home=home)
    with store._database.writing() as connection:
        for id_, days in days_ago.items():
            at = now - timedelta(days=days)
            connection.execute(change_log.update().where(change_log.c.id == id_).values(at=at))
    store.close()


@pytest.fixture
def store(matcher: Matcher, tmp_path: Path) -> Callable[..., None]:
    def write(**days_ago: float) -> None:
        matcher.put([_person(id_) for id_ in days_ago])
        _date(tmp_path / "home", days_ago)

    return write


def _expired(matcher: Matcher) -> Sequence[str]:
    return retention.expired(matcher, days=DAYS, now=NOW).ids


def test_the_last_change_counts(matcher: Matcher, store: Callable[..., None]) -> None:
    store(first=OLD + 9, second=OLD, edge=DAYS, fresh=FRESH)
    assert _expired(matcher) == ["first", "second"], "the longest ago first"
    matcher.put([replace(_person("first"), summary="I am still here.")])
    assert _expired(matcher) == ["second"]


def test_a_later_consent_counts_and_an_earlier_one_does_not(matcher: Matcher, tmp_path: Path) -> None:
    today = NOW.date()
    matcher.put([_person("again", consented_at=today - timedelta(days=FRESH))])
    matcher.put([_person("once", consented_at=today - timedelta(days=OLD + 5))])
    _date(tmp_path / "home", {"again": OLD, "once": OLD})
    assert _expired(matcher) == ["once"]


def test_a_consent_of_a_day_to_come_keeps_nobody(matcher: Matcher, tmp_path: Path) -> None:
    """As an earlier version has taken it: nobody has given it when the record was written."""
    matcher.put([_person("typo", consented_at=date(2062, 1, 1)), _person("far east", consented_at=NOW.date())])
    _date(tmp_path / "home", {"typo": OLD, "far east": OLD})
    assert _expired(matcher) == ["typo"]


def test_who_was_erased_and_what_is_no_profile_is_not_found(matcher: Matcher, store: Callable[..., None]) -> None:
    store(ana=OLD, bob=OLD)
    matcher.erase(Kind.PROFILE, "ana")
    found = retention.expired(matcher, days=DAYS, now=NOW)
    assert (found.ids, found.profiles) == (["bob"], 1)


def test_erasing_takes_who_expired_and_keeps_the_rest(matcher: Matcher, store: Callable[..., None]) -> None:
    store(ana=OLD, bob=OLD, cam=FRESH)
    assert retention.erase(matcher, retention.expired(matcher, days=DAYS, now=NOW)) == 2
    assert matcher.ids(Kind.PROFILE) == ["cam"]
    assert matcher.fsck() == []


def test_who_comes_back_meanwhile_is_kept(matcher: Matcher, store: Callable[..., None]) -> None:
    store(ana=OLD, bob=OLD, cam=OLD)
    found = retention.expired(matcher, days=DAYS, now=NOW)
    matcher.put([replace(_person("bob"), summary="Wait!")])
    matcher.delete(Kind.PROFILE, "cam")
    assert retention.erase(matcher, found) == 1
    assert matcher.ids(Kind.PROFILE) == ["bob"]


def test_a_retention_that_breaks_off_leaves_nothing_of_who_went_in_the_snapshot(
    matcher: Matcher, store: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    def away() -> int:
        raise StoreUnavailable("the database is away")

    store(ana=OLD, bob=FRESH)
    found = retention.expired(matcher, days=DAYS, now=NOW)
    matcher.snapshot()
    monkeypatch.setattr(matcher, "forget_orphans", away)
    with pytest.raises(StoreUnavailable):
        retention.erase(matcher, found)
    assert matcher.ids(Kind.PROFILE) == ["bob"]
    assert matcher.sweep(within_s=0) is False, "it was swept"


def test_what_is_written_while_the_log_is_read_says_nothing_of_the_clock(
    matcher: Matcher, store: Callable[..., None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store(ana=DAYS + 50, **{f"at-{days}": days for days in range(DAYS - 1, -1, -50)})
    history = matcher.history

    def slowly(*, up_to: int) -> Iterator[Logged]:
        matcher.put([_person("late")])
        _date(tmp_path / "home", {"late": -0.01})
        return history(up_to=up_to)

    monkeypatch.setattr(matcher, "history", slowly)
    found = retention.expired(matcher, days=DAYS, now=NOW)
    assert found.ids == ["ana"]
    retention.check(found)


def test_nobody_to_erase_writes_nothing(matcher: Matcher, store: Callable[..., None], tmp_path: Path) -> None:
    store(ana=FRESH)
    assert retention.erase(matcher, retention.expired(matcher, days=DAYS, now=NOW)) == 0
    assert not (tmp_path / "home" / "snapshots").exists()


def _found(expired: int, profiles: int, *, newest_days_ago: float = 0) -> retention.Expired:
    return _doubtful(Clock(NOW, NOW - timedelta(days=newest_days_ago)), expired=expired, profiles=profiles)


def _doubtful(clock: Clock, *, expired: int = 5, profiles: int = 100) -> retention.Expired:
    return retention.Expired([str(number) for number in range(expired)], profiles, clock, 1)


@pytest.mark.parametrize(
    ("found", "flag", "words"),
    [
        (_found(0, 10, newest_days_ago=-0.01), "clock_is_right", "behind the newest change"),
        (_doubtful(Clock(NOW, NOW, timedelta(days=1096))), "clock_is_right", "after 1096 days of silence"),
        (_doubtful(Clock(NOW, NOW, database=NOW - timedelta(days=1096))), None, "the database's 2023-11-24 12:00"),
        (_doubtful(Clock(NOW, NOW, database=NOW + timedelta(hours=2)), expired=0), None, "set them right"),
        (_found(5, 100, newest_days_ago=61), "clock_is_right", "--clock-is-right"),
        (_found(51, 100), "really_most", "51 of 100"),
        (_found(21, 21), "really_most", "--really-most"),
    ],
)
def test_what_looks_like_a_mistake_is_refused_until_somebody_says_it_is_none(
    found: retention.Expired, flag: str | None, words: str
) -> None:
    with pytest.raises(RetentionRefused, match=words):
        retention.check(found)
    if flag:
        retention.check(found, **{flag: True})


@pytest.mark.parametrize(
    "found",
    [
        _found(0, 0),
        _found(0, 9, newest_days_ago=99),
        _found(50, 100),
        _found(20, 20),
        _found(0, 10, newest_days_ago=-0.0006),
        _doubtful(Clock(NOW)),
        _doubtful(Clock(NOW, NOW, timedelta(days=59), NOW + timedelta(minutes=5))),
        _doubtful(Clock(NOW, NOW, timedelta(days=99)), expired=0),
    ],
)
def test_what_is_usual_passes(found: retention.Expired) -> None:
    retention.check(found)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in [name for name in os.environ if name.startswith("MATCHER_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("MATCHER_HOME", str(tmp_path / "cli"))
    monkeypatch.setenv("MATCHER_MODEL", "words")
    people = [{"id": f"person-{number}", "headline": "Data scientist"} for number in range(len(AGES))]
    path = tmp_path / "people.jsonl"
    path.write_text("".join(f"{json.dumps(one)}\n" for one in people), encoding="utf-8")
    assert CliRunner().invoke(main, ["ingest", str(path)]).exit_code == 0
    _date(tmp_path / "cli", {f"person-{n}": age for n, age in enumerate(AGES)}, now=datetime.now(UTC))
    return tmp_path / "cli"


def _run(*arguments: str) -> Result:
    return CliRunner().invoke(main, [*arguments])


@pytest.mark.no_cover  # others run the same lines; measured, it takes twice as long
def test_the_command_counts_first_and_erases_when_it_is_told(home: Path) -> None:
    pseudonyms = [open_pseudonyms(home).of_profile(id_) for id_ in ("person-0", "person-1")]
    counted = _run("retention")
    assert (counted.exit_code, counted.stdout.split()) == (0, pseudonyms)
    assert "2 of 17 profiles would go" in counted.stderr
    erased = _run("retention", "--apply")
    assert (erased.exit_code, erased.stdout.split()) == (0, pseudonyms)
    assert "2 of 17 profiles erased" in erased.stderr
    assert "person-" not in counted.output + erased.output
    assert _run("retention").stderr.startswith("0 of 15")
    assert _run("fsck").output.startswith("0 postings, 15 profiles")


def test_the_command_refuses_by_a_clock_that_is_behind(home: Path) -> None:
    _date(home, {"person-16": -3}, now=datetime.now(UTC))
    for arguments in (["retention"], ["retention", "--apply", "--really-most"]):
        refused = _run(*arguments)
        assert refused.exit_code == 1
        assert "the clock is behind" in refused.stderr
    assert _run("fsck").output.startswith("0 postings, 17 profiles")
    # Once another clock was ahead, this one is behind for years: somebody may say which of them is right.
    assert "2 of 17 profiles erased" in _run("retention", "--apply", "--clock-is-right").stderr


def test_a_clock_that_has_jumped_ahead_erases_nobody(matcher: Matcher, tmp_path: Path) -> None:
    ages = range(1000, -1, -50)
    for days in ages:
        matcher.put([_person(f"at-{days}")])
    _date(tmp_path / "home", {f"at-{days}": days for days in ages}, now=NOW)
    for jump in (timedelta(days=200), timedelta(days=3 * 365)):
        ahead = NOW + jump
        silent = retention.expired(matcher, days=DAYS, now=ahead)
        assert len(silent.ids) > len(_expired(matcher))
        with pytest.raises(RetentionRefused, match=f"nothing was written for {jump.days} days"):
            retention.check(silent, really_most=True)
        # Nor when somebody has come since.
        matcher.put([_person(f"since-{jump.days}")])
        _date(tmp_path / "home", {f"since-{jump.days}": 1}, now=ahead)
        written = retention.expired(matcher, days=DAYS, now=ahead)
        with pytest.raises(RetentionRefused, match="the clock may have jumped"):
            retention.check(written, really_most=True)
        matcher.delete(Kind.PROFILE, f"since-{jump.days}")
        _forget_times(tmp_path / "home", after=NOW)
    retention.check(retention.expired(matcher, days=DAYS, now=NOW))


def _forget_times(home: Path, *, after: datetime) -> None:
    """Make the log say that what a clock which was ahead has dated was written in time."""
    store: SqlStore = open_store(None, home=home)
    with store._database.writing() as connection:
        connection.execute(change_log.update().where(change_log.c.at > after).values(at=after))
    store.close()


def test_a_forum_that_has_opened_again_erases_after_a_week(matcher: Matcher, tmp_path: Path) -> None:
    ages = {"ana": OLD, "bob": 300, "cam": 6}
    for id_ in ages:
        matcher.put([_person(id_)])
    _date(tmp_path / "home", ages)
    with pytest.raises(RetentionRefused, match="294 days of silence"):
        retention.check(retention.expired(matcher, days=DAYS, now=NOW))
    retention.check(retention.expired(matcher, days=DAYS, now=NOW + timedelta(days=2)))


def test_what_a_clock_that_was_behind_has_dated_is_not_older_than_what_came_before(
    matcher: Matcher, tmp_path: Path
) -> None:
    ages = {"ana": OLD, "bob": FRESH, "cam": 9 * 365, "dan": 10}
    for id_ in ages:
        matcher.put([_person(id_)])
    _date(tmp_path / "home", ages)
    assert _expired(matcher) == ["ana"]


def test_what_a_clock_that_was_ahead_has_dated_makes_nobody_younger(matcher: Matcher, tmp_path: Path) -> None:
    ages = {"ana": OLD + 1, "bob": -3 * 365, "cam": OLD, "dan": FRESH}
    for id_ in ages:
        matcher.put([_person(id_)])
    _date(tmp_path / "home", ages)
    assert _expired(matcher) == ["ana", "cam"]


def test_a_database_on_another_machine_is_asked_for_the_time(postgres_store: SqlStore) -> None:
    told = postgres_store.clock()
    assert told is not None
    assert abs(told - datetime.now(UTC)) < retention.APART
