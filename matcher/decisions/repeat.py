"""Asks again what a line of the log was asked, on the same day, under the same weights, after the same pages."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import orjson

from matcher.answers import Answer
from matcher.core.domain import Kind, OrganisationId, Profile
from matcher.core.errors import DecisionLogUnreadable, InvalidRecord, UnreadableFile
from matcher.core.pages import NOTHING, Seen, lot
from matcher.core.scoring import ASPECTS, Variety, Weights
from matcher.decisions.entry import SEEN, Call, Shown, canonical, known_as, places, seen_in
from matcher.decisions.pseudonyms import Pseudonyms
from matcher.drafts import parse_sent
from matcher.engine import Matcher
from matcher.search import Filters, Found, Search

Asked = str | Profile
"""A document's id, the words of a search, or a profile that was not stored."""

_GONE = (
    "it was deleted since, or another secret made the pseudonyms (MATCHER_PSEUDONYM_KEY, or pseudonym.key in "
    "MATCHER_HOME)"
)


@dataclass(frozen=True, slots=True)
class Repeated:
    """What a question is answered now."""

    shown: Sequence[Shown]
    """By what the log calls them."""
    first: int
    """The rank of the first one."""
    eligible: int
    excluded_by: Sequence[str] = ()
    """Of one match explained: the hard constraints that the two fail."""


class Repeater:
    """Asks again. Whatever is worked out of all documents is worked out once: nothing may be written meanwhile."""

    def __init__(self, matcher: Matcher, pseudonyms: Pseudonyms, given: Sequence[Asked] = ()) -> None:
        """Take the parts.

        Args:
            matcher: open, on the database of today.
            pseudonyms: of the installation that wrote the log.
            given: what the log does not keep: words of searches, and profiles that were not stored.
        """
        self._matcher = matcher
        self._pseudonyms = pseudonyms
        self._given = given
        self.named = cache(self._named)
        """By kind, each document's id by what the log calls it."""
        self._lots = cache(self._lots_of)

    def asked(self, logged: Mapping[str, Any]) -> Asked:
        """Return the question of a line, after making sure of it.

        Raises:
            DecisionLogUnreadable: the line is of another version, the document that asked is gone, or what was asked is
                not among what was given.
        """
        check(logged)
        call = Call(logged["call"])
        if call in {Call.SEARCH, Call.UNSAVED}:
            return self._handed_over(call, logged)
        return self._document(Kind(logged["asks"][0]), str(logged["asks"][1]), "that asked")

    def repeat(self, logged: Mapping[str, Any], asked: Asked, *, times: int = 1) -> Repeated:
        """Return the answer of now.

        Args:
            logged: what a line says.
            asked: its question, from `asked`.
            times: how many times as many places.

        Raises:
            DecisionLogUnreadable: the line says too little.
        """
        weights = Weights(**logged["weights"])
        if logged["call"] == Call.MATCH:
            return self._pair(logged, str(asked), weights)
        parameters, shows = logged["parameters"], Kind(logged["shows"])
        if parameters.get("cursor"):
            raise DecisionLogUnreadable(
                "an earlier version wrote this page down with its cursor: replay it with that version"
            )
        before = seen_in(parameters, self._lots(shows)) if SEEN in parameters else NOTHING
        k, today = int(parameters["k"]) * times, date.fromisoformat(parameters["today"])
        if logged["call"] in {Call.SEARCH, Call.SIMILAR}:
            return self._found(self._searched(logged, str(asked), k, today, weights, before), logged)
        variety = variety_in(parameters)
        if isinstance(asked, Profile):
            answer: Answer = self._matcher.suggest(
                asked, k=k, variety=variety, today=today, weights=weights, before=before
            )
            matches = [one.match for one in answer.explanations]
            return self._repeated(places(matches, shows), logged, eligible=answer.eligible)
        ranked = self._matcher.rank(
            shows.other, asked, k=k, variety=variety, today=today, weights=weights, before=before
        )
        return self._repeated(places(ranked.ranking.matches, shows), logged, eligible=ranked.ranking.eligible)

    def _searched(
        self, logged: Mapping[str, Any], asked: str, k: int, today: date, weights: Weights, before: Seen
    ) -> Found:
        shows, parameters = Kind(logged["shows"]), logged["parameters"]
        organisation = OrganisationId(logged["organisation"]) if logged["organisation"] else None
        if logged["call"] == Call.SIMILAR:
            # Who hides from whom is a matter of profiles alone.
            organisation = organisation if shows is Kind.PROFILE else None
            return self._matcher.similar(
                shows, asked, k=k, organisation=organisation, today=today, weights=weights, before=before
            )
        search = Search(
            shows,
            asked,
            filters=_filters(parameters),
            organisation=organisation,
            words_weight=parameters["words_weight"],
            weights=weights,
            k=k,
        )
        return self._matcher.search(search, today=today, before=before)

    def _pair(self, logged: Mapping[str, Any], posting_id: str, weights: Weights) -> Repeated:
        about = logged.get("about") or next((str(place[0]) for place in logged["shown"]), None)
        if about is None:
            raise DecisionLogUnreadable("an earlier version did not write down whom this explanation was about")
        profile_id = self._document(Kind.PROFILE, about, "that was explained")
        today = date.fromisoformat(logged["parameters"]["today"])
        found = self._matcher.pair(posting_id, profile_id, today=today, weights=weights)
        match = found.explanation.match if found.explanation else None
        shown = [] if match is None else [Shown(about, match.score)]
        rank = 1 if match is None else match.rank
        return Repeated(shown, rank, eligible=found.eligible, excluded_by=found.excluded_by)

    def _found(self, found: Found, logged: Mapping[str, Any]) -> Repeated:
        matches = [one.match for one in found.explanations]
        return self._repeated(places(matches, Kind(logged["shows"])), logged, eligible=found.total)

    def _repeated(self, shown: Sequence[Shown], logged: Mapping[str, Any], *, eligible: int) -> Repeated:
        kind = Kind(logged["shows"])
        named = [Shown(known_as(kind, place.id, self._pseudonyms), place.score, place.variants) for place in shown]
        return Repeated(named, int(logged.get("first", 1)), eligible)

    def _handed_over(self, call: Call, logged: Mapping[str, Any]) -> Asked:
        for one in self._given:
            if isinstance(one, Profile) is (call is Call.UNSAVED):
                told = canonical(call, one, logged["parameters"])
                if self._pseudonyms.of_question(told) == logged["question"]:
                    return one
        if call is Call.SEARCH:
            raise DecisionLogUnreadable(
                "the log keeps no words of a search, and none that were handed over have their digest: hand over the "
                "body just as it was sent, with --requests FILE"
            )
        raise DecisionLogUnreadable(
            "the profile that asked is not stored, and none that was handed over has its digest: hand it over just as "
            "it was sent, with --profile FILE or --requests FILE"
        )

    def _document(self, kind: Kind, name: str, what: str) -> str:
        found = self.named(kind).get(name)
        if found is None:
            raise DecisionLogUnreadable(f"the {kind} {what} is not in the database: {_GONE}")
        return found

    def _named(self, kind: Kind) -> Mapping[str, str]:
        return {known_as(kind, id_, self._pseudonyms): id_ for id_ in self._matcher.ids(kind)}

    def _lots_of(self, kind: Kind) -> Mapping[bytes, bytes]:
        drawn = [lot("", id_) for id_ in self._matcher.ids(kind)]
        return {self._pseudonyms.of_lot(one): one for one in drawn}


_OTHER_VERSION = "this version does not know what the line tells of: replay it with the version that wrote it"


def check(logged: Mapping[str, Any]) -> None:
    """Make sure that this version understands a line: a later one may ask, rank or weigh otherwise.

    Raises:
        DecisionLogUnreadable: it does not.
    """
    check_question(logged)
    try:
        are_the_aspects = logged["weights"].keys() == {*ASPECTS}
        if are_the_aspects:
            Weights(**logged["weights"])
    except (AttributeError, LookupError, TypeError, ValueError) as error:
        raise DecisionLogUnreadable(_OTHER_VERSION) from error
    if not are_the_aspects:
        raise DecisionLogUnreadable("this version weighs other aspects: replay it with the version that wrote it")


def check_question(logged: Mapping[str, Any]) -> None:
    """Make sure that this version understands what a line was asked, whatever it weighed.

    Raises:
        DecisionLogUnreadable: it does not.
    """
    try:
        call, parameters, _ = Call(logged["call"]), logged["parameters"], Kind(logged["shows"])
        if call not in {Call.SEARCH, Call.UNSAVED}:
            Kind(logged["asks"][0])
        date.fromisoformat(parameters["today"])
        _numbers(logged["sequence"], logged["eligible"], parameters["k"], logged.get("first", 1))
        variety_in(parameters)
        if call is Call.SEARCH:
            _filters(parameters)
            float(parameters["words_weight"])
        seen_in(parameters, {})
    except (AttributeError, LookupError, TypeError, ValueError) as error:
        raise DecisionLogUnreadable(_OTHER_VERSION) from error


def _numbers(*found: Any) -> None:
    for one in found:
        int(one)


def variety_in(parameters: Mapping[str, Any]) -> Variety:
    """Return how varied a logged answer was to be.

    Raises:
        LookupError: the parameters do not say.
    """
    return Variety(
        merged=parameters["merged"],
        per_organisation=parameters["per_organisation"],
        diversity=parameters["diversity"],
    )


def _filters(parameters: Mapping[str, Any]) -> Filters:
    chosen: dict[str, set[str]] = {}
    for name, _, value in (one.partition("=") for one in parameters["filters"]):
        chosen.setdefault(name, set()).add(value)
    return Filters(**{name: frozenset(values) for name, values in chosen.items()})


def read_requests(path: Path) -> list[Asked]:
    """Return what a file hands over: bodies just as they were sent, one JSON object a line.

    Those of searches have a `text`; the others are profiles that were not stored, each as it is read now and, where
    that differs, as it was by earlier versions: the digest in the log tells which was meant.

    Raises:
        UnreadableFile: the file cannot be read, or a line is no such body: it says which.
    """
    try:
        lines = path.read_bytes().splitlines()
    except OSError as error:
        raise _no_requests(f"{path.name} cannot be read") from error
    bodies: list[Asked] = []
    for number, line in enumerate(lines, start=1):
        if line.strip():
            try:
                bodies += _body(line)
            except (ValueError, InvalidRecord) as error:
                raise _no_requests(f"{path.name} cannot be read: line {number} is no body of a request") from error
    return bodies


def _no_requests(what: str) -> UnreadableFile:
    return UnreadableFile(
        f"{what}: name a file of bodies that were sent to /v1/profiles/search, /v1/postings/search or /v1/suggestions, "
        "one JSON object a line"
    )


def _body(line: bytes) -> Sequence[Asked]:
    body = orjson.loads(line)
    if isinstance(body, dict) and isinstance(body.get("text"), str):
        return [str(body["text"])]
    return parse_sent(line)
