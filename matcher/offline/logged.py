"""Rankings of candidates that the decision log has, as choices among the people of today.

A list that was read page by page is one ranking: who reads to its end has seen everybody, and nobody was chosen. The
log has a line a page, in the chain of the process that answered, and no reader: which follows which is told by what
each says that the pages before it have shown, in keyed digests.
"""

import base64
import json
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from matcher.choices import Choice, Places
from matcher.core.domain import Kind
from matcher.core.errors import NotFound
from matcher.core.pages import LOT_BYTES, lot
from matcher.decisions import reading
from matcher.decisions.entry import SEEN, SEEN_VARIANTS, Call
from matcher.decisions.pseudonyms import Pseudonyms
from matcher.engine import Matcher

OF_A_PAGE = frozenset({"k", SEEN, SEEN_VARIANTS})
"""Parameters in which the pages of one list differ."""
GONE = "places of people who are erased or not visible by now"


class Page(NamedTuple):
    """One line of the log."""

    at: str
    first: int
    """The rank, from 1, at which it begins."""
    shown: Places
    """Best first, by their places among the people of today; -1: they are not among them."""
    seen: bytes = b""
    """What the pages before it have shown: in their order, what `Pseudonyms.of_lot` makes of each."""


class List(NamedTuple):
    """What the pages of one list have in common."""

    posting_id: str
    today: str
    asked: str
    """By whom, of which role, and with which parameters and weights."""


@dataclass(slots=True)
class Ranking:
    """Pages of one list that follow one another."""

    first: int
    """The rank, from 1, at which the first of them begins."""
    pages: list[Places]
    seen: bytes
    """By the pages before the last one."""


class Logged:
    """The rankings of candidates since a day; the log is read when it is made."""

    def __init__(
        self, matcher: Matcher, profile_ids: list[str], pseudonyms: Pseudonyms, folder: Path, *, since: date
    ) -> None:
        """Read a log.

        Args:
            matcher: open, on the database whose rankings were logged.
            profile_ids: the people of today.
            pseudonyms: of the installation that wrote the log.
            folder: of the log.
            since: the first day, in UTC.

        Raises:
            DecisionLogUnreadable: a line is broken.
        """
        self._matcher = matcher
        self._ids = profile_ids
        self._place_of = {pseudonyms.of_profile(name): place for place, name in enumerate(profile_ids)}
        self._digest = lru_cache(maxsize=None)(lambda place: pseudonyms.of_lot(lot("", profile_ids[place])))
        self._open = matcher.open_postings()
        self._left_out: Counter[str] = Counter()
        self._gone: set[str] = set()
        self._pages: dict[List, list[Page]] = defaultdict(list)
        for entry in reading.rankings(folder):
            if entry.line.content["at"] >= since.isoformat():
                self._take(entry.line.content)

    def choices(self) -> Iterator[tuple[Choice, int]]:
        """Yield the rankings, each with how many places it had."""
        eligible = lru_cache(maxsize=1)(self._choice)  # of one posting and day after another
        for asked, pages in sorted(self._pages.items()):
            choice = eligible(asked.posting_id, date.fromisoformat(asked.today))
            if choice is None:  # closed since the log was read
                continue
            for ranking in joined(pages, self._digest):
                shown = np.concatenate(ranking.pages)
                known = shown >= 0
                yield (
                    choice._replace(shown=shown[known], ranks=np.flatnonzero(known) + ranking.first),
                    len(shown),
                )

    def organisations(self) -> set[str]:
        """Return those whose postings the rankings are for."""
        found = set()
        for posting_id in {one.posting_id for one in self._pages}:
            with suppress(NotFound):  # deleted since the log was read
                found.add(self._matcher.organisation_of(posting_id))
        return {name for name in found if name is not None}

    def left_out(self, smallest: int) -> dict[str, int | str]:
        """Return how much of the log is not counted, by what it is; of fewer people than that no number is told."""
        told: dict[str, int | str] = {**self._left_out}
        if len(self._gone) < smallest and GONE in told:
            told[GONE] = f"fewer than {smallest}"
        return told

    def _take(self, content: Mapping[str, Any]) -> None:
        """Keep a page of candidates; count whatever else it is."""
        if content["shows"] != Kind.PROFILE:
            self._left_out["rankings of postings"] += 1
            return
        if content["call"] != Call.CANDIDATES:
            self._left_out[f"rankings of which the log does not tell who was eligible ({content['call']})"] += 1
            return
        if content["asks"][1] not in self._open:
            self._left_out["rankings for postings that are closed or deleted by now"] += 1
            return
        names = [shown[0] for shown in content["shown"]]
        places = np.array([self._place_of.get(name, -1) for name in names], np.int64)
        if gone := [name for name in names if name not in self._place_of]:
            self._left_out[GONE] += len(gone)
            self._gone.update(gone)
        seen = base64.b64decode(content["parameters"].get(SEEN, ""))
        page = Page(content["at"], int(content.get("first", 1)), places, seen)
        self._pages[_list_of(content)].append(page)

    def _choice(self, posting_id: str, today: date) -> Choice | None:
        """Return who is eligible for a posting on a day; None where it is gone."""
        return next(self._matcher.examiner.choices(self._ids, k=1, posting_ids=[posting_id], today=today), None)


def joined(pages: Iterable[Page], digest: Callable[[int], bytes]) -> list[Ranking]:
    """Return the rankings that pages of one list make, by their time.

    A first page begins a ranking. A later one goes on from one that ends where it begins: that which has shown what the
    page says was shown before it, or else the last. One that was shown before is in its ranking already; one whose
    pages before are not in the log is a ranking of its own.

    Args:
        pages: in any order.
        digest: what stands in `Page.seen` for one of the people of today.
    """
    found: list[Ranking] = []
    ending: dict[int, list[Ranking]] = defaultdict(list)
    begun: set[tuple[int, bytes]] = set()
    for page in sorted(pages, key=lambda one: (one.at, one.first)):
        ends = ending[page.first]
        if page.first > 1 and ends:
            last = len(ends) - 1
            ranking = ends.pop(next((at for at in range(last, -1, -1) if _goes_on(ends[at], page, digest)), last))
            ranking.pages.append(page.shown)
            ranking.seen = page.seen
        elif page.first > 1 and (page.first, page.seen) in begun:
            continue
        else:
            ranking = Ranking(page.first, [page.shown], page.seen)
            found.append(ranking)
        begun.add((page.first, page.seen))
        ending[page.first + len(page.shown)].append(ranking)
    return found


def _goes_on(ranking: Ranking, page: Page, digest: Callable[[int], bytes]) -> bool:
    """Tell whether what was shown before a page is what a ranking has shown, as far as those people are known."""
    before, last = page.seen[: len(ranking.seen)], page.seen[len(ranking.seen) :]
    lots = (last[at : at + LOT_BYTES] for at in range(0, len(last), LOT_BYTES))
    shown = ranking.pages[-1].tolist()
    return before == ranking.seen and all(
        place < 0 or one == digest(place) for one, place in zip(lots, shown, strict=False)
    )


def _list_of(content: Mapping[str, Any]) -> List:
    parameters = {name: value for name, value in content["parameters"].items() if name not in OF_A_PAGE}
    asked = [content.get("role"), content.get("organisation"), parameters, content.get("weights")]
    return List(content["asks"][1], parameters["today"], json.dumps(asked, sort_keys=True))
