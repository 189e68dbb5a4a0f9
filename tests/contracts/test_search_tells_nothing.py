"""A search answers to the byte as it would if those were not there whom the caller may not see, on every store."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from matcher import search
from matcher.core.domain import (
    Kind,
    Organisation,
    OrganisationId,
    Posting,
    PostingId,
    PostingStatus,
    Profile,
    ProfileId,
    Record,
)
from matcher.core.ports import Encoders, Prose
from matcher.core.storing import Store
from matcher.engine import Matcher
from matcher.search import WORDS, Found, Search
from matcher.stores.snapshots import Snapshots
from tests.fakes import FakeEncoder, FakeTerms, FakeThesaurus

TODAY = date(2026, 11, 23)
OURS = OrganisationId("dinum")
WORD = "zorglub"

PROFILES = [
    Profile(ProfileId("ana"), "Data scientist", skills=("Python",), visible_to_recruiters=True),
    Profile(ProfileId("bob"), "Développeur", summary="Du Python pour un projet.", visible_to_recruiters=True),
    Profile(ProfileId("eve"), "Juriste", summary="Droit public.", visible_to_recruiters=True),
    Profile(ProfileId("sam"), "Data analyst", visible_to_recruiters=True),
]
POSTINGS = [
    Posting(PostingId("p1"), "Data scientist", organisation=Organisation(OURS), description="Du Python."),
    Posting(PostingId("p2"), "Juriste", description="Du droit pour un projet."),
]
SECRET = Profile(
    ProfileId("aaa"),  # before all others, where ids decide
    f"Agent {WORD} python",
    summary=f"Conduite du projet {WORD} à la direction.",
    skills=(WORD, "Python"),
)
UNSEEN = {
    "hides from us": replace(SECRET, visible_to_recruiters=True, hidden_from=(OURS,)),
    "agreed to nothing": SECRET,
    "in prose alone": replace(SECRET, headline="Agent", skills=()),
}
TEXTS = [
    WORD,
    f"développeur {WORD}",
    "python projet",
    f"{WORD} python",
    f'"projet {WORD}"',
    '"droit public"',
    f'juriste "{WORD}" ou "droit public"',
    f"data -{WORD}",
    "data -python",
    f"agent {WORD}, Lyon, sauf CDI",
]


@pytest.fixture
def matcher(store: Store, tmp_path: Path) -> Iterator[Matcher]:
    alike = FakeEncoder()
    found = Matcher(
        store=store,
        encoders=Encoders(alike, alike, alike, Prose(FakeTerms(), 0.5)),
        thesaurus=FakeThesaurus({"python": "skill:python"}),
        snapshots=Snapshots(tmp_path / "snapshots"),
        today=lambda: TODAY,
    )
    found.open()
    found.put([*PROFILES, *POSTINGS])
    yield found
    found.close()


def _said(found: Found) -> str:
    """Return all that an answer says, to the last digit; not how many writes there have been."""
    parts = found.explanations, found.total, found.counts, found.understood, found.cursor
    return "\n".join(map(repr, parts))


def _answers(matcher: Matcher) -> dict[str, str]:
    """Return what our organisation is told, by what it asks: first pages, second ones, words alone, likes."""
    answers = {}
    for text in TEXTS:
        for weight in (0.3, 1.0):
            asked = Search(Kind.PROFILE, text, organisation=OURS, words_weight=weight, k=2)
            first = matcher.search(asked)
            answers[f"{text} {weight}"] = _said(first)
            if first.cursor:
                answers[f"{text} {weight}, then"] = _said(matcher.search(replace(asked, cursor=first.cursor)))
    answers["like ana"] = _said(matcher.similar(Kind.PROFILE, "ana", organisation=OURS))
    answers["candidates"] = repr(matcher.candidates(PostingId("p1"), k=10).explanations)
    return answers


@pytest.mark.parametrize("most_hits", [search.MOST_HITS, 2])
@pytest.mark.parametrize("unseen", UNSEEN)
def test_words_of_who_may_not_be_seen_change_no_answer(
    matcher: Matcher, monkeypatch: pytest.MonkeyPatch, unseen: str, most_hits: int
) -> None:
    monkeypatch.setattr(search, "MOST_HITS", most_hits)
    before = _answers(matcher)
    others = [replace(UNSEEN[unseen], id=ProfileId(f"a{number}")) for number in range(3 * most_hits % 7)]
    matcher.put([UNSEEN[unseen], *others])
    assert _answers(matcher) == before


def test_words_of_closed_postings_change_no_answer(matcher: Matcher) -> None:
    asked = [Search(Kind.POSTING, text) for text in TEXTS]
    before = [*map(_said, map(matcher.search, asked))]
    closed: list[Record] = [
        Posting(PostingId("aaa"), f"Agent {WORD} python projet", description=WORD, status=status)
        for status in (PostingStatus.CLOSED, PostingStatus.FILLED)
    ]
    matcher.put(closed)
    assert [*map(_said, map(matcher.search, asked))] == before


def test_words_of_who_may_be_seen_count(matcher: Matcher) -> None:
    asked = Search(Kind.PROFILE, f"python {WORD}", k=10)
    said = _words(matcher.search(asked))
    assert 0 < said["bob"] < said["ana"] < 1 / 2, "nobody holds the other word, and it counts all the same"
    assert said["eve"] == 0
    matcher.put([UNSEEN["hides from us"]])
    with_another = _words(matcher.search(asked))
    assert with_another["aaa"] == 1.0, "who asks for nobody is hidden from by nobody"
    assert 0 < with_another["bob"] < with_another["ana"] < said["ana"]


def test_who_has_every_word_in_the_title_has_the_whole_and_another_spelling_asks_for_no_more(matcher: Matcher) -> None:
    whole = _words(matcher.search(Search(Kind.PROFILE, "data scientist", k=10)))
    assert whole["ana"] == pytest.approx(1.0)
    assert whole["sam"] == pytest.approx(0.5)


def _words(found: Found) -> dict[str, float]:
    """Return how well each person's words answer."""
    parts = [(one.match.profile_id, part) for one in found.explanations for part in one.match.contributions]
    return {name: part.similarity for name, part in parts if part.name == WORDS}
