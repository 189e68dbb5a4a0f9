"""The matcher from end to end: the real index and the real database, an encoder that is quick."""

import shutil
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from matcher import following, reasons
from matcher.core.domain import Contract, Facet, Kind, OrganisationId, Outcome, Profile, ProfileId, Record
from matcher.core.errors import AlreadyExists, InvalidVectors, NotFound
from matcher.core.ports import Encoders, Prose, Vectors
from matcher.core.scoring import Evidence, Weights
from matcher.core.skills import graded
from matcher.core.storing import Guard
from matcher.engine import Matcher
from matcher.stages.embed import digest
from matcher.stages.text import facet_texts, skills
from matcher.stores import open_store
from matcher.stores.snapshots import Snapshots
from tests.engines import (
    ANA,
    BOB,
    CANARY,
    DATA,
    FEW,
    FORUM,
    KNOWN,
    LAW,
    RECORDS,
    TODAY,
    Opener,
    everything,
    holding,
    pairs,
    postings_of,
    profiles_of,
)
from tests.fakes import FakeEncoder, FakeStore, FakeTerms

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
    assert holding(opener.home, CANARY.encode()) == []
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
    monkeypatch.setattr(following, "BLOCK", 5)
    for kind, ask in ((Kind.POSTING, matcher.candidates), (Kind.PROFILE, matcher.suggestions)):
        alone = [[e.match for e in ask(name, k=5).explanations] for name in matcher.ids(kind)]
        assert list(matcher.match_all(kind, k=5)) == alone


def test_all_of_nothing_is_nothing(matcher: Matcher) -> None:
    assert list(matcher.match_all(Kind.POSTING)) == []


def test_a_document_deleted_between_two_blocks_is_left_out(matcher: Matcher, monkeypatch: pytest.MonkeyPatch) -> None:
    matcher.put([ANA, BOB, DATA, LAW])
    monkeypatch.setattr(following, "BLOCK", 1)
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


@pytest.mark.no_cover  # others run the same lines; measured, it takes twice as long
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
