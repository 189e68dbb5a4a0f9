"""Which matches people judged to be good: from a file, or from the feedback that was recorded."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path

from matcher.core.domain import Kind
from matcher.core.errors import UnreadableFile
from matcher.core.feedback import RELEVANCE, STEPS, Event, Feedback

MOST_RELEVANT = 1000
"""A grade above it is a mistake, and its gain would not be a finite number."""

Judgements = Mapping[str, Mapping[str, int]]
"""By the id of who asks and of what was judged: how relevant, 0 not at all."""


def read_judgements(path: Path) -> Judgements:
    """Return what a file of judgements says.

    One a line, fields between tabs: `posting`, `profile` and, if not 1, the relevance; or, between blanks, the qrels of
    TREC: `posting 0 profile relevance`. Empty lines and those that begin with # are skipped. Who asks stands first: for
    judgements of suggestions that is the profile.

    Raises:
        UnreadableFile: a line is neither, or the file holds none.
    """
    found: dict[str, dict[str, int]] = defaultdict(dict)
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except OSError as error:
        raise UnreadableFile(f"{path.name}: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise UnreadableFile(f"{path.name} is no text in UTF-8: save it as such") from error
    for number, line in enumerate(lines, start=1):
        if not line.strip() or line.startswith("#"):
            continue
        asks, judged, relevance = _fields(line, f"{path.name}, line {number}")
        found[asks][judged] = max(relevance, found[asks].get(judged, 0))
    if not found:
        raise UnreadableFile(f"{path.name} holds no judgement")
    return found


def of_feedback(events: Iterable[Feedback], kind: Kind) -> Judgements:
    """Return what feedback says of the matches that documents of a kind were shown.

    Of each pair the last step counts (applied, interviewed, hired), so that what was said by mistake can be said anew:
    an interview that led to no more was a good match all the same. Nobody is both hired and dismissed: a dismissal
    takes a hire back. Who was dismissed without a step counts as dismissed; else the best event counts.

    Args:
        events: the oldest first.
        kind: whose answers they are about.
    """
    found: dict[str, dict[str, int]] = defaultdict(dict)
    steps: dict[tuple[str, str], list[Event]] = defaultdict(list)
    for one in events:
        if one.asks is kind:
            asks, judged = (
                (one.posting_id, one.profile_id) if kind is Kind.POSTING else (one.profile_id, one.posting_id)
            )
            if one.event in STEPS:
                steps[asks, judged].append(one.event)
            elif one.event is Event.DISMISSED:
                steps[asks, judged] = [step for step in steps[asks, judged] if step is not Event.HIRED]
            else:
                found[asks][judged] = max(RELEVANCE[one.event], found[asks].get(judged, 0))
    for (one_asks, one_judged), taken in steps.items():
        found[one_asks][one_judged] = RELEVANCE[taken[-1] if taken else Event.DISMISSED]
    return found


def _fields(line: str, where: str) -> tuple[str, str, int]:
    parts = [part.strip() for part in line.split("\t")]
    if len(parts) not in {2, 3}:
        blanks = line.split()
        if len(blanks) != 4:
            raise UnreadableFile(
                f"{where}: has {len(parts)} field(s): write posting, profile, relevance between tabs, or TREC's qrels"
            )
        parts = [blanks[0], blanks[2], blanks[3]]
    asks, judged, *grade = parts
    if not asks or not judged:
        raise UnreadableFile(f"{where}: an id is empty")
    try:
        relevance = int(grade[0]) if grade else 1
    except ValueError:
        raise UnreadableFile(
            f"{where}: the relevance is no whole number (put a # before a line that names the columns)"
        ) from None
    if relevance > MOST_RELEVANT:
        raise UnreadableFile(f"{where}: the relevance is above {MOST_RELEVANT}")
    # TREC's own files hold -1 for what is no document at all.
    return asks, judged, max(relevance, 0)
