"""Who has had no contact for too long goes, and nobody else: not by a wrong clock, not while they come back."""

import json
import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from matcher.cli import main
from matcher.core.domain import Kind, Profile, ProfileId
from matcher.core.errors import RetentionRefused
from matcher.decisions.pseudonyms import open_pseudonyms
from matcher.engine import Matcher
from matcher.offline import retention
from matcher.stores import SqlStore, open_store
from matcher.stores.tables import change_log
from tests.api.conftest import open_on

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
DAYS = 730
OLD, FRESH = DAYS + 1, DAYS - 1


def _person(id_: str, *, consented_at: date | None = None) -> Profile:
    return Profile(ProfileId(id_), "Data scientist", visible_to_recruiters=True, consented_at=consented_at)


@pytest.fixture
def matcher(tmp_path: Path) -> Iterator[Matcher]:
    opened = open_on(tmp_path / "home")
    yield opened
    opened.close()


def _date(home: Path, days_ago: dict[str, float], *, now: datetime = NOW) -> None:
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


def test_nobody_to_erase_writes_nothing(matcher: Matcher, store: Callable[..., None], tmp_path: Path) -> None:
    store(ana=FRESH)
    assert retention.erase(matcher, retention.expired(matcher, days=DAYS, now=NOW)) == 0
    assert not (tmp_path / "home" / "snapshots").exists()


def _found(expired: int, profiles: int, *, newest_days_ago: float = 0) -> retention.Expired:
    ids = [str(number) for number in range(expired)]
    return retention.Expired(ids, profiles, NOW - timedelta(days=DAYS), NOW - timedelta(days=newest_days_ago), NOW, 1)


@pytest.mark.parametrize(
    ("found", "flag", "words"),
    [
        (_found(0, 10, newest_days_ago=-0.01), None, "behind the newest change"),
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


@pytest.mark.parametrize("found", [_found(0, 0), _found(0, 9, newest_days_ago=99), _found(50, 100), _found(20, 20)])
def test_what_is_usual_passes(found: retention.Expired) -> None:
    retention.check(found)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in [name for name in os.environ if name.startswith("MATCHER_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("MATCHER_HOME", str(tmp_path / "cli"))
    monkeypatch.setenv("MATCHER_MODEL", "words")
    people = [{"id": f"person-{number}", "headline": "Data scientist"} for number in range(5)]
    path = tmp_path / "people.jsonl"
    path.write_text("".join(f"{json.dumps(one)}\n" for one in people), encoding="utf-8")
    assert CliRunner().invoke(main, ["ingest", str(path)]).exit_code == 0
    _date(tmp_path / "cli", {"person-1": OLD, "person-3": OLD + 1}, now=datetime.now(UTC))
    return tmp_path / "cli"


def _run(*arguments: str) -> Result:
    return CliRunner().invoke(main, [*arguments])


def test_the_command_counts_first_and_erases_when_it_is_told(home: Path) -> None:
    pseudonyms = [open_pseudonyms(home).of_profile(id_) for id_ in ("person-3", "person-1")]
    counted = _run("retention")
    assert (counted.exit_code, counted.stdout.split()) == (0, pseudonyms)
    assert "2 of 5 profiles would go" in counted.stderr
    erased = _run("retention", "--apply")
    assert (erased.exit_code, erased.stdout.split()) == (0, pseudonyms)
    assert "2 of 5 profiles erased" in erased.stderr
    assert "person-" not in counted.output + erased.output
    assert _run("retention").stderr.startswith("0 of 3")
    assert _run("fsck").output.startswith("0 postings, 3 profiles")


def test_the_command_refuses_by_a_clock_that_is_behind(home: Path) -> None:
    _date(home, {"person-4": -3}, now=datetime.now(UTC))
    for arguments in (["retention"], ["retention", "--apply", "--clock-is-right", "--really-most"]):
        refused = _run(*arguments)
        assert refused.exit_code == 1
        assert "the clock is behind" in refused.stderr
    assert _run("fsck").output.startswith("0 postings, 5 profiles")
