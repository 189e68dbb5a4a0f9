"""An audit counts what the engine serves, of those alone who may be seen, and names nobody."""

import csv
import json
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from matcher.core.domain import (
    Contract,
    Kind,
    Location,
    Organisation,
    OrganisationId,
    Posting,
    PostingId,
    PostingStatus,
    Profile,
    ProfileId,
    Situation,
)
from matcher.core.errors import UnreadableFile
from matcher.core.pages import LOT_BYTES
from matcher.core.scoring import Circumstances
from matcher.decisions.entry import Asker, Call, Decision, places
from matcher.decisions.log import DecisionLog
from matcher.decisions.pseudonyms import Pseudonyms
from matcher.engine import Matcher
from matcher.offline import audit_files, twins
from matcher.offline.audit import Audit, of_forum, of_log
from matcher.offline.counterfactual import forms_of
from matcher.offline.groups import groups_of
from matcher.offline.logged import GONE, Page, joined
from matcher.offline.ratios import Measure, Verdict
from matcher.show import console, print_audit
from tests.engines import FORUM, RECORDS, TODAY, Opener, in_memory

PLACES = 3


@pytest.fixture
def filled(tmp_path: Path) -> Matcher:
    matcher = in_memory(folder=tmp_path)
    matcher.put(RECORDS)
    return matcher


def _audit(matcher: Matcher, *, smallest: int = 1, twins: int = 0) -> Audit:
    return of_forum(matcher, day=TODAY, places=PLACES, smallest=smallest, twins=twins)


def _rates(audit: Audit, name: str) -> dict[str, tuple[int, list[float]]]:
    (found,) = (one for one in audit.attributes if one.name == name)
    return {group.name: (group.people, [one.rate for one in group.compared]) for group in found.groups}


def test_rates_are_those_of_the_single_answers(filled: Matcher) -> None:
    audit = _audit(filled)
    visible = [profile for profile in FORUM.profiles if profile.visible_to_recruiters]
    assert (audit.people, audit.hidden) == (len(visible), len(FORUM.profiles) - len(visible))
    group_of = {profile.id: groups_of(profile)["situation"] for profile in visible}
    sizes, passed, ranked, shown = (defaultdict[str, int](int) for _ in range(4))
    for group in group_of.values():
        sizes[group] += 1
    postings = [posting.id for posting in FORUM.postings if posting.id in filled.open_postings()]
    for posting in postings:
        found = [one.match.profile_id for one in filled.candidates(posting, k=1000).explanations]
        for rank, profile in enumerate(found, start=1):
            passed[group_of[profile]] += 1
            if len(found) > PLACES:
                ranked[group_of[profile]] += 1
                shown[group_of[profile]] += rank <= PLACES
    assert audit.rankings == len(postings)
    told = _rates(audit, "situation")
    assert {name: people for name, (people, _) in told.items()} == sizes
    for name, (people, (eligibility, selection, _)) in told.items():
        assert eligibility == pytest.approx(passed[name] / (people * len(postings)))
        assert selection == pytest.approx(shown[name] / ranked[name])


def _people(count: int, *, situation: Situation, headline: str) -> list[Profile]:
    names = [ProfileId(f"{situation.value}-{number:02}") for number in range(count)]
    return [Profile(name, headline, situation=situation, visible_to_recruiters=True) for name in names]


def _postings(count: int, title: str = "Data scientist") -> list[Posting]:
    made = range(count)
    return [
        Posting(PostingId(f"p{number}"), title, organisation=Organisation(OrganisationId(f"o{number}")))
        for number in made
    ]


def test_who_may_not_be_seen_counts_nowhere(opener: Opener) -> None:
    matcher = opener()
    public = _people(20, situation=Situation.PUBLIC, headline="Data scientist")
    private = _people(20, situation=Situation.PRIVATE, headline="Data scientist")
    not_visible = [replace(one, id=ProfileId(f"hidden {one.id}"), visible_to_recruiters=False) for one in private[:5]]
    closed = replace(_postings(1)[0], id=PostingId("closed"), status=PostingStatus.CLOSED)
    past = replace(_postings(1)[0], id=PostingId("past"), valid_through=date(2026, 1, 1))
    matcher.put([*_postings(12), closed, past, *public, *private, *not_visible])
    before = _audit(matcher)
    assert (before.people, before.hidden, before.rankings, before.units) == (40, 5, 12, 12)
    assert {people for people, _ in _rates(before, "situation").values()} == {20}

    matcher.erase(Kind.PROFILE, private[0].id)
    matcher.put([replace(private[1], visible_to_recruiters=False)])
    hides = tuple(OrganisationId(f"o{number}") for number in range(3))
    matcher.put([replace(private[2], hidden_from=hides)])
    after = _audit(matcher)
    assert (after.people, after.hidden) == (38, 6)
    people, rates = _rates(after, "situation")["private"]
    assert people == 18
    assert rates[0] == pytest.approx((18 * 12 - 3) / (18 * 12)), "hiding from somebody is a hard constraint"


def test_hard_constraints_and_ranking_are_told_apart(opener: Opener) -> None:
    """One group is kept out by its place, another is eligible and stands behind, for its words are others."""
    matcher = opener()
    away = [
        replace(one, locations=(Location(region="Corse"),))
        for one in _people(30, situation=Situation.OTHER, headline="Data scientist")
    ]
    behind = _people(30, situation=Situation.PRIVATE, headline="Plombier chauffagiste")
    ahead = _people(30, situation=Situation.PUBLIC, headline="Data scientist")
    here = [replace(one, locations=(Location(region="Bretagne"),)) for one in _postings(12)]
    matcher.put([*here, *away, *behind, *ahead])
    audit = of_forum(matcher, day=TODAY, places=20, smallest=5, twins=0)
    (situations,) = (one for one in audit.attributes if one.name == "situation")
    found = {group.name: {one.measure: one for one in group.compared} for group in situations.groups}
    assert found["other"][Measure.ELIGIBILITY].verdict is Verdict.BELOW
    assert found["other"][Measure.ELIGIBILITY].rate == 0
    assert found["other"][Measure.SELECTION].verdict is Verdict.FEW
    assert found["private"][Measure.ELIGIBILITY].verdict in {Verdict.NONE, Verdict.BEST}
    assert found["private"][Measure.SELECTION].verdict is Verdict.BELOW
    assert found["public"][Measure.SELECTION].verdict is Verdict.BEST
    assert {
        (group.name, one.measure) for attribute, group, one in audit.comparisons if one.verdict is Verdict.BELOW
    } >= {
        ("other", Measure.ELIGIBILITY),
        ("private", Measure.SELECTION),
    }


def test_of_few_nothing_is_told(filled: Matcher, capsys: pytest.CaptureFixture[str]) -> None:
    audit = _audit(filled, smallest=9)
    assert audit.attributes
    assert min(group.people for attribute in audit.attributes for group in attribute.groups) >= 9
    few = _audit(filled, smallest=100)
    assert few.attributes == []
    assert audit_files.document(few)["people"] == "fewer than 100"
    print_audit(console(), few)
    assert capsys.readouterr().out.startswith("fewer than 100 people")


@pytest.mark.parametrize(("both", "told"), [(3, None), (9, None), (10, 10)])
def test_of_few_twins_nothing_is_told(
    opener: Opener, tmp_path: Path, capsys: pytest.CaptureFixture[str], both: int, told: int | None
) -> None:
    matcher = opener()
    summary = "Je suis dans les données de la ville depuis dix ans."
    people = _people(12, situation=Situation.PUBLIC, headline="Data scientist")
    others = _people(both, situation=Situation.PRIVATE, headline="Développeuse")
    matcher.put([*_postings(12), *people, *(replace(one, summary=summary) for one in others)])
    audit = _audit(matcher, smallest=10, twins=500)
    assert (audit.moves and audit.moves.people) == told
    audit_files.write(audit, tmp_path / "audit.json")
    twins = json.loads((tmp_path / "audit.json").read_text(encoding="utf-8"))["gender_twins"]
    assert (twins and twins["people"]) == told
    print_audit(console(), audit)
    text = " ".join(capsys.readouterr().out.split())
    assert ("in the feminine: of fewer than 10 nothing is told" in text) == (told is None)
    assert (f"{both} of {both}" in text) == (told is not None)
    assert _audit(matcher, smallest=10, twins=9).moves is None, "of those who were drawn nothing is told either"


def test_twins_whom_no_posting_may_have_are_not_counted_as_many(opener: Opener) -> None:
    matcher = opener()
    summary = "Je suis dans les données de la ville depuis dix ans."
    away = [
        replace(one, summary=summary, locations=(Location(region="Corse"),))
        for one in _people(20, situation=Situation.OTHER, headline="Développeuse")
    ]
    here = [replace(one, locations=(Location(region="Bretagne"),)) for one in _postings(12)]
    matcher.put([*here, *away, *(replace(one, id=ProfileId(f"x{one.id}"), locations=()) for one in away[:2])])
    assert _audit(matcher, smallest=10, twins=500).moves is None
    assert _audit(matcher, smallest=2, twins=500).moves is not None


def test_an_empty_forum_is_no_error(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    matcher = in_memory(folder=tmp_path)
    nothing = _audit(matcher, twins=5)
    assert (nothing.people, nothing.rankings, nothing.attributes, nothing.moves) == (0, 0, [], None)
    matcher.put(_people(12, situation=Situation.PUBLIC, headline="Développeuse"))
    print_audit(console(), _audit(matcher, twins=5))
    assert "no ranking" in capsys.readouterr().out


def test_files_hold_every_figure_and_nobody(filled: Matcher, tmp_path: Path) -> None:
    audit = _audit(filled, twins=36)
    for name in ("audit.json", "audit.csv"):
        audit_files.write(audit, tmp_path / name)
    document = json.loads((tmp_path / "audit.json").read_text(encoding="utf-8"))
    rows = [*csv.DictReader((tmp_path / "audit.csv").read_text(encoding="utf-8").splitlines())]
    flat = [
        (attribute["name"], group["name"], measure, group[measure]["rate"])
        for attribute in document["attributes"]
        for group in attribute["groups"]
        for measure in Measure
    ]
    assert [(row["attribute"], row["group"], row["measure"], float(row["rate"])) for row in rows] == flat
    assert document["gender_twins"]["people"] > 0
    both = (tmp_path / "audit.json").read_text() + (tmp_path / "audit.csv").read_text()
    assert not any(record.id in both for record in RECORDS)
    with pytest.raises(UnreadableFile, match="ending must be one of"):
        audit_files.write(audit, tmp_path / "audit.xlsx")


def _logged(folder: Path, matcher: Matcher, pseudonyms: Pseudonyms, shown: Sequence[str], *, k: int) -> None:
    log = DecisionLog(folder, pseudonyms, made_by={}, keep=timedelta(days=180))
    log.start()
    for number, posting in enumerate(shown):
        ranked = matcher.rank(Kind.POSTING, posting, k=k)
        log.record(
            Decision(
                call=Call.CANDIDATES,
                asker=Asker(datetime(2026, 11, 20 + number, tzinfo=UTC), f"r{number}"),
                question=posting,
                asks=Kind.POSTING,
                shows=Kind.PROFILE,
                shown=places(ranked.ranking.matches, Kind.PROFILE),
                eligible=ranked.ranking.eligible,
                under=Circumstances(1, TODAY, matcher.weights),
                k=k,
            )
        )
    log.stop()


def test_the_log_tells_what_was_shown(opener: Opener, tmp_path: Path) -> None:
    matcher = opener()
    people = _people(20, situation=Situation.PUBLIC, headline="Data scientist")
    others = _people(20, situation=Situation.PRIVATE, headline="Plombier")
    matcher.put([*_postings(3), *people, *others])
    pseudonyms, folder = Pseudonyms(b"secret"), tmp_path / "log"
    _logged(folder, matcher, pseudonyms, ["p0", "p1", "p0", "p2"], k=4)
    audit = of_log(matcher, folder, pseudonyms, day=TODAY, since=date(2026, 11, 21), smallest=5)
    assert (audit.rankings, audit.contested, audit.units, audit.left_out) == (3, 3, 3, {})
    assert _rates(audit, "situation")["public"][1][:2] == pytest.approx([1.0, 12 / 60])
    assert _rates(audit, "situation")["private"][1][:2] == pytest.approx([1.0, 0.0])

    shown = next(iter(matcher.rank(Kind.POSTING, "p1", k=1).ranking.matches)).profile_id
    matcher.erase(Kind.PROFILE, shown)
    matcher.put([replace(_postings(3)[2], status=PostingStatus.CLOSED)])
    audit = of_log(matcher, folder, pseudonyms, day=TODAY, since=date(2026, 11, 1), smallest=5)
    assert (audit.people, audit.rankings) == (39, 3)
    assert audit.left_out["rankings for postings that are closed or deleted by now"] == 1
    assert audit.left_out[GONE] == "fewer than 5"
    audit = of_log(matcher, folder, pseudonyms, day=TODAY, since=date(2026, 11, 1), smallest=1)
    assert audit.left_out[GONE] in range(1, 4), "places, of one person"


def test_what_is_drawn_anew_hangs_on_what_the_log_has(opener: Opener, tmp_path: Path) -> None:
    matcher = opener()
    twice = [replace(one, id=PostingId(f"{one.id}b")) for one in _postings(12)]
    matcher.put([*_postings(12), *twice, *_people(20, situation=Situation.PUBLIC, headline="Data scientist")])
    pseudonyms = Pseudonyms(b"secret")
    _logged(tmp_path / "few", matcher, pseudonyms, ["p0", "p0b", "p1"], k=4)
    few = of_log(matcher, tmp_path / "few", pseudonyms, day=TODAY, since=date(2026, 11, 1), smallest=5)
    assert (few.by_organisation, few.units) == (False, 3)
    _logged(tmp_path / "many", matcher, pseudonyms, ["p0b", *(f"p{at}" for at in range(10))], k=4)
    many = of_log(matcher, tmp_path / "many", pseudonyms, day=TODAY, since=date(2026, 11, 1), smallest=5)
    assert (many.by_organisation, many.units) == (True, 10)


def _digest(place: int) -> bytes:
    return place.to_bytes(LOT_BYTES, "big")


def _page(at: int, first: int, shown: int = 10) -> Page:
    return _page_of(at, range(first, first + shown), range(1, first))


def _page_of(at: int, shown: Sequence[int], before: Sequence[int] = ()) -> Page:
    return Page(f"2026-11-20T08:{at:02}", len(before) + 1, np.array(shown, np.int64), b"".join(map(_digest, before)))


def test_pages_of_a_list_are_one_ranking() -> None:
    def lengths(*pages: Page) -> list[tuple[int, list[int]]]:
        return [(one.first, [len(page) for page in one.pages]) for one in joined(pages, _digest)]

    assert lengths(_page(3, 21, 5), _page(1, 1), _page(2, 11)) == [(1, [10, 10, 5])], "in whatever chain they stand"
    assert lengths(_page(1, 1), _page(2, 1)) == [(1, [10]), (1, [10])], "whoever asks anew is shown it anew"
    assert lengths(_page(1, 1), _page(2, 1), _page(3, 11), _page(4, 11)) == [(1, [10, 10]), (1, [10, 10])]
    assert lengths(_page(1, 1), _page(2, 11), _page(3, 11), _page(4, 21)) == [(1, [10, 10, 10])], "one was shown twice"
    assert lengths(_page(2, 11), _page(3, 21)) == [(11, [10, 10])], "the first was shown before the first day"
    assert lengths(_page(1, 1, 0)) == [(1, [0])]


def test_pages_of_two_readers_are_told_apart_by_what_each_was_shown_before() -> None:
    one, other = [1, 2, 3], [1, 2, 4]  # somebody has been stored or erased between the two
    pages = [
        _page_of(1, one),
        _page_of(2, other),
        _page_of(3, [5, 6], one),
        _page_of(4, [3, 7], other),
        _page_of(5, [9], [*one, 5, 6]),
        _page_of(6, [9], [*other, 3, 7]),
    ]
    whole = [[page.tolist() for page in ranking.pages] for ranking in joined(pages, _digest)]
    assert whole == [[one, [5, 6], [9]], [other, [3, 7], [9]]]


def test_who_is_gone_by_now_may_have_been_on_a_page_before() -> None:
    pages = [_page_of(1, [1, -1]), _page_of(2, [2, 1]), _page_of(3, [5], [1, 8]), _page_of(4, [6], [2, 1])]
    whole = [[page.tolist() for page in ranking.pages] for ranking in joined(pages, _digest)]
    assert whole == [[[1, -1], [5]], [[2, 1], [6]]]


def test_forms_are_of_french_words_alone() -> None:
    profile = Profile(ProfileId("p"), "Développeuse", summary="Je suis passionnée par les données de la ville.")
    forms = forms_of(profile)
    assert forms
    assert [form.headline for form in forms] == ["Développeur", "Développeuse"]
    assert forms[1] == profile
    assert forms_of(replace(profile, headline="Développeur·se")) is None
    assert forms_of(replace(profile, headline="Technicien.ne")) is None
    assert (
        forms_of(Profile(ProfileId("p"), "Consultant", summary="I am a consultant with the state for years.")) is None
    )


def test_twins_move_where_words_have_a_gender_to_the_engine(opener: Opener) -> None:
    """Words that the engine has one form for move nobody; one that only the list of pairs has, does."""
    matcher = opener()
    summary = "Je suis dans les données depuis dix ans."
    several = [
        Profile(ProfileId(f"c{at}"), headline, summary=summary, visible_to_recruiters=True)
        for at, headline in enumerate(["Développeuse web", "Développeur web", "Développeuse", "Juriste", "Data"])
    ]
    contracts = replace(several[0], id=ProfileId("away"), contracts=(Contract.INTERNSHIP,))
    postings = [replace(one, contracts=(Contract.CIVIL_SERVANT,)) for one in _postings(3, "Développeur web")]
    matcher.put([*several, contracts, *postings])
    moves = _audit(matcher, twins=10).moves
    assert moves
    assert (moves.people, moves.could_be, moves.postings, moves.pairs) == (4, 4, 3, 9)
    assert (moves.within_one, moves.up, moves.down, moves.largest) == (1.0, 0.0, 0.0, [])
    assert (moves.only_masculine, moves.only_feminine) == (0, 0)

    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(twins.TO_FEMININE, "web", "webette")  # whoever says so has less in common with the postings
        moves = _audit(matcher, twins=10).moves
    assert moves
    assert (moves.up, moves.down > 0, moves.only_masculine > 0, moves.only_feminine) == (0.0, True, True, 0)
    assert all(masculine < feminine for masculine, feminine in moves.largest)


def test_a_form_that_is_stored_stands_where_it_stands(filled: Matcher) -> None:
    """Ranks of what is stored, in its own place, are those of the batch, where no scores are equal."""
    visible: dict[str, list[Profile]] = {one.id: [one] for one in FORUM.profiles if one.visible_to_recruiters}
    ids = sorted(filled.open_postings())
    names = [*visible]
    compared = 0
    for posting, standing in zip(ids, filled.examiner.standings(ids, visible), strict=True):
        ranked = {match.profile_id: match for match in filled.rank(Kind.POSTING, posting, k=1000).ranking.matches}
        assert {names[place] for place in standing.places.tolist()} == {*ranked}
        for place, rank in zip(standing.places.tolist(), standing.ranks[:, 0].tolist(), strict=True):
            match = ranked[ProfileId(names[place])]
            equal = [one.rank for one in ranked.values() if abs(one.score - match.score) < 1e-6]
            assert rank in equal
            compared += 1
    assert compared > 50
