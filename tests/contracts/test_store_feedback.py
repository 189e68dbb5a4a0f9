"""Feedback, phrases in the full-text rows, and places: what every `Store` promises of them."""

from collections.abc import Iterable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from matcher.core.domain import Kind, Organisation, OrganisationId, Posting, PostingId, Profile, ProfileId, Record
from matcher.core.feedback import Event, Feedback
from matcher.core.storing import Store
from tests.contracts.documents import document, posting, profile

OPENED = Feedback(
    at=datetime(2026, 11, 24, 10, 30, tzinfo=UTC),
    asks=Kind.POSTING,
    posting_id=PostingId("p1"),
    profile_id=ProfileId("ana"),
    event=Event.OPENED,
    position=3,
    request_id="r1",
    weights={"title": 0.5, "skills": 0.5},
)


@pytest.fixture
def forum(store: Store) -> Store:
    """Those of whom something is said."""
    store.put([posting("p1"), posting("p2"), profile("ana"), profile("bob")])
    return store


def _recorded(store: Store, *events: Feedback) -> int:
    recorded = store.feedback.add(events)
    assert recorded.refused == {}
    return recorded.new


def test_feedback_comes_back_as_it_was_given_the_oldest_first(forum: Store) -> None:
    later = replace(OPENED, event=Event.HIRED, position=None, request_id="", asks=Kind.PROFILE)
    assert [*forum.feedback.scan()] == []
    assert _recorded(forum, OPENED, later) == 2
    assert [*forum.feedback.scan()] == [OPENED, later]


def test_what_was_said_of_one_posting_or_one_pair_is_found_alone(forum: Store) -> None:
    elsewhere, bob = replace(OPENED, posting_id=PostingId("p2")), replace(OPENED, profile_id=ProfileId("bob"))
    later = replace(OPENED, event=Event.HIRED)
    _recorded(forum, OPENED, elsewhere, bob, later)
    assert forum.feedback.about("p1", "ana") == [OPENED, later]
    assert forum.feedback.about("p1") == [OPENED, bob, later]
    assert forum.feedback.about("p1", events=[Event.HIRED, Event.APPLIED]) == [later]
    assert forum.feedback.about("p2", "bob") == []


def test_what_was_said_of_one_person_is_found_alone(forum: Store) -> None:
    elsewhere, bob = replace(OPENED, posting_id=PostingId("p2")), replace(OPENED, profile_id=ProfileId("bob"))
    _recorded(forum, OPENED, bob, elsewhere)
    assert forum.feedback.of_profile("ana") == [OPENED, elsewhere]
    assert forum.feedback.of_profile("p1") == []


def test_all_is_read_a_part_at_a_time_and_what_is_written_meanwhile_makes_nothing_come_twice(forum: Store) -> None:
    said = [replace(OPENED, request_id=f"r{number}") for number in range(5)]
    _recorded(forum, *said)
    found = []
    for one in forum.feedback.scan(batch=2):
        found.append(one)
        forum.feedback.add([replace(one, profile_id=ProfileId("bob"))])
    assert [one for one in found if one.profile_id == "ana"] == said
    assert len(found) == len({*map(repr, found)})


def test_feedback_stays_with_the_organisation_whose_posting_it_was(forum: Store) -> None:
    def given_to(organisation: str | None) -> None:
        owner = organisation and Organisation(OrganisationId(organisation))
        forum.put([document(Posting(PostingId("p1"), "DSI", owner or None))])

    unsaid = replace(OPENED, request_id="")
    for organisation in (None, "a", "b", "a"):
        given_to(organisation)
        forum.feedback.add([unsaid, replace(unsaid, organisation=OrganisationId("c"), event=Event.HIRED)])
    owners = [None, None, "a", "a", "b", "b"]
    assert [one.organisation for one in forum.feedback.scan()] == owners
    assert [one.organisation for one in forum.feedback.of_profile("ana")] == owners
    assert [one.organisation for one in forum.feedback.about("p1")] == owners
    assert [one.event for one in forum.feedback.about("p1", organisation="b")] == [Event.OPENED, Event.HIRED]
    assert [one.event for one in forum.feedback.about("p1", "ana", organisation="a", events=[Event.HIRED])] == ["hired"]
    assert forum.feedback.about("p1", "bob", organisation="a") == forum.feedback.about("p1", organisation="c") == []


def test_what_was_shown_or_opened_is_recorded_once_of_an_answer(forum: Store) -> None:
    assert _recorded(forum, OPENED, OPENED) == 1
    assert _recorded(forum, replace(OPENED, position=4)) == 0
    assert _recorded(forum, replace(OPENED, request_id="r2"), replace(OPENED, event=Event.APPLIED)) == 2


@pytest.mark.parametrize("request_id", ["", "r1"])
def test_a_mistake_is_put_right_by_saying_it_anew_and_a_call_made_again_says_nothing_new(
    forum: Store, request_id: str
) -> None:
    said = {event: replace(OPENED, event=event, request_id=request_id) for event in Event}
    calls = [
        [Event.SHOWN, Event.OPENED],
        [Event.DISMISSED],
        [Event.HIRED],
        [Event.DISMISSED],
        [Event.OPENED, Event.INTERVIEWED, Event.INTERVIEWED, Event.DISMISSED],
        [Event.APPLIED, Event.HIRED, Event.APPLIED],
    ]
    for call, new in zip(calls, [2, 1, 1, 1, 2, 3], strict=True):
        events = [said[event] for event in call]
        assert [_recorded(forum, *events) for _ in range(3)] == [new, 0, 0], "the answer was lost, twice"
    assert [one.event for one in forum.feedback.scan()] == [
        *(Event.SHOWN, Event.OPENED, Event.DISMISSED, Event.HIRED, Event.DISMISSED),
        *(Event.INTERVIEWED, Event.DISMISSED, Event.APPLIED, Event.HIRED, Event.APPLIED),
    ]
    assert _recorded(forum, said[Event.APPLIED], said[Event.HIRED]) == 1, "it goes on where the last call ended"
    elsewhere = {"posting_id": PostingId("p2")}, {"profile_id": ProfileId("bob")}, {"asks": Kind.PROFILE}
    others = [replace(said[Event.DISMISSED], **changed) for changed in elsewhere]
    assert _recorded(forum, *others) == 3
    assert _recorded(forum, *others) == 0
    assert _recorded(forum, said[Event.HIRED]) == 0, "what is said of others comes between nothing"


def test_what_is_said_of_another_answer_is_new(forum: Store) -> None:
    hired = replace(OPENED, event=Event.HIRED)
    assert _recorded(forum, hired, replace(hired, request_id="r2")) == 2
    assert _recorded(forum, hired, replace(hired, request_id="r2")) == 0
    assert _recorded(forum, hired) == 1


@pytest.mark.parametrize(("kind", "id_"), [(Kind.PROFILE, "ana"), (Kind.POSTING, "p1")])
def test_feedback_goes_with_the_profile_and_with_the_posting(forum: Store, kind: Kind, id_: str) -> None:
    other = replace(OPENED, posting_id=PostingId("p2"), profile_id=ProfileId("bob"))
    _recorded(forum, OPENED, other)
    forum.delete(kind, [id_])
    assert [*forum.feedback.scan()] == [other]


@pytest.mark.parametrize("absent", ["ghost", "half\ud800", "nul\x00"])
def test_what_names_nobody_who_is_stored_is_refused_and_loses_no_other(forum: Store, absent: str) -> None:
    nobody, nothing = replace(OPENED, profile_id=ProfileId(absent)), replace(OPENED, posting_id=PostingId(absent))
    neither = replace(nobody, posting_id=PostingId(absent))
    recorded = forum.feedback.add([nobody, OPENED, nothing, neither])
    assert (recorded.new, recorded.refused) == (1, {0: Kind.PROFILE, 2: Kind.POSTING, 3: Kind.POSTING})
    assert [*forum.feedback.scan()] == [OPENED]


def test_what_is_not_for_the_caller_is_refused_as_what_is_not_there(forum: Store) -> None:
    def seen(record: Record) -> bool:
        return record.id not in {"bob", "p2"}

    bob, elsewhere = replace(OPENED, profile_id=ProfileId("bob")), replace(OPENED, posting_id=PostingId("p2"))
    recorded = forum.feedback.add([bob, elsewhere, OPENED], seen=seen)
    assert (recorded.new, recorded.refused) == (1, {0: Kind.PROFILE, 1: Kind.POSTING})


@pytest.mark.parametrize(("kind", "id_"), [(Kind.PROFILE, "ana"), (Kind.POSTING, "p1")])
def test_who_is_erased_while_something_is_recorded_of_them_leaves_nothing(forum: Store, kind: Kind, id_: str) -> None:
    erasing: list[Future[list[str]]] = []

    def erased_meanwhile(record: Record) -> bool:
        if isinstance(record, Profile):
            erasing.append(another.submit(forum.delete, kind, [id_]))
            wait(erasing, timeout=0.2)
        return True

    with ThreadPoolExecutor(1) as another:
        forum.feedback.add([OPENED], seen=erased_meanwhile)
        assert [one.result(timeout=30) for one in erasing] == [[id_]]
    assert [*forum.feedback.scan()] == []
    assert _orphans(forum) == []


def _orphans(store: Store) -> Iterable[str]:
    return [id_ for kind in Kind for id_ in store.feedback.orphans(kind)]


def test_a_phrase_is_found_where_its_words_stand_side_by_side_in_one_column(store: Store) -> None:
    store.put(
        [
            profile("whole", body="amateur d open data et de sante"),
            profile("apart", body="donnees open puis data"),
            profile("turned", body="data open"),
            profile("split", title="open", body="data"),
            profile("accents", title="Open Data"),
            profile("inside", body="reopen database"),
        ]
    )
    assert store.ids_with(Kind.PROFILE, "open data") == {"whole", "accents"}
    assert store.ids_with(Kind.PROFILE, "santé") == {"whole"}
    assert store.ids_with(Kind.POSTING, "open data") == set()


@pytest.mark.parametrize("phrase", ["", " ", "\x00", "\ud800", '"', "*", "open* data", "a OR b", "NEAR(a b)", "…"])
def test_no_phrase_is_a_command(store: Store, phrase: str) -> None:
    store.put([profile("one", body="zorglub")])
    assert store.ids_with(Kind.PROFILE, phrase) == set()
