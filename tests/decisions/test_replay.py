"""A logged ranking is made again exactly, or what differs is named."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from matcher.core.domain import Kind, Organisation, OrganisationId, Posting, PostingId, Profile, ProfileId, Record
from matcher.core.errors import DecisionLogUnreadable, InvalidRecord
from matcher.core.ports import Encoder, Encoders
from matcher.core.scoring import Match, Variety, Weights
from matcher.decisions import reading
from matcher.decisions.entry import Asker, Call, Decision, places
from matcher.decisions.log import DecisionLog
from matcher.decisions.pseudonyms import Pseudonyms
from matcher.decisions.replay import Replayed, Replayer, _differing
from matcher.engine import Matcher
from matcher.search import READING, Found, Search
from matcher.stores import open_store
from matcher.stores.snapshots import Snapshots
from tests.decisions.lines import KEY, YEAR
from tests.fakes import FakeEncoder, FakeThesaurus
from tests.forums import KNOWN, TODAY, forums

TRADES = ["data scientist", "juriste", "data analyst", "chef de projet", "architecte technique", "data engineer"]
POSTING = Posting(
    id=PostingId("p1"),
    title="Data scientist",
    organisation=Organisation(OrganisationId("dinum")),
    skills=("Python", "SQL"),
)
ASKED = Profile(id=ProfileId("new"), headline="Data scientist", skills=("Python",))


def _profile(number: int) -> Profile:
    return Profile(
        id=ProfileId(f"c{number:02d}"),
        headline=f"{TRADES[number % len(TRADES)]} {number}",
        skills=("Python",) if number % 2 else (),
        visible_to_recruiters=True,
    )


def _open(home: Path, *, encoder: Encoder | None = None, weights: Weights | None = None) -> Matcher:
    home.mkdir(exist_ok=True)
    matcher = Matcher(
        store=open_store(None, home=home),
        encoders=Encoders.alike(encoder or FakeEncoder()),
        thesaurus=FakeThesaurus(),
        snapshots=Snapshots(home / "snapshots"),
        weights=weights,
        today=lambda: TODAY,
    )
    matcher.open()
    return matcher


@pytest.fixture
def matcher(tmp_path: Path) -> Iterator[Matcher]:
    """Twenty profiles, six postings."""
    opened = _open(tmp_path / "home")
    titles = enumerate(TRADES[1:], start=2)
    opened.put([POSTING, *(Posting(id=PostingId(f"p{number}"), title=title) for number, title in titles)])
    opened.put([_profile(number) for number in range(20)])
    yield opened
    opened.close()


class Shown:
    """What was shown, written down; `again` makes it once more."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._count = 0

    def show(
        self,
        matcher: Matcher,
        asks: Kind,
        asked: str | Profile,
        *,
        k: int = 5,
        variety: Variety,
        backwards: bool = False,
    ) -> str:
        """Show and write down a ranking; backwards, its variants as a version did that had them in another order."""
        if isinstance(asked, Profile):
            answer, call = matcher.suggest(asked, k=k, variety=variety), Call.UNSAVED
            matches: Sequence[Match] = [one.match for one in answer.explanations]
            eligible, under = answer.eligible, answer.under
        else:
            ranked = matcher.rank(asks, asked, k=k, variety=variety)
            matches, eligible, under = ranked.ranking.matches, ranked.ranking.eligible, ranked.under
            call = Call.CANDIDATES if asks is Kind.POSTING else Call.SUGGESTIONS
        if backwards:
            matches = [replace(match, variants=match.variants[::-1]) for match in matches]
        self._count += 1
        decision = Decision(
            call=call,
            asker=Asker(at=datetime.now(UTC), request_id=f"r{self._count}"),
            question=asked,
            asks=asks,
            shows=asks.other,
            shown=places(matches, asks.other),
            eligible=eligible,
            under=under,
            k=k,
            variety=variety,
        )
        log = DecisionLog(self.folder, KEY, made_by=matcher.fingerprints, keep=YEAR)
        log.start()
        log.record(decision)
        log.stop()
        return decision.asker.request_id

    def searched(self, matcher: Matcher, text: str, found: Found, *, reading: str | None) -> str:
        """Write down what a search has found, as a version that wrote down how it reads, or none."""
        self._count += 1
        decision = Decision(
            call=Call.SEARCH,
            asker=Asker(at=datetime.now(UTC), request_id=f"r{self._count}"),
            question=text,
            asks=None,
            shows=Kind.PROFILE,
            shown=places([one.match for one in found.explanations], Kind.PROFILE),
            eligible=found.total,
            under=found.under,
            k=5,
            filters={"filters": [], "words_weight": 0.3, **({"reading": reading} if reading else {})},
        )
        log = DecisionLog(self.folder, KEY, made_by=matcher.fingerprints, keep=YEAR)
        log.start()
        log.record(decision)
        log.stop()
        return decision.asker.request_id

    def again(
        self, matcher: Matcher, request: str, *, profile: Profile | None = None, text: str | None = None
    ) -> Replayed:
        entry = reading.one(self.folder, request)
        given = [one for one in (profile, text) if one is not None]
        return Replayer(matcher, pseudonyms=KEY, made_by=matcher.fingerprints, given=given).replay(entry)


@pytest.fixture
def shown(tmp_path: Path) -> Shown:
    return Shown(tmp_path / "decisions")


@pytest.mark.no_cover  # others run the same lines; measured, it takes twice as long
@pytest.mark.parametrize("variety", [Variety(), Variety(merged=False), Variety(per_organisation=1, diversity=0.5)])
@pytest.mark.parametrize(("asks", "asked"), [(Kind.POSTING, "p1"), (Kind.PROFILE, "c03"), (Kind.PROFILE, ASKED)])
def test_where_nothing_has_changed_the_ranking_comes_out_the_same(
    matcher: Matcher, shown: Shown, asks: Kind, asked: str | Profile, variety: Variety, tmp_path: Path
) -> None:
    request = shown.show(matcher, asks, asked, variety=variety)
    asker = asked if isinstance(asked, Profile) else None
    assert shown.again(matcher, request, profile=asker).is_exact
    matcher.snapshot()
    other = _open(tmp_path / "home", weights=Weights(title=0.09, skills=0.49))
    again = shown.again(other, request, profile=asker)
    other.close()
    assert again.is_exact, "after a restart, and whatever the weights and the day are now"
    assert not again.made_by
    assert not again.is_explained


def test_variants_are_the_same_whatever_their_order(matcher: Matcher, shown: Shown, tmp_path: Path) -> None:
    for name in [f"copy{7 * number % 30:02d}" for number in range(30)]:
        matcher.put([replace(POSTING, id=PostingId(name), description="Analyser les données.")])
    requests = [shown.show(matcher, Kind.PROFILE, "c03", k=k, variety=Variety()) for k in (1, 5)]
    requests.append(shown.show(matcher, Kind.PROFILE, "c03", variety=Variety(), backwards=True))
    matcher.close()
    rebuilt = _open(tmp_path / "home")
    try:
        named = max((match.variants for match in rebuilt.rank(Kind.PROFILE, "c03", k=5).ranking.matches), key=len)
        assert len(named) > 9
        assert all(shown.again(rebuilt, request).is_exact for request in requests)
        rebuilt.delete(Kind.POSTING, named[0])
        assert shown.again(rebuilt, requests[-1]).regrouped
    finally:
        rebuilt.close()


def test_a_search_that_is_read_otherwise_now_is_told_from_one_that_is_wrong(matcher: Matcher, shown: Shown) -> None:
    text = "data scientist sans Python"
    found = matcher.search(Search(Kind.PROFILE, text, k=5))
    read_now = shown.searched(matcher, text, found, reading=READING)
    again = shown.again(matcher, read_now, text=text)
    assert again.is_exact
    assert not again.made_by
    once = matcher.search(Search(Kind.PROFILE, "data scientist Python", k=5))
    read_then = shown.searched(matcher, text, once, reading=None)
    again = shown.again(matcher, read_then, text=text)
    assert not again.is_exact
    assert again.is_explained
    assert again.made_by == {"reading": ("1", READING)}
    refused = shown.searched(matcher, "2024", once, reading=None)
    with pytest.raises(InvalidRecord, match="asks for nothing"):
        shown.again(matcher, refused, text="2024")


@pytest.mark.no_cover  # others run the same lines; measured, it takes twice as long
@given(forum=forums(4, 8), lot=st.randoms(use_true_random=False))
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_ranking_comes_out_the_same_from_a_database_read_anew(
    forum: tuple[list[Posting], list[Profile]], lot: random.Random, tmp_path_factory: pytest.TempPathFactory
) -> None:
    home = tmp_path_factory.mktemp("forum")
    shown = Shown(home / "decisions")

    def opened() -> Matcher:
        made = Matcher(
            store=open_store(None, home=home),
            encoders=Encoders.alike(FakeEncoder()),
            thesaurus=KNOWN,
            snapshots=Snapshots(home / "snapshots"),
            today=lambda: TODAY,
        )
        made.open()
        return made

    matcher = opened()
    records: list[Record] = [*forum[0], *forum[1]]
    lot.shuffle(records)
    for record in records:
        matcher.put([record])
    asked = [(Kind.POSTING, "p0"), (Kind.PROFILE, "c0"), (Kind.PROFILE, "c1")]
    requests = [shown.show(matcher, kind, name, variety=Variety()) for kind, name in asked]
    matcher.close()
    rebuilt = opened()
    try:
        assert all(shown.again(rebuilt, request).is_exact for request in requests)
    finally:
        rebuilt.close()


def test_who_is_gone_who_has_changed_and_who_has_come_is_named(matcher: Matcher, shown: Shown) -> None:
    request = shown.show(matcher, Kind.POSTING, "p1", variety=Variety())
    first, second, third, *_ = [m.profile_id for m in matcher.rank(Kind.POSTING, "p1", k=5).ranking.matches]
    matcher.delete(Kind.PROFILE, first)
    matcher.put([replace(matcher.get_profile(second), headline="boulanger", skills=())])
    matcher.put(
        [Profile(id=ProfileId("zoe"), headline="Data scientist", skills=("Python", "SQL"), visible_to_recruiters=True)]
    )
    again = shown.again(matcher, request)
    moved = {one.id: one for one in again.moved}
    assert not again.is_exact
    assert (again.eligible_then, again.eligible_now) == (20, 20)
    assert moved[KEY.of_profile(first)].since == "deleted"
    assert moved[KEY.of_profile(first)].rank_now is None
    assert moved[KEY.of_profile(second)].since == "changed"
    assert (moved[KEY.of_profile(second)].rank_then, moved[KEY.of_profile(second)].rank_now or 99) > (1, 3)
    came = moved[KEY.of_profile("zoe")]
    assert (came.rank_then, came.rank_now, came.since) == (None, 1, "changed")
    assert (moved[KEY.of_profile(third)].rank_then, moved[KEY.of_profile(third)].rank_now) == (3, 2)
    assert (again.changed[Kind.PROFILE], again.deleted[Kind.PROFILE], again.changed[Kind.POSTING]) == (2, 1, 0)
    assert again.asker_since is None


def test_a_change_that_bears_on_nothing_leaves_the_ranking_exact(matcher: Matcher, shown: Shown) -> None:
    request = shown.show(matcher, Kind.POSTING, "p1", variety=Variety())
    matcher.put([replace(_profile(4), visible_to_recruiters=False, id=ProfileId("hidden"), headline="", skills=())])
    again = shown.again(matcher, request)
    assert again.is_exact
    assert again.changed[Kind.PROFILE] == 1


def test_a_posting_that_asked_and_has_changed_is_named(matcher: Matcher, shown: Shown) -> None:
    request = shown.show(matcher, Kind.POSTING, "p1", variety=Variety())
    matcher.put([replace(POSTING, title="Juriste")])
    again = shown.again(matcher, request)
    assert again.asker_since == "changed"
    assert not again.is_exact


def test_another_model_is_named(matcher: Matcher, shown: Shown, tmp_path: Path) -> None:
    request = shown.show(matcher, Kind.POSTING, "p1", variety=Variety())
    other = _open(tmp_path / "home", encoder=FakeEncoder(name="newer"))
    again = shown.again(other, request)
    other.close()
    assert not again.is_exact
    assert again.made_by == dict.fromkeys(("title", "skills", "body"), ("fake-16", "newer-16"))


def test_who_is_not_there_any_more_cannot_ask_again(matcher: Matcher, shown: Shown) -> None:
    request = shown.show(matcher, Kind.PROFILE, "c03", variety=Variety())
    matcher.delete(Kind.PROFILE, "c03")
    with pytest.raises(DecisionLogUnreadable, match="deleted since"):
        shown.again(matcher, request)


def test_another_secret_knows_nobody(matcher: Matcher, shown: Shown) -> None:
    entry = reading.one(shown.folder, shown.show(matcher, Kind.PROFILE, "c03", variety=Variety()))
    with pytest.raises(DecisionLogUnreadable, match="secret"):
        Replayer(matcher, pseudonyms=Pseudonyms(b"other"), made_by={}).replay(entry)


@pytest.mark.parametrize("given", [None, replace(ASKED, headline="Juriste")])
def test_an_unsaved_profile_must_be_handed_over_just_as_it_was(
    matcher: Matcher, shown: Shown, given: Profile | None
) -> None:
    request = shown.show(matcher, Kind.PROFILE, ASKED, variety=Variety())
    with pytest.raises(DecisionLogUnreadable, match="profile"):
        shown.again(matcher, request, profile=given)


def test_a_request_id_that_two_rankings_have_is_not_guessed_about(
    matcher: Matcher, shown: Shown, tmp_path: Path
) -> None:
    request = shown.show(matcher, Kind.POSTING, "p1", variety=Variety())
    shown._count = 0
    shown.show(matcher, Kind.POSTING, "p2", variety=Variety())
    with pytest.raises(DecisionLogUnreadable, match="name one by its place"):
        reading.one(shown.folder, request)
    with pytest.raises(DecisionLogUnreadable, match="no such ranking"):
        reading.one(shown.folder, "r9")


def test_the_settings_of_an_earlier_version_s_log_say_nothing_beside_those_of_today() -> None:
    now = {"version": "2", "settings": "ranking:b"}
    assert _differing({"version": "1", "settings": "a"}, now) == {"version": ("1", "2")}
    assert _differing({"version": "2"}, now) == {}
    assert _differing({"version": "2", "settings": "ranking:a"}, now) == {"settings": ("ranking:a", "ranking:b")}
    assert _differing({"title": "a"}, {}) == {"title": ("a", None)}
