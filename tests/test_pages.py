"""Candidates and suggestions a page at a time: nobody twice, nobody lost, whatever is written in between."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from matcher import variants
from matcher.answers import Answer, list_of
from matcher.core.domain import Kind, Posting, PostingId, Profile, ProfileId, Record
from matcher.core.errors import InvalidRecord
from matcher.core.pages import NOTHING, seen_by
from matcher.core.ports import Encoders
from matcher.core.scoring import MERGED, Match, Variety
from matcher.engine import Matcher
from matcher.offline.demo import forum
from matcher.search import Found, Search
from matcher.stores import open_store
from matcher.stores.snapshots import Snapshots
from matcher.variants import MOST_KNOWN
from tests.fakes import FakeEncoder, FakeThesaurus

pytestmark = pytest.mark.no_cover  # others run the same lines; measured, these take twice as long

TODAY = date(2026, 11, 23)
FORUM = forum(postings=60, profiles=60, today=TODAY)
TWINS = [replace(posting, id=PostingId(f"{posting.id}-again")) for posting in FORUM.postings[:20]]
FAR = [
    replace(
        posting,
        id=PostingId(f"{posting.id}-far"),
        skills=(*posting.skills[:1], "Cobol", "Ada", "Fortran"),
        languages=("islandais",),
        remote=None,
    )
    for posting in FORUM.postings[:10]
]
"""The same once more, so that they rank far below."""
PLAIN = Variety(merged=False)
VARIETIES = [
    MERGED,
    PLAIN,
    Variety(diversity=0.4),
    Variety(per_organisation=2),
    Variety(merged=False, per_organisation=3, diversity=0.3),
]


def _open(home: Path) -> Matcher:
    found = Matcher(
        store=open_store(None, home=home),
        encoders=Encoders.alike(FakeEncoder()),
        thesaurus=FakeThesaurus(),
        snapshots=Snapshots(home / "snapshots"),
        today=lambda: TODAY,
    )
    found.open()
    return found


@pytest.fixture(scope="module")
def matcher(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Matcher]:
    """Ninety postings, of which twenty were published twice and ten three times, and sixty profiles."""
    home: Path = tmp_path_factory.mktemp("home")
    found = _open(home)
    found.put([*FORUM.postings, *TWINS, *FAR, *FORUM.profiles])
    yield found
    found.close()


def _page(matcher: Matcher, kind: Kind, name: str, k: int, variety: Variety, cursor: str | None) -> Answer:
    before = seen_by(cursor, list_of(kind, name, variety))
    return matcher.explain(matcher.rank(kind, name, k=k, variety=variety, before=before))


def _pages(matcher: Matcher, kind: Kind, name: str, k: int, variety: Variety = MERGED) -> Iterator[list[Match]]:
    cursor: str | None = None
    while True:
        answer = _page(matcher, kind, name, k, variety, cursor)
        yield [one.match for one in answer.explanations]
        cursor = answer.cursor
        if cursor is None:
            return


SEARCHES = ("data scientist Python", "chef de projet", "Lyon")


def _found_pages(matcher: Matcher, asked: str, k: int) -> Iterator[list[Match]]:
    """The pages of a search for postings, or of those that are like one."""
    cursor: str | None = None
    while True:
        found = _found(matcher, asked, k, cursor)
        yield [one.match for one in found.explanations]
        cursor = found.cursor
        if cursor is None:
            return


def _found(matcher: Matcher, asked: str, k: int, cursor: str | None) -> Found:
    if asked in SEARCHES:
        return matcher.search(Search(Kind.POSTING, asked, k=k, cursor=cursor))
    return matcher.similar(Kind.POSTING, asked, k=k, cursor=cursor)


def _other(kind: Kind, match: Match) -> str:
    return match.profile_id if kind is Kind.POSTING else match.posting_id


def _ranked(matcher: Matcher, name: str, variety: Variety) -> list[str]:
    """A profile's suggestions, all at once."""
    return [match.posting_id for match in matcher.rank(Kind.PROFILE, name, k=1000, variety=variety).ranking.matches]


def _asking(kind: Kind) -> list[str]:
    records: Sequence[Record] = FORUM.postings if kind is Kind.POSTING else FORUM.profiles
    return [one.id for one in records[:8]]


@pytest.mark.parametrize("k", [1, 7, 10])
@pytest.mark.parametrize("kind", Kind)
def test_pages_together_are_the_whole_ranking(matcher: Matcher, kind: Kind, k: int) -> None:
    for name in _asking(kind):
        pages = [*_pages(matcher, kind, name, k, PLAIN)]
        whole = matcher.rank(kind, name, k=1000, variety=PLAIN).ranking
        found = [match for page in pages for match in page]
        assert [_other(kind, match) for match in found] == [_other(kind, match) for match in whole.matches]
        assert [match.rank for match in found] == [*range(1, whole.eligible + 1)]
        assert [len(page) for page in pages[:-1]] == [k] * (len(pages) - 1)
        assert pages == [[]] or 0 < len(pages[-1]) <= k


@pytest.mark.parametrize("variety", VARIETIES)
@pytest.mark.parametrize("k", [1, 10, 25])
def test_every_posting_stands_once_as_match_or_as_variant(matcher: Matcher, k: int, variety: Variety) -> None:
    for name in _asking(Kind.PROFILE):
        pages = [*_pages(matcher, Kind.PROFILE, name, k, variety)]
        found = [match for page in pages for match in page]
        names = [each for match in found for each in (match.posting_id, *match.variants)]
        eligible = {*_ranked(matcher, name, PLAIN)}
        assert len(names) == len(set(names))
        assert [match.rank for match in found] == [*range(1, len(found) + 1)]
        if variety.per_organisation:
            organisations = Counter(matcher.organisation_of(match.posting_id) for match in found)
            del organisations[None]
            assert max(organisations.values(), default=0) <= variety.per_organisation
            assert eligible.issuperset(names)
        else:
            assert eligible == set(names)
            assert all(pages) or pages == [[]], "no page is empty"


@pytest.mark.parametrize("most_known", [MOST_KNOWN, 0])
@pytest.mark.parametrize("k", [1, 7, 25])
def test_every_posting_stands_once_in_a_search_and_among_similar_ones(
    matcher: Matcher, monkeypatch: pytest.MonkeyPatch, k: int, most_known: int
) -> None:
    monkeypatch.setattr(variants, "MOST_KNOWN", most_known)
    for asked in (*SEARCHES, *(posting.id for posting in FORUM.postings[:3])):
        pages = [*_found_pages(matcher, asked, k)]
        found = [match for page in pages for match in page]
        names = [each for match in found for each in (match.posting_id, *match.variants)]
        assert len(names) == len(set(names)) == _found(matcher, asked, k, None).total
        assert [match.rank for match in found] == [*range(1, len(found) + 1)]
        assert [len(page) for page in pages[:-1]] == [k] * (len(pages) - 1), "k are there, and k are shown"
        assert all(pages)
        assert any(match.variants for match in found)


@pytest.mark.parametrize("k", [1, 7])
def test_what_was_published_again_is_shown_with_the_first_however_far_below_it_ranks(matcher: Matcher, k: int) -> None:
    again = {one.id: {one.id, f"{one.id}-again", f"{one.id}-far"} for one in FORUM.postings[:10]}
    suggested = [[*_pages(matcher, Kind.PROFILE, name, k)] for name in _asking(Kind.PROFILE)]
    for pages in [*suggested, *([*_found_pages(matcher, asked, k)] for asked in SEARCHES)]:
        groups = [{match.posting_id, *match.variants} for page in pages for match in page]
        for names in again.values():
            assert sum(not names.isdisjoint(group) for group in groups) <= 1


def test_two_profiles_that_say_the_same_are_two_people(matcher: Matcher) -> None:
    one = next(each for each in FORUM.profiles if each.visible_to_recruiters and not each.hidden_from)
    matcher.put([replace(one, id=ProfileId("double"))])
    try:
        found = matcher.search(Search(Kind.PROFILE, one.headline, k=100)).explanations
        alike = matcher.similar(Kind.PROFILE, one.id, k=100).explanations
        assert {one.id, "double"} <= {each.match.profile_id for each in found}
        assert "double" in {each.match.profile_id for each in alike}
        assert not any(each.match.variants for each in (*found, *alike))
    finally:
        matcher.delete(Kind.PROFILE, "double")


def test_of_each_organisation_as_many_are_shown_on_all_pages_as_on_one(matcher: Matcher) -> None:
    variety = Variety(merged=False, per_organisation=2)
    for name in _asking(Kind.PROFILE):
        pages = [*_pages(matcher, Kind.PROFILE, name, 5, variety)]
        assert [match.posting_id for page in pages for match in page] == _ranked(matcher, name, variety)


def test_a_page_is_unlike_the_pages_before_where_that_is_wished(matcher: Matcher) -> None:
    diverse, k = Variety(merged=False, diversity=0.7), 30
    for name in _asking(Kind.PROFILE):
        whole = _ranked(matcher, name, diverse)
        assert len(whole) <= 3 * k, "a page of k is chosen from all"
        pages = [*_pages(matcher, Kind.PROFILE, name, k, diverse)]
        assert [match.posting_id for page in pages for match in page] == whole


@pytest.mark.parametrize("kind", Kind)
@pytest.mark.parametrize("variety", [MERGED, Variety(diversity=0.3)])
def test_whoever_writes_between_two_pages_nobody_is_shown_twice_and_nobody_who_stays_is_lost(
    tmp_path: Path, kind: Kind, variety: Variety
) -> None:
    found = _open(tmp_path)
    found.put([*FORUM.postings, *FORUM.profiles])
    draw = np.random.default_rng(7)
    name = _asking(kind)[0]
    stay = {_other(kind, match) for match in found.rank(kind, name, k=1000, variety=PLAIN).ranking.matches}
    shown: list[str] = []
    for page in _pages(found, kind, name, 5, variety):
        shown += [each for match in page for each in (_other(kind, match), *match.variants)]
        gone, edited = draw.choice(sorted(stay), 2, replace=False).tolist()
        found.delete(kind.other, gone)
        stay -= {gone, edited}
        record = found.get(kind.other, edited)
        if isinstance(record, Profile):
            found.put([replace(record, headline="Juriste", skills=()), replace(record, id=ProfileId(f"{edited}+"))])
        elif isinstance(record, Posting):
            found.put([replace(record, title="Juriste", skills=()), replace(record, id=PostingId(f"{edited}+"))])
    found.close()
    assert stay <= {*shown}
    assert len(shown) == len(set(shown)) > 20


@pytest.mark.parametrize("other", [("p", MERGED), ("c", PLAIN), ("c", Variety(diversity=0.1))])
def test_a_cursor_belongs_to_one_list(matcher: Matcher, other: tuple[str, Variety]) -> None:
    name = _asking(Kind.PROFILE)[0]
    cursor = _page(matcher, Kind.PROFILE, name, 1, MERGED, None).cursor
    kind, asks = (Kind.POSTING, _asking(Kind.POSTING)[0]) if other[0] == "p" else (Kind.PROFILE, name)
    with pytest.raises(InvalidRecord, match="another list"):
        _page(matcher, kind, asks, 1, other[1], cursor)
    with pytest.raises(InvalidRecord, match="another list"):
        _page(matcher, Kind.PROFILE, _asking(Kind.PROFILE)[1], 1, MERGED, cursor)


def test_an_unsaved_profile_has_the_pages_that_it_would_have_when_stored(matcher: Matcher) -> None:
    profile = FORUM.profiles[3]
    stored = [*_pages(matcher, Kind.PROFILE, profile.id, 10)]
    pages, before = [], NOTHING
    for _ in stored:
        answer = matcher.suggest(profile, k=10, before=before)
        pages.append([one.match.posting_id for one in answer.explanations])
        before = seen_by(answer.cursor, list_of(Kind.PROFILE, profile, MERGED))
    assert pages == [[match.posting_id for match in page] for page in stored]
    assert not before, "there is no cursor after the last"
    with pytest.raises(InvalidRecord, match="another list"):
        seen_by(matcher.suggest(profile, k=1).cursor, list_of(Kind.PROFILE, replace(profile, headline="x"), MERGED))
