"""Feedback, phrases in the full-text rows, and places: what every `Store` promises of them."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from matcher.core.domain import Kind, PostingId, ProfileId
from matcher.core.feedback import Event, Feedback
from matcher.core.storing import Store
from tests.contracts.documents import posting, profile

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


def test_feedback_comes_back_as_it_was_given_the_oldest_first(store: Store) -> None:
    later = replace(OPENED, event=Event.HIRED, position=None, request_id="", asks=Kind.PROFILE)
    assert store.feedback.all() == []
    assert store.feedback.add([OPENED, later]) == 2
    assert store.feedback.all() == [OPENED, later]


def test_what_was_said_of_one_posting_or_one_pair_is_found_alone(store: Store) -> None:
    elsewhere, bob = replace(OPENED, posting_id=PostingId("p2")), replace(OPENED, profile_id=ProfileId("bob"))
    later = replace(OPENED, event=Event.HIRED)
    store.feedback.add([OPENED, elsewhere, bob, later])
    assert store.feedback.about("p1", "ana") == [OPENED, later]
    assert store.feedback.about("p1") == [OPENED, bob, later]
    assert store.feedback.about("p2", "bob") == []


def test_the_same_event_of_the_same_answer_is_recorded_once(store: Store) -> None:
    assert store.feedback.add([OPENED, OPENED]) == 1
    assert store.feedback.add([replace(OPENED, position=4)]) == 0
    assert store.feedback.add([replace(OPENED, request_id="r2"), replace(OPENED, event=Event.APPLIED)]) == 2


@pytest.mark.parametrize(("kind", "id_"), [(Kind.PROFILE, "ana"), (Kind.POSTING, "p1")])
def test_feedback_goes_with_the_profile_and_with_the_posting(store: Store, kind: Kind, id_: str) -> None:
    store.put([posting("p1"), profile("ana")])
    other = replace(OPENED, posting_id=PostingId("p2"), profile_id=ProfileId("bob"))
    store.feedback.add([OPENED, other])
    store.delete(kind, [id_])
    assert store.feedback.all() == [other]


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
