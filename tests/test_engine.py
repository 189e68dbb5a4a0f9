"""The matcher from end to end: the real index and the real database, an encoder that is quick."""

import logging
import shutil
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from matcher import engine as module
from matcher import following, reasons
from matcher.answers import Answer
from matcher.core.domain import (
    Contract,
    Education,
    Evidence,
    Experience,
    Facet,
    Kind,
    Location,
    Match,
    Organisation,
    OrganisationId,
    Outcome,
    Posting,
    PostingId,
    Profile,
    ProfileId,
    Record,
    Weights,
)
from matcher.core.errors import AlreadyExists, InvalidVectors, NotFound, StoreUnavailable
from matcher.core.ports import Encoders, Guard, Prose, Vectors
from matcher.core.skills import graded
from matcher.corpus import Corpus
from matcher.engine import Matcher
from matcher.following import Follower
from matcher.offline.demo import forum
from matcher.stages.embed import digest
from matcher.stages.text import facet_texts, skills
from matcher.stores import open_store
from matcher.stores.snapshots import CURRENT, Snapshots
from tests.fakes import FakeEncoder, FakeStore, FakeTerms, FakeThesaurus

TODAY = date(2026, 11, 23)
FORUM = forum(postings=12, profiles=36, today=TODAY)
RECORDS: list[Record] = [*FORUM.postings, *FORUM.profiles]

DATA = Posting(
    PostingId("data"),
    "Data scientist",
    organisation=Organisation(OrganisationId("insee")),
    skills=("Python", "Kubernetes"),
    description="Des modèles.",
)
LAW = Posting(PostingId("law"), "Juriste", organisation=Organisation(OrganisationId("dinum")), description="Du droit.")
ANA = Profile(ProfileId("ana"), "Data scientist", summary="Du Python.", skills=("SQL",), visible_to_recruiters=True)
BOB = Profile(ProfileId("bob"), "Juriste", summary="Du droit public.", visible_to_recruiters=True)
FEW: list[Record] = [DATA, LAW, ANA, BOB]
KNOWN = FakeThesaurus({"python": "skill:python", "kubernetes": "skill:kubernetes"})


class Opener:
    """Opens engines on one home folder, as processes would one after the other or side by side."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self._opened: list[Matcher] = []

    def __call__(self, encoders: Encoders | None = None, *, weights: Weights | None = None) -> Matcher:
        matcher = Matcher(
            store=open_store(None, home=self.home),
            encoders=encoders or Encoders.alike(FakeEncoder()),
            thesaurus=KNOWN,
            snapshots=Snapshots(self.home / "snapshots"),
            weights=weights,
            today=lambda: TODAY,
        )
        self._opened.append(matcher)
        matcher.open()
        return matcher

    def close(self) -> None:
        """End all processes: nothing but files is left."""
        while self._opened:
            self._opened.pop().close()


@pytest.fixture
def opener(tmp_path: Path) -> Iterator[Opener]:
    made = Opener(tmp_path)
    yield made
    made.close()


@pytest.fixture
def matcher(opener: Opener) -> Matcher:
    return opener()


def in_memory(*, folder: Path) -> Matcher:
    encoders = Encoders.alike(FakeEncoder())
    matcher = Matcher(
        store=FakeStore(),
        encoders=encoders,
        thesaurus=KNOWN,
        snapshots=Snapshots(folder),
        today=lambda: TODAY,
    )
    matcher.open()
    return matcher


def profiles_of(answer: Answer) -> list[str]:
    return [explanation.match.profile_id for explanation in answer.explanations]


def postings_of(answer: Answer) -> list[str]:
    return [explanation.match.posting_id for explanation in answer.explanations]


def everything(matcher: Matcher) -> dict[Kind, list[list[Match]]]:
    return {kind: list(matcher.match_all(kind, k=5)) for kind in Kind}


def pairs(answers: dict[Kind, list[list[Match]]]) -> dict[Kind, list[list[tuple[str, str]]]]:
    return {kind: [[(m.posting_id, m.profile_id) for m in found] for found in each] for kind, each in answers.items()}


# Writing and asking.


def test_the_obvious_match_comes_first_on_both_sides_with_its_reasons(matcher: Matcher) -> None:
    assert matcher.put(FEW) == [Outcome.ACCEPTED] * 4
    assert postings_of(matcher.suggestions("ana")) == ["data", "law"]
    assert profiles_of(matcher.candidates("law")) == ["bob", "ana"]
    answer = matcher.candidates("data", k=1)
    assert (answer.eligible, profiles_of(answer)) == (2, ["ana"])
    (reasons,) = answer.explanations
    assert [skill.evidence for skill in reasons.skills] == [Evidence.EVIDENCED, Evidence.MISSING]
    assert reasons.match.rank == 1
    assert reasons.sentence["fr"].startswith("Intitulé très proche")
    assert (matcher.count(Kind.POSTING), matcher.ids(Kind.PROFILE)) == (2, ["ana", "bob"])


def test_what_is_stored_is_given_back(matcher: Matcher) -> None:
    matcher.put(FEW)
    assert matcher.get(Kind.POSTING, "data") == matcher.get_posting("data") == DATA
    assert matcher.get_profile("ana") == ANA


def test_a_profile_that_is_not_stored_is_suggested_what_it_would_be_suggested_stored(opener: Opener) -> None:
    matcher = opener()
    matcher.put([DATA, LAW, BOB])
    vocabulary = len(matcher._follower._corpus.vocabulary)
    unsaved = matcher.suggest(replace(ANA, skills=(CANARY,)))
    assert postings_of(unsaved) == ["data", "law"]
    assert (matcher.count(Kind.PROFILE), len(matcher._follower._corpus.vocabulary)) == (1, vocabulary)
    assert profiles_of(matcher.candidates("data")) == ["bob"]
    with pytest.raises(NotFound):
        matcher.get_profile("ana")
    matcher.snapshot()
    assert _holding(opener.home, CANARY.encode()) == []
    assert matcher.fsck() == []
    matcher.put([replace(ANA, skills=(CANARY,))])
    stored = matcher.suggestions("ana")
    assert [reasons.skills for reasons in stored.explanations] == [reasons.skills for reasons in unsaved.explanations]
    assert [reasons.match.score for reasons in stored.explanations] == pytest.approx(
        [reasons.match.score for reasons in unsaved.explanations], abs=1e-6
    )


def test_an_unknown_document_is_not_found(matcher: Matcher) -> None:
    matcher.put([DATA])
    asked: list[Callable[[], object]] = [
        lambda: matcher.get(Kind.PROFILE, "data"),
        lambda: matcher.get_posting("ana"),
        lambda: matcher.get_profile("data"),
        lambda: matcher.suggestions("ana"),
        lambda: matcher.candidates("ana"),
        lambda: matcher.delete(Kind.PROFILE, "ana"),
        lambda: matcher.erase(Kind.PROFILE, "ana"),
    ]
    for ask in asked:
        with pytest.raises(NotFound):
            ask()
    assert matcher.count(Kind.POSTING) == 1


def test_a_document_that_goes_between_the_look_and_the_deletion_is_not_found(tmp_path: Path) -> None:
    class Slow(FakeStore):
        def delete(self, kind: Kind, ids: Sequence[str], *, guard: Guard | None = None) -> list[str]:
            super().delete(kind, ids, guard=guard)
            return []

    matcher = Matcher(
        store=Slow(),
        encoders=Encoders.alike(FakeEncoder()),
        thesaurus=KNOWN,
        snapshots=Snapshots(tmp_path),
        today=lambda: TODAY,
    )
    matcher.put([DATA])
    with pytest.raises(NotFound):
        matcher.delete(Kind.POSTING, "data")


def test_inserting_a_taken_id_changes_nothing(matcher: Matcher) -> None:
    matcher.insert(ANA)
    with pytest.raises(AlreadyExists):
        matcher.insert(replace(ANA, headline="Juriste"))
    assert matcher.get_profile("ana") == ANA
    matcher.insert(DATA)
    assert profiles_of(matcher.candidates("data")) == ["ana"]


def test_what_is_unchanged_costs_no_encoding(opener: Opener) -> None:
    encoder = FakeEncoder()
    matcher = opener(Encoders.alike(encoder))
    matcher.put(RECORDS)
    everything(matcher)
    for profile in FORUM.profiles:
        matcher.suggestions(profile.id)
    before = encoder.encoded
    assert matcher.put(RECORDS) == [Outcome.UNCHANGED] * len(RECORDS)
    assert matcher.follow() == 0
    assert encoder.encoded == before


def test_no_text_is_encoded_twice_across_documents_and_restarts(opener: Opener) -> None:
    encoder = FakeEncoder()
    opener(Encoders.alike(encoder)).put(FEW)
    first = encoder.encoded
    opener.close()
    again = opener(Encoders.alike(encoder))
    assert encoder.encoded == first
    again.put([replace(ANA, id=ProfileId("twin"))])
    assert postings_of(again.suggestions("twin"))[0] == "data"
    assert encoder.encoded == first


def test_a_replaced_document_is_matched_by_what_it_says_now(matcher: Matcher) -> None:
    matcher.put(FEW)
    matcher.candidates("law")
    assert matcher.put([replace(ANA, headline="Juriste", summary="Droit des données.", skills=())]) == [Outcome.UPDATED]
    assert postings_of(matcher.suggestions("ana"))[0] == "law"
    assert [skill.evidence for skill in matcher.candidates("data").explanations[0].skills] == [Evidence.MISSING] * 2


def test_a_deleted_document_is_in_no_answer_at_once(matcher: Matcher) -> None:
    matcher.put(FEW)
    matcher.candidates("data")
    matcher.delete(Kind.PROFILE, "ana")
    assert profiles_of(matcher.candidates("data")) == ["bob"]
    assert matcher.candidates("data").eligible == 1
    with pytest.raises(NotFound):
        matcher.suggestions("ana")
    matcher.delete(Kind.POSTING, "law")
    assert matcher.ids(Kind.POSTING) == ["data"]
    assert next(matcher.match_all(Kind.PROFILE))[0].posting_id == "data"


def test_a_profile_that_is_not_visible_is_in_no_answer(matcher: Matcher) -> None:
    matcher.put([DATA, LAW, replace(ANA, visible_to_recruiters=False), BOB])
    assert profiles_of(matcher.candidates("data")) == ["bob"]
    assert all(m.profile_id != "ana" for found in matcher.match_all(Kind.POSTING) for m in found)
    assert postings_of(matcher.suggestions("ana"))[0] == "data"
    matcher.put([ANA])
    assert profiles_of(matcher.candidates("data")) == ["ana", "bob"]
    matcher.put([replace(ANA, visible_to_recruiters=False)])
    assert profiles_of(matcher.candidates("data")) == ["bob"]


def test_a_hidden_profile_never_reaches_that_organisation(matcher: Matcher) -> None:
    shy = replace(ANA, hidden_from=(OrganisationId("insee"),))
    matcher.put([shy, BOB, LAW])
    matcher.put([DATA])
    assert profiles_of(matcher.candidates("data")) == ["bob"]
    assert postings_of(matcher.suggestions("ana")) == ["law"]
    found = everything(matcher)
    assert all(
        (m.posting_id, m.profile_id) != ("data", "ana") for each in found.values() for some in each for m in some
    )


def test_hidden_and_closed_are_absent_from_every_answer_of_the_forum(matcher: Matcher) -> None:
    matcher.put(RECORDS)
    hidden = {profile.id for profile in FORUM.profiles if not profile.visible_to_recruiters}
    assert hidden
    for posting in FORUM.postings:
        answer = matcher.candidates(posting.id, k=100)
        assert len(answer.explanations) == answer.eligible
        assert not hidden & set(profiles_of(answer))
        for explanation in answer.explanations:
            profile = matcher.get_profile(explanation.match.profile_id)
            assert posting.organisation is None or posting.organisation.id not in profile.hidden_from


def test_k_are_given_whenever_k_are_eligible(matcher: Matcher) -> None:
    matcher.put(RECORDS)
    for posting in FORUM.postings:
        eligible = matcher.candidates(posting.id, k=0).eligible
        for k in (1, 3, eligible, eligible + 1):
            assert len(matcher.candidates(posting.id, k=k).explanations) == min(k, eligible)


def test_all_at_once_gives_what_each_gets_alone(matcher: Matcher, monkeypatch: pytest.MonkeyPatch) -> None:
    matcher.put(RECORDS)
    monkeypatch.setattr(module, "BLOCK", 5)
    for kind, ask in ((Kind.POSTING, matcher.candidates), (Kind.PROFILE, matcher.suggestions)):
        alone = [[e.match for e in ask(name, k=5).explanations] for name in matcher.ids(kind)]
        assert list(matcher.match_all(kind, k=5)) == alone


def test_all_of_nothing_is_nothing(matcher: Matcher) -> None:
    assert list(matcher.match_all(Kind.POSTING)) == []


def test_a_document_deleted_between_two_blocks_is_left_out(matcher: Matcher, monkeypatch: pytest.MonkeyPatch) -> None:
    matcher.put([ANA, BOB, DATA, LAW])
    monkeypatch.setattr(module, "BLOCK", 1)
    found = matcher.match_all(Kind.PROFILE)
    assert next(found)[0].profile_id == "ana"
    matcher.delete(Kind.PROFILE, "bob")
    assert list(found) == []


def test_the_weights_that_are_given_rank(opener: Opener) -> None:
    zero = dict.fromkeys(Weights.__dataclass_fields__, 0.0)
    matcher = opener(weights=Weights(**(zero | {"contract": 1.0})))
    freelance = (Contract.FREELANCE,)
    matcher.put([replace(DATA, contracts=freelance), ANA, replace(BOB, contracts=freelance)])
    assert profiles_of(matcher.candidates("data")) == ["bob", "ana"]
    assert [e.match.score for e in matcher.candidates("data").explanations] == pytest.approx([1.0, 0.5])


def test_a_broken_encoder_stores_nothing(opener: Opener) -> None:
    class Broken(FakeEncoder):
        def encode(self, texts: Sequence[str]) -> Vectors:
            return super().encode(texts) * np.float32(np.nan)

    matcher = opener(Encoders.alike(Broken()))
    with pytest.raises(InvalidVectors):
        matcher.put([DATA])
    with pytest.raises(InvalidVectors):
        matcher.insert(DATA)
    assert (matcher.count(Kind.POSTING), matcher.lag()) == (0, 0)
    with pytest.raises(NotFound):
        matcher.get_posting("data")


def test_more_explanations_than_are_kept_prepared_are_made_all_the_same(
    matcher: Matcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    matcher.put(FEW)
    expected = matcher.candidates("data")
    monkeypatch.setattr(reasons, "SHEETS", 1)
    matcher._reasons._sheets.clear()
    assert matcher.candidates("data") == expected
    assert matcher.candidates("data") == expected


# Several processes on one database.


def test_an_engine_follows_what_another_writes(opener: Opener) -> None:
    one, other = opener(), opener()
    one.put(FEW)
    assert (other.count(Kind.POSTING), other.lag()) == (0, 4)
    assert other.follow() == 4
    assert (other.lag(), other.follow()) == (0, 0)
    assert everything(other) == everything(one)
    other.candidates("data")
    one.put([replace(ANA, headline="Juriste", summary="")])
    one.delete(Kind.PROFILE, "bob")
    one.delete(Kind.POSTING, "law")
    other.follow()
    assert profiles_of(other.candidates("data")) == ["ana"]
    assert other.candidates("data").explanations == one.candidates("data").explanations


def test_a_long_log_is_followed_in_batches(opener: Opener, monkeypatch: pytest.MonkeyPatch) -> None:
    one, other = opener(), opener()
    one.put(RECORDS)
    for posting in FORUM.postings[:4]:
        one.delete(Kind.POSTING, posting.id)
    one.put([FORUM.postings[0]])
    monkeypatch.setattr(following, "FOLLOW_BATCH", 7)
    assert other.follow() == len(RECORDS) + 5
    assert pairs(everything(other)) == pairs(everything(one))


def test_a_document_that_another_process_deletes_is_no_longer_shown(opener: Opener) -> None:
    one, other = opener(), opener()
    one.put(FEW)
    other.follow()
    one.delete(Kind.PROFILE, "ana")
    # Ranked still, by what this process knows; but there is nothing left to show.
    assert profiles_of(other.candidates("data")) == ["bob"]
    assert other.suggestions("ana").explanations == ()
    with pytest.raises(NotFound):
        other.delete(Kind.PROFILE, "ana")
    other.follow()
    with pytest.raises(NotFound):
        other.suggestions("ana")


def test_an_explanation_prepared_while_a_record_changes_is_not_kept(tmp_path: Path) -> None:
    class Meddling(FakeStore):
        """Lets something happen just after records have been read."""

        then: Callable[[], object] | None = None

        def get(self, kind: Kind, ids: Sequence[str]) -> dict[str, Record]:
            found = super().get(kind, ids)
            if kind is Kind.PROFILE and (then := self.then):
                self.then = None
                then()
            return found

    store = Meddling()
    matcher = Matcher(
        store=store,
        encoders=Encoders.alike(FakeEncoder()),
        thesaurus=KNOWN,
        snapshots=Snapshots(tmp_path),
        today=lambda: TODAY,
    )
    matcher.put([DATA, ANA])
    store.then = lambda: matcher.put([replace(ANA, summary="")])
    assert matcher.candidates("data").explanations[0].skills[0].evidence is Evidence.EVIDENCED
    assert matcher.candidates("data").explanations[0].skills[0].evidence is Evidence.MISSING


def _sharing(store: FakeStore, folder: Path) -> Matcher:
    return Matcher(
        store=store,
        encoders=Encoders.alike(FakeEncoder()),
        thesaurus=KNOWN,
        snapshots=Snapshots(folder),
        today=lambda: TODAY,
    )


class Interrupted(FakeStore):
    """Lets something happen between a write's transaction and what its process does next, once."""

    then: Callable[[], object] | None = None

    def put(self, *given: Any, **more: Any) -> list[Outcome]:
        outcomes = super().put(*given, **more)
        if then := self.then:
            self.then = None
            then()
        return outcomes


def test_a_write_that_another_process_replaces_before_it_is_applied_here_does_not_stay(tmp_path: Path) -> None:
    store = Interrupted()
    here, there = _sharing(store, tmp_path / "here"), _sharing(store, tmp_path / "there")
    here.put([DATA])

    def replaced_by_another() -> None:
        there.delete(Kind.PROFILE, "ana")
        there.snapshot()  # empties the ids of what is gone in the log
        there.put([replace(ANA, headline="Juriste", visible_to_recruiters=False)])

    store.then = replaced_by_another
    here.put([ANA])
    assert not here.candidates("data").explanations
    assert here.fsck() == []


def test_what_others_erase_goes_here_while_a_write_of_this_process_waits_for_its_turn(tmp_path: Path) -> None:
    waits, goes_on = threading.Event(), threading.Event()

    class Slow(FakeStore):
        def put(self, *given: Any, **more: Any) -> list[Outcome]:
            if threading.current_thread().name == "slow":
                waits.set()
                assert goes_on.wait(10)
            return super().put(*given, **more)

    store = Slow()
    here, there = _sharing(store, tmp_path / "here"), _sharing(store, tmp_path / "there")
    here.put([DATA, ANA])
    writer = threading.Thread(target=here.put, args=([replace(ANA, id=ProfileId("bob"))],), name="slow")
    writer.start()
    assert waits.wait(10)
    there.delete(Kind.PROFILE, "ana")
    follower = threading.Thread(target=here.follow)
    follower.start()
    follower.join(5)
    assert not follower.is_alive()
    assert not here.candidates("data").explanations
    goes_on.set()
    writer.join(10)
    assert [one.match.profile_id for one in here.candidates("data").explanations] == ["bob"]


def test_a_reader_between_the_two_halves_of_a_change_keeps_nothing_stale(tmp_path: Path) -> None:
    class Paused(FakeStore):
        """Calls what is set for a kind, once, just after its records have been read."""

        def __init__(self) -> None:
            super().__init__()
            self.after: dict[Kind, Callable[[], object]] = {}

        def get(self, kind: Kind, ids: Sequence[str]) -> dict[str, Record]:
            found = super().get(kind, ids)
            self.after.pop(kind, lambda: None)()
            return found

    store, reached, resume = Paused(), threading.Event(), threading.Event()
    matcher = Matcher(
        store=store,
        encoders=Encoders.alike(FakeEncoder()),
        thesaurus=KNOWN,
        snapshots=Snapshots(tmp_path),
        today=lambda: TODAY,
    )
    matcher.put([DATA, ANA])
    writer = threading.Thread(target=matcher.put, args=([replace(DATA, skills=("Cobol",)), replace(ANA, summary="")],))

    def pause() -> None:
        reached.set()
        resume.wait(10)

    def change_meanwhile() -> None:
        store.after[Kind.PROFILE] = pause
        writer.start()
        assert reached.wait(10)

    store.after[Kind.POSTING] = change_meanwhile
    assert matcher.candidates("data").explanations[0].skills[0].required == "Python"
    resume.set()
    writer.join(10)
    assert [skill.required for skill in matcher.candidates("data").explanations[0].skills] == ["Cobol"]


def test_readers_never_see_a_torn_answer_while_a_writer_writes(opener: Opener) -> None:
    matcher = opener()
    matcher.put(RECORDS)
    stop = threading.Event()
    problems: list[BaseException] = []
    answered = 0

    def read(thread: int) -> None:
        nonlocal answered
        turn = thread
        while not stop.is_set():
            turn += 1
            try:
                posting = FORUM.postings[turn % len(FORUM.postings)]
                answer = matcher.candidates(posting.id, k=7)
                # A document may go between its ranking and its explanation: fewer, but never other ones.
                assert len(answer.explanations) <= min(7, answer.eligible)
                for explanation in answer.explanations:
                    match = explanation.match
                    assert match.posting_id == posting.id
                    assert match.score == pytest.approx(sum(part.value for part in match.contributions))
                    assert explanation.sentence["en"]
                assert len(set(profiles_of(answer))) == len(answer.explanations)
                if thread == 0:
                    assert all(found[0].rank == 1 for found in matcher.match_all(Kind.POSTING, k=2) if found)
                answered += 1
            except BaseException as error:  # noqa: BLE001 - handed to the test's own thread
                problems.append(error)
                return

    with ThreadPoolExecutor(3) as threads:
        for thread in range(3):
            threads.submit(read, thread)
        for number in range(12):
            new = [replace(profile, id=ProfileId(f"{profile.id}-{number}")) for profile in FORUM.profiles[:8]]
            matcher.put(new)
            matcher.put([replace(FORUM.profiles[number], headline="Juriste")])
            if number % 3 == 0:
                matcher.delete(Kind.PROFILE, new[0].id)
            if number % 10 == 0:
                matcher.snapshot()
        stop.set()
    assert problems == []
    assert answered > 0
    assert matcher.fsck() == []


# One encoder a facet.


def three() -> Encoders:
    """Three encoders, of three dimensions, which count what they encode."""
    return Encoders(
        FakeEncoder(dimension=24, name="titles"),
        FakeEncoder(name="skills"),
        FakeEncoder(dimension=20, name="prose"),
        Prose(FakeTerms(), 0.5),
    )


def encoded(encoders: Encoders) -> dict[Facet, int]:
    """How many texts each facet's encoder has been given."""
    made = {facet: encoders[facet] for facet in Facet}
    return {facet: encoder.encoded for facet, encoder in made.items() if isinstance(encoder, FakeEncoder)}


def texts_of(records: Sequence[Record], facet: Facet) -> set[str]:
    return {part.text for record in records for part in facet_texts(record, skills(record, KNOWN)).get(facet, ())}


def test_facets_of_different_dimensions_match_and_restart_as_any_others(opener: Opener) -> None:
    encoders = three()
    matcher = opener(encoders)
    assert matcher.model == "title: titles, skills: skills, body: prose + fake"
    matcher.put(RECORDS)
    matcher.put(FEW)
    assert postings_of(matcher.suggestions("ana"))[0] == "data"
    assert encoded(encoders) == {facet: len(texts_of([*RECORDS, *FEW], facet)) for facet in Facet}
    matcher.snapshot()
    answers, before = everything(matcher), encoded(encoders)
    opener.close()
    again = opener(encoders)
    assert everything(again) == answers
    assert again.fsck() == []
    shutil.rmtree(opener.home / "snapshots")
    opener.close()
    assert pairs(everything(opener(encoders))) == pairs(answers)
    assert encoded(encoders) == before, "no text is encoded twice, whichever facet it is of"


def test_one_text_in_two_facets_has_the_vector_of_each_facet_s_model(opener: Opener) -> None:
    encoders = three()
    matcher = opener(encoders)
    matcher.put([Profile(ProfileId("ana"), "python", summary="python", skills=("python",))])
    found = matcher._follower._corpus.sides[Kind.PROFILE].index.facet_vectors(0)
    found[Facet.SKILLS] = matcher._follower._corpus.vocabulary._vectors[1]
    for facet in Facet:
        assert np.allclose(found[facet], encoders[facet].encode(["python"])[0], atol=1e-6)
    store = open_store(None, home=opener.home)
    for facet, model in encoders.fingerprints.items():
        (vector,) = store.vectors([digest("python")], model=model).values()
        assert vector.shape == (encoders[facet].dimension,)
    matcher.erase(Kind.PROFILE, "ana")
    assert store.drop_vectors(keep_models=[]) == 0, "erasing takes the vectors of every model"
    store.close()


def test_single_skills_are_compared_by_the_skills_encoder(opener: Opener) -> None:
    encoders = three()
    matcher = opener(encoders)
    asked, had = "gestion agile", "agile"
    matcher.put([replace(DATA, skills=(asked,)), replace(ANA, skills=(had,))])
    (skill,) = matcher.candidates("data").explanations[0].skills
    said = {facet: float(graded(np.prod(encoders[facet].encode([asked, had]), axis=0).sum())) for facet in Facet}
    assert skill.similarity == pytest.approx(said[Facet.SKILLS], abs=1e-5)
    assert skill.similarity not in (pytest.approx(said[Facet.TITLE]), pytest.approx(said[Facet.BODY]))


@pytest.mark.parametrize("facet", Facet)
def test_another_model_for_one_facet_encodes_the_texts_of_that_facet_alone(
    facet: Facet, opener: Opener, caplog: pytest.LogCaptureFixture
) -> None:
    encoders = three()
    matcher = opener(encoders)
    matcher.put(FEW)
    matcher.snapshot()
    opener.close()
    other = FakeEncoder(dimension=12, name="other")
    before = encoded(encoders)
    title, skills, body = (other if one is facet else encoders[one] for one in Facet)
    changed = opener(Encoders(title, skills, body, encoders.prose))
    assert "another model" in caplog.text
    assert other.encoded == len(texts_of(FEW, facet))
    assert encoded(encoders) == before
    changed.reindex()
    assert changed.fsck() == []
    assert profiles_of(changed.candidates("data")) == ["ana", "bob"]
    store = open_store(None, home=opener.home)
    old = encoders.fingerprints[facet]
    assert store.vectors([digest(text) for text in texts_of(FEW, facet)], model=old) == {}
    store.close()


def test_two_facets_that_swap_models_of_one_dimension_refuse_the_snapshot(
    opener: Opener, caplog: pytest.LogCaptureFixture
) -> None:
    one, other = FakeEncoder(name="one"), FakeEncoder(name="other")
    matcher = opener(Encoders(one, other, one))
    matcher.put(FEW)
    matcher.snapshot()
    opener.close()
    swapped = opener(Encoders(other, one, one))
    assert "another model" in caplog.text
    assert swapped.fsck() == []


def test_reindexing_keeps_the_vectors_of_every_facet_s_model(opener: Opener) -> None:
    encoders = three()
    matcher = opener(encoders)
    matcher.put(FEW)
    before = encoded(encoders)
    matcher.reindex()
    opener.close()
    shutil.rmtree(opener.home / "snapshots")
    assert opener(encoders).fsck() == []
    assert encoded(encoders) == before


def test_a_process_follows_another_s_writes_of_every_model_without_encoding(opener: Opener) -> None:
    own = three()
    one, other = opener(three()), opener(own)
    one.put(FEW)
    other.follow()
    assert encoded(own) == dict.fromkeys(Facet, 0)
    assert everything(other) == everything(one)


# Snapshots.


def test_an_engine_opened_from_a_snapshot_answers_as_one_rebuilt(
    opener: Opener, caplog: pytest.LogCaptureFixture
) -> None:
    matcher = opener()
    matcher.put(RECORDS)
    for posting in FORUM.postings[:3]:
        matcher.delete(Kind.POSTING, posting.id)
    expected = everything(matcher)
    matcher.snapshot()
    matcher.put(FEW)
    later = everything(matcher)
    opener.close()
    restored = opener()
    assert pairs(everything(restored)) == pairs(later)
    assert restored.fsck() == []
    for record in FEW:
        restored.delete(Kind.POSTING if isinstance(record, Posting) else Kind.PROFILE, record.id)
    opener.close()
    shutil.rmtree(opener.home / "snapshots")
    rebuilt = opener()
    assert pairs(everything(rebuilt)) == pairs(expected)
    assert [m.score for found in everything(rebuilt)[Kind.POSTING] for m in found] == pytest.approx(
        [m.score for found in expected[Kind.POSTING] for m in found], abs=1e-6
    )
    assert not caplog.records


def test_a_snapshot_is_used_and_not_made_anew(opener: Opener, monkeypatch: pytest.MonkeyPatch) -> None:
    matcher = opener()
    matcher.put(FEW)
    matcher.snapshot()
    opener.close()

    def refuse(_: Follower) -> None:
        pytest.fail("rebuilt although the snapshot is sound")

    monkeypatch.setattr(Follower, "_rebuild", refuse)
    assert profiles_of(opener().candidates("data")) == ["ana", "bob"]


def test_a_snapshot_of_nothing_is_sound(opener: Opener, caplog: pytest.LogCaptureFixture) -> None:
    opener().snapshot()
    opener.close()
    matcher = opener()
    matcher.put(FEW)
    assert profiles_of(matcher.candidates("data")) == ["ana", "bob"]
    assert not caplog.records


def test_a_snapshot_is_written_only_when_something_has_changed(opener: Opener) -> None:
    matcher = opener()
    matcher.put(FEW)
    pointer = opener.home / "snapshots" / CURRENT
    matcher.snapshot_if_behind()
    first = pointer.read_text()
    matcher.snapshot_if_behind()
    assert pointer.read_text() == first
    matcher.delete(Kind.PROFILE, "bob")
    matcher.snapshot_if_behind()
    second = pointer.read_text()
    assert second != first
    pointer.write_text("damaged")
    matcher.snapshot_if_behind()
    assert pointer.read_text() not in ("damaged", second)


def test_words_that_came_back_while_their_owner_was_deleted_go_with_the_snapshot(matcher: Matcher) -> None:
    matcher.put(FEW)
    matcher.delete(Kind.PROFILE, "bob")
    matcher._deriver.made([BOB])  # as an answer does that was under way
    embedders = matcher._deriver.embedders._by_model.values()
    assert any(embedder._memory for embedder in embedders)
    matcher.snapshot()
    assert not any(embedder._memory for embedder in embedders)


def flip(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 0x01
    path.write_bytes(content)


IN_A_SNAPSHOT = [
    "../CURRENT",
    "manifest.json",
    *(
        f"{kind}/{name}"
        for kind in Kind
        for name in ("ids.json", "skills.npz", "sums.npz", "traits.npz", "vectors.faiss")
    ),
    "vocabulary.npz",
]
DAMAGES: dict[str, Callable[[Path], object]] = {
    "flipped": flip,
    "truncated": lambda path: path.write_bytes(path.read_bytes()[:-1] if path.name != CURRENT else b"x"),
    "emptied": lambda path: path.write_bytes(b""),
}


def assert_rebuilt(opener: Opener, caplog: pytest.LogCaptureFixture, reason: str = "rebu") -> None:
    with caplog.at_level(logging.WARNING):
        matcher = opener()
    assert any(reason in record.message for record in caplog.records), caplog.text
    fresh = in_memory(folder=opener.home / "fresh")
    fresh.put([*(matcher.get(kind, name) for kind in Kind for name in matcher.ids(kind))])
    assert pairs(everything(matcher)) == pairs(everything(fresh))
    assert matcher.ids(Kind.PROFILE)
    matcher.snapshot()
    assert matcher.fsck() == []


@pytest.fixture
def snapshot(opener: Opener) -> Path:
    """The folder of a sound snapshot, with all processes ended."""
    matcher = opener()
    matcher.put(FEW)
    folder = matcher.snapshot()
    opener.close()
    return folder


@pytest.mark.parametrize("damage", DAMAGES)
@pytest.mark.parametrize("name", IN_A_SNAPSHOT)
def test_a_damaged_snapshot_is_refused_and_rebuilt(
    name: str, damage: str, opener: Opener, snapshot: Path, caplog: pytest.LogCaptureFixture
) -> None:
    DAMAGES[damage](snapshot / name)
    assert_rebuilt(opener, caplog)


@pytest.mark.parametrize("name", IN_A_SNAPSHOT[1:])
def test_a_snapshot_that_lacks_a_file_is_refused_and_rebuilt(
    name: str, opener: Opener, snapshot: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (snapshot / name).unlink()
    assert_rebuilt(opener, caplog)


def test_the_parametrised_files_are_all_that_a_snapshot_holds(snapshot: Path) -> None:
    found = {path.relative_to(snapshot).as_posix() for path in snapshot.rglob("*") if path.is_file()}
    assert found == set(IN_A_SNAPSHOT[1:])
    assert sorted(path.name for path in snapshot.parent.iterdir()) == sorted([CURRENT, snapshot.name])


def test_a_snapshot_with_an_extra_file_is_refused_and_rebuilt(
    opener: Opener, snapshot: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (snapshot / "posting" / "stray").touch()
    assert_rebuilt(opener, caplog)


@pytest.mark.parametrize("name", IN_A_SNAPSHOT[1:])
def test_files_swapped_between_generations_are_refused_and_rebuilt(
    name: str, opener: Opener, snapshot: Path, caplog: pytest.LogCaptureFixture
) -> None:
    kept = opener.home / "kept"
    shutil.copytree(snapshot, kept)
    matcher = opener()
    skills = ("Fortran",)
    ana = replace(ANA, headline="Juriste", skills=skills, experience_years=3.0)
    data = replace(DATA, title="UX designer", skills=skills, experience_years_min=1.0)
    matcher.put([ana, replace(BOB, id=ProfileId("cam"))])
    matcher.put([data, replace(LAW, id=PostingId("new"))])
    newer = matcher.snapshot()
    opener.close()
    shutil.copy(kept / name, newer / name)
    assert_rebuilt(opener, caplog)


def test_the_snapshot_of_another_model_is_refused_and_rebuilt(
    opener: Opener, snapshot: Path, caplog: pytest.LogCaptureFixture
) -> None:
    other = opener(Encoders.alike(FakeEncoder(dimension=8)))
    assert "another model" in caplog.text
    assert profiles_of(other.candidates("data")) == ["ana", "bob"]
    assert other.fsck() == []


def test_the_snapshot_of_another_database_is_refused_and_rebuilt(
    tmp_path: Path, opener: Opener, snapshot: Path, caplog: pytest.LogCaptureFixture
) -> None:
    elsewhere = Opener(tmp_path / "elsewhere")
    elsewhere().put([DATA, LAW, ANA, replace(BOB, headline="Architecte")])
    elsewhere.close()
    shutil.copytree(opener.home / "snapshots", elsewhere.home / "snapshots")
    assert_rebuilt(elsewhere, caplog, "another database")
    elsewhere.close()


def test_the_snapshot_of_another_empty_database_is_refused(
    tmp_path: Path, opener: Opener, caplog: pytest.LogCaptureFixture
) -> None:
    opener().snapshot()
    opener.close()
    elsewhere = Opener(tmp_path / "elsewhere")
    elsewhere().put(FEW)
    elsewhere.close()
    shutil.copytree(opener.home / "snapshots", elsewhere.home / "snapshots")
    assert_rebuilt(elsewhere, caplog, "another database")
    elsewhere.close()


def _copy_database(home: Path, target: Path) -> None:
    target.mkdir()
    for path in home.glob("matcher.db*"):
        shutil.copy(path, target)


def _restore_database(home: Path, source: Path) -> None:
    for path in home.glob("matcher.db*"):
        path.unlink()
    for path in source.iterdir():
        shutil.copy(path, home)


@pytest.mark.parametrize("since", [0, 1, 2, 5])
def test_an_older_database_restored_beneath_the_snapshot_is_noticed(
    since: int, tmp_path: Path, opener: Opener, caplog: pytest.LogCaptureFixture
) -> None:
    opener().put(FEW)
    opener.close()
    _copy_database(tmp_path, tmp_path / "backup")
    matcher = opener()
    matcher.put([replace(ANA, headline="Juriste"), replace(BOB, id=ProfileId("lost"))])
    matcher.snapshot()
    opener.close()
    _restore_database(tmp_path, tmp_path / "backup")
    # Other changes have been written since, as many as were lost or more: the number alone would not tell.
    for number in range(since):
        store = open_store(None, home=tmp_path)
        other = Matcher(
            store=store,
            encoders=Encoders.alike(FakeEncoder()),
            thesaurus=KNOWN,
            snapshots=Snapshots(tmp_path / "none"),
            today=lambda: TODAY,
        )
        other.put([replace(BOB, headline=f"Juriste {number}")])
        other.close()
    assert_rebuilt(opener, caplog, "another database")
    assert "lost" not in opener().ids(Kind.PROFILE)


def test_a_snapshot_that_counts_other_rows_is_refused(
    opener: Opener, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    matcher = opener()
    matcher.put(FEW)
    with monkeypatch.context() as patch:
        patch.setattr(Corpus, "count", lambda *_: 7)
        matcher.snapshot()
    opener.close()
    assert_rebuilt(opener, caplog, "other rows")


def test_a_disk_error_is_explained_and_costs_nothing_but_the_snapshot(opener: Opener) -> None:
    matcher = opener()
    matcher.put(FEW)
    (opener.home / "snapshots").write_text("not a folder")
    with pytest.raises(StoreUnavailable):
        matcher.snapshot()
    with pytest.raises(StoreUnavailable):
        matcher.erase(Kind.PROFILE, "ana")
    assert profiles_of(matcher.candidates("data")) == ["bob"]


# Deriving anew, and erasing.


def test_after_a_change_of_model_reindexing_leaves_nothing_of_the_old(opener: Opener, snapshot: Path) -> None:
    other = FakeEncoder(dimension=8, name="other")
    matcher = opener(Encoders.alike(other))
    matcher.reindex()
    assert matcher.fsck() == []
    store = open_store(None, home=opener.home)
    assert store.drop_vectors(keep_models=[other.fingerprint]) == 0
    store.close()
    encoded = other.encoded
    opener.close()
    again = opener(Encoders.alike(other))
    assert other.encoded == encoded, "the new snapshot and the new vectors are used"
    assert profiles_of(again.candidates("data")) == ["ana", "bob"]


def test_reindexing_changes_no_answer(matcher: Matcher) -> None:
    matcher.put(RECORDS)
    before = everything(matcher)
    matcher.reindex()
    assert pairs(everything(matcher)) == pairs(before)
    assert matcher.lag() == 0


CANARY = "zxqcanarizxq"
ERASED = Profile(
    ProfileId("erased"),
    f"Data scientist {CANARY}",
    summary=f"Du Python et du {CANARY}.",
    skills=(f"{CANARY} avancé",),
    experiences=(Experience(f"Développeuse {CANARY}", organisation=CANARY, summary=CANARY),),
    education=(Education(f"Master {CANARY}", 7),),
    languages=(CANARY,),
    locations=(Location(region=CANARY, department=CANARY, city=CANARY),),
    salary_eur_year_min=43_219.0,
    hidden_from=(OrganisationId(CANARY),),
    visible_to_recruiters=True,
)


def _holding(home: Path, needle: bytes) -> list[str]:
    wanted = [needle, needle.decode("latin-1").encode("utf-32-le")]
    files = [path for path in home.rglob("*") if path.is_file()]
    return [path.name for path in files if any(one in path.read_bytes().lower() for one in wanted)]


def test_what_is_erased_is_in_no_file(opener: Opener) -> None:
    matcher = opener()
    matcher.put([*FEW, ERASED])
    index = matcher._follower._corpus.sides[Kind.PROFILE].index
    row = index.row("erased")
    assert row is not None
    vector = index.facet_vectors(row)[Facet.TITLE].tobytes()
    number, *_ = matcher._follower._corpus.sides[Kind.PROFILE].skills.of(row)[0].tolist()
    skill = matcher._follower._corpus.vocabulary._vectors[number].tobytes()
    salary = np.float32(43_219.0).tobytes()
    matcher.candidates("data")
    matcher.snapshot()
    assert _holding(opener.home, CANARY.encode())
    assert any(vector in path.read_bytes() for path in opener.home.rglob("vectors.faiss"))
    assert any(skill in path.read_bytes() for path in opener.home.rglob("vocabulary.npz"))
    assert any(salary in path.read_bytes() for path in opener.home.rglob("traits.npz"))
    matcher.erase(Kind.PROFILE, "erased")
    assert _holding(opener.home, CANARY.encode()) == []
    for one in (vector, skill):
        assert not any(one in path.read_bytes() for path in opener.home.rglob("*") if path.is_file())
    assert CANARY not in str(vars(matcher._follower._corpus.vocabulary)).lower()
    assert not any(salary in path.read_bytes() for path in opener.home.rglob("traits.npz"))
    assert profiles_of(matcher.candidates("data")) == ["ana", "bob"]
    assert not any(CANARY in str(sheet) for sheet in matcher._reasons._sheets.values())
    opener.close()
    assert _holding(opener.home, CANARY.encode()) == []
    assert opener().fsck() == []


def test_an_erased_text_is_encoded_anew_when_it_comes_back(opener: Opener) -> None:
    encoder = FakeEncoder()
    matcher = opener(Encoders.alike(encoder))
    matcher.put([ERASED])
    first = encoder.encoded
    matcher.erase(Kind.PROFILE, "erased")
    matcher.put([ERASED])
    assert encoder.encoded == 2 * first


def test_closing_twice_is_fine(matcher: Matcher) -> None:
    matcher.close()
    matcher.close()


def test_a_vector_that_the_store_dropped_is_stored_again_with_the_next_document_that_needs_it(opener: Opener) -> None:
    matcher = opener()
    with_skill = Profile(ProfileId("a"), "Juriste", skills=("Kubernetes",))
    matcher.put([with_skill])
    matcher.put([replace(with_skill, skills=())])
    matcher.put([replace(with_skill, id=ProfileId("b"))])
    assert matcher.fsck() == []


def test_erasing_is_not_undone_by_a_process_that_stops_later(opener: Opener) -> None:
    one, other = opener(), opener()
    one.put([Profile(ProfileId("a"), "Juriste"), Profile(ProfileId("b"), "Juriste")])
    other.follow()
    one.erase(Kind.PROFILE, "a")
    other.snapshot_if_behind()
    assert opener().ids(Kind.PROFILE) == ["b"]
    assert (one.ids(Kind.PROFILE), other.ids(Kind.PROFILE)) == (["b"], ["b"])


def test_ranking_needs_no_database_and_says_whether_reasons_do(matcher: Matcher) -> None:
    matcher.put(FEW)
    ranked = matcher.rank(Kind.POSTING, "data", k=5)
    assert matcher.written_at_hand(ranked) is None
    assert matcher.explain(ranked) == matcher.candidates("data", k=5)
    assert matcher.written_at_hand(ranked) == matcher.written(ranked)
