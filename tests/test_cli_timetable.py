"""`matcher timetable`, as its user runs it."""

import csv
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from matcher.cli import main
from matcher.core.domain import Kind, Location, PostingId
from matcher.offline.meetings import best, wanted
from matcher.offline.timetable import Limits, Slot, arrange
from tests.engines import ANA, BOB, DATA, FEW, LAW, Opener

SLOTS = "organisation,start,end\ninsee,2026-12-01T09:00,2026-12-01T09:20\ndinum,2026-12-01T09:00,2026-12-01T09:20\n"
PAIRS = [("data", "ana"), ("law", "bob"), ("data", "nobody"), ("none", "ana")]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("forum")
    env = {"MATCHER_HOME": str(folder)}
    records = folder / "records.jsonl"
    records.write_text(
        '{"id": "data", "title": "Data scientist", "organisation": {"id": "insee"}, "skills": ["Python"]}\n'
        '{"id": "law", "title": "Juriste", "organisation": {"id": "dinum"}}\n'
        '{"id": "ana", "headline": "Data scientist", "skills": ["Python"], "visible_to_recruiters": true}\n'
        '{"id": "bob", "headline": "Juriste", "visible_to_recruiters": true}\n'
        '{"id": "eve", "headline": "Data scientist", "skills": ["Python"]}\n'
    )
    (folder / "slots.csv").write_text(SLOTS)
    assert CliRunner().invoke(main, ["ingest", str(records)], env=env).exit_code == 0
    return folder


def _run(home: Path, *words: str) -> Result:
    env = {"MATCHER_HOME": str(home)}
    return CliRunner().invoke(main, ["timetable", "--slots", str(home / "slots.csv"), *words], env=env)


def test_the_best_meet_at_times_that_suit_both(home: Path) -> None:
    done = _run(home, "--per-posting", "1")
    assert done.exit_code == 0, done.output
    rows = [*csv.DictReader(done.stdout.splitlines())]
    assert [(row["organisation"], row["posting_id"], row["profile_id"]) for row in rows] == [
        ("dinum", "law", "bob"),
        ("insee", "data", "ana"),
    ]
    assert "2 interviews of 2 candidates for 2 postings; 0 seats stay free" in done.stderr


def test_only_wanted_pairs_meet_and_those_who_do_not_agree_are_counted(home: Path) -> None:
    pairs = home / "applications.csv"
    pairs.write_text("posting_id,profile_id\ndata,bob\ndata,eve\ngone,ana\n")
    output = home / "timetable.csv"
    done = _run(home, "--wanted", str(pairs), "--output", str(output))
    assert done.exit_code == 0, done.output
    (row,) = csv.DictReader(output.read_text().splitlines())
    assert (row["posting_id"], row["profile_id"]) == ("data", "bob")
    assert "1 pair(s) left out: visible" in done.stderr
    assert "1 pair(s) left out: unknown" in done.stderr


def test_an_absence_is_kept(home: Path) -> None:
    away = home / "away.csv"
    times = "2026-12-01T08:00,2026-12-01T12:00"
    away.write_text(f"profile_id,start,end\nana,{times}\nmisspelt,{times}\n")
    done = _run(home, "--absences", str(away))
    assert done.exit_code == 0, done.output
    assert ",ana," not in done.stdout
    assert "1 candidate(s) with absences are in no possible meeting" in done.stderr


def test_a_file_that_is_read_is_not_written_over(home: Path) -> None:
    done = _run(home, "--output", str(home / "slots.csv"))
    assert done.exit_code == 2
    assert "is a file to read" in done.stderr
    assert (home / "slots.csv").read_text() == SLOTS


def test_an_output_that_cannot_be_written_is_refused_before_the_work(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("matcher.offline.meetings.best", lambda *_, **__: pytest.fail("it was worked out"))
    refused = _run(home, "--output", str(home / "nowhere" / "t.csv"))
    assert refused.exit_code != 0
    assert "nowhere" in refused.output


def test_slots_of_nobody_s_organisation_are_told(home: Path) -> None:
    other = home / "other.csv"
    other.write_text("organisation,start,end\nelsewhere,2026-12-01T09:00,2026-12-01T09:20\n")
    done = CliRunner().invoke(main, ["timetable", "--slots", str(other)], env={"MATCHER_HOME": str(home)})
    assert done.exit_code == 1
    assert "by their ids" in done.stderr
    assert "no possible meeting for the slots of elsewhere: check the id, and that it has open postings" in done.stderr


def test_meetings_have_the_scores_of_candidates_and_an_erased_person_none(opener: Opener) -> None:
    matcher = opener()
    matcher.put(FEW)
    candidates: dict[tuple[str, str], float] = {
        (one.match.posting_id, one.match.profile_id): one.match.score
        for posting in (DATA, LAW)
        for one in matcher.candidates(posting.id).explanations
    }
    of_all = best(matcher, frozenset({"insee", "dinum"}), top=10)
    assert {(one.posting_id, one.profile_id): one.score for one in of_all.possible} == candidates
    assert {one.organisation for one in best(matcher, frozenset({"insee"}), top=10).possible} == {"insee"}

    asked = wanted(matcher, PAIRS)
    assert {(one.posting_id, one.profile_id): one.score for one in asked.possible} == {
        pair: candidates[pair] for pair in PAIRS[:2]
    }
    assert asked.left_out == {"unknown": 2}

    assert [one.for_job for one in asked.possible] == ["data", "law"]

    matcher.erase(Kind.PROFILE, ANA.id)
    matcher.erase(Kind.PROFILE, BOB.id)
    assert not wanted(matcher, PAIRS).possible


def test_a_posting_that_two_services_have_published_is_one_job(opener: Opener) -> None:
    matcher = opener()
    again = replace(DATA, id=PostingId("again"), organisation=LAW.organisation)
    elsewhere = [
        replace(DATA, id=PostingId(region), locations=(Location(region=region),)) for region in ("Bretagne", "Corse")
    ]
    matcher.put([DATA, again, LAW, ANA, *elsewhere])
    assert matcher.leaders(["data", "law", "again", "gone"]) == {"again": "again", "data": "again", "law": "law"}
    assert len({*matcher.leaders(["Bretagne", "Corse"]).values()}) == 2, "two places are two jobs"
    found = wanted(matcher, [("data", "ana"), ("again", "ana")]).possible
    slots = [
        Slot(organisation, datetime(2026, 12, 1, hour), datetime(2026, 12, 1, hour, 20))  # noqa: DTZ001 - the wall's
        for organisation, hour in (("insee", 9), ("dinum", 10))
    ]
    assert len(found) == 2
    assert len(arrange(found, slots, limits=Limits()).interviews) == 1
    of_all = best(matcher, frozenset({"insee", "dinum"}), top=10).possible
    assert len({one.for_job for one in of_all if one.posting_id in {"data", "again"}}) == 1
