"""What the text stage makes of records, in this process or, of many records, in several: it is all Python."""

import logging
import multiprocessing
import os
import signal
from collections import deque
from collections.abc import Generator, Iterable, Mapping, Sequence
from concurrent.futures import BrokenExecutor, Future, ProcessPoolExecutor
from functools import partial
from itertools import chain
from typing import NamedTuple

from matcher.core.domain import FacetTexts, Record
from matcher.core.ports import Thesaurus
from matcher.core.processes import end_with_main
from matcher.core.skills import Anchors, Skill
from matcher.stages import text

PAYS_FROM = 4_000
"""Records for each process: another one takes two seconds to start, and up to 500 MB of memory."""
MOST_PROCESSES = 4
"""More would wait for the process that consumes their results."""

log = logging.getLogger(__name__)


class Reading(NamedTuple):
    """What the text stage makes of a record."""

    skills: tuple[Skill, ...]
    texts: FacetTexts
    full_text: Mapping[str, str]
    """Words by facet name; empty where they were not asked for."""
    anchors: Anchors | None
    """Where the record holds those skills."""


def read(records: Sequence[Record], thesaurus: Thesaurus, *, words: bool) -> list[Reading]:
    """Return what is made of each record.

    Args:
        records: of both kinds.
        thesaurus: which texts name skills.
        words: whether the words of its full-text row are made too: they take as long as the rest.
    """
    readings = []
    for record in records:
        skills = text.skills(record, thesaurus)
        body = text.body_of(record)
        texts = text.facet_texts(record, skills, body=body, thesaurus=thesaurus)
        full_text = text.full_text(record, body=body) if words else {}
        readings.append(Reading(skills, texts, full_text, text.anchors_of(record, skills)))
    return readings


def processes_for(records: int) -> int:
    """Return in how many processes so many records are read soonest."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(1, min(cores, MOST_PROCESSES, records // PAYS_FROM))


def read_all(
    batches: Iterable[Sequence[Record]], thesaurus: Thesaurus, *, words: bool, processes: int = 1
) -> Generator[tuple[Sequence[Record], list[Reading]]]:
    """Yield batches of records, in order, with what is made of each record.

    Args:
        batches: taken from this thread, a few ahead of what is yielded.
        thesaurus: which texts name skills; goes to other processes by pickle.
        words: whether the words of full-text rows are made, too.
        processes: in how many it is done; 1 means this one.
    """
    if processes == 1:
        for records in batches:
            yield records, read(records, thesaurus, words=words)
        return
    every = iter(batches)
    waiting: deque[Sequence[Record]] = deque()
    promised: deque[Future[list[Reading]]] = deque()
    # Not forked: this process may have threads, and what they hold would be held for ever.
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(processes, context, initializer=_begin, initargs=(thesaurus,)) as pool:
        try:
            for records in every:
                waiting.append(records)
                promised.append(pool.submit(_read, records, words))
                if len(waiting) > 2 * processes:
                    made = promised.popleft().result()
                    yield waiting.popleft(), made
            while waiting:
                made = promised.popleft().result()
                yield waiting.popleft(), made
        except BrokenExecutor:
            log.warning("a process that makes texts has ended, perhaps for want of memory: going on without")
            for records in chain(waiting, every):
                yield records, read(records, thesaurus, words=words)
        finally:
            pool.shutdown(cancel_futures=True)


_ours: list[Thesaurus] = []
"""Of a process that reads for another."""


def _begin(thesaurus: Thesaurus) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # whoever started it is interrupted too, and ends it
    end_with_main(partial(os._exit, 1))
    _ours.append(thesaurus)


def _read(records: Sequence[Record], words: bool) -> list[Reading]:
    return read(records, _ours[0], words=words)
