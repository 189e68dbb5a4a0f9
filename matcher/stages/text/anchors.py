"""Where a record's words hold its skills: what `skills` found, to be had again without looking for it."""

from collections.abc import Sequence
from hashlib import blake2b

import numpy as np

from matcher.core.domain import Record
from matcher.core.ports import Named
from matcher.core.skills import Anchors, Skill
from matcher.stages.text.named import prose_of, read_of

_REACH = np.iinfo(np.uint16).max
"""Characters of a record in which a skill can be anchored."""


def anchors_of(record: Record, skills: Sequence[Skill]) -> Anchors | None:
    """Return where a record holds the words of its skills, None where one stands too far behind.

    Args:
        record: the document.
        skills: its skills, as `skills` finds them.
    """
    words = _words(record)
    spans = [span for skill in skills for text in (skill.listed, skill.quoted) for span in _span(text, words)]
    if spans and not 0 <= min(spans) <= max(spans) <= _REACH:
        return None
    return Anchors(np.array(spans, dtype=np.uint16).reshape(len(skills), 4), _digest(words))


def skills_at(record: Record, named: Sequence[Named], anchors: Anchors) -> tuple[Skill, ...] | None:
    """Return the skills that a record had when they were anchored, None where it has other words now.

    Args:
        record: the document.
        named: the names and forms of those skills.
        anchors: where they stand, as `anchors_of` returns it.
    """
    words = _words(record)
    if _digest(words) != anchors.digest:
        return None
    return tuple(
        Skill(name, form, words[at : at + length] or None, words[quoted_at : quoted_at + quoted_length] or None)
        for (name, form), (at, length, quoted_at, quoted_length) in zip(named, anchors.spans.tolist(), strict=True)
    )


def _words(record: Record) -> str:
    """Return all of a record in which a skill may be listed or quoted."""
    return "\n".join((read_of(prose_of(record)), *record.skills))


def _span(text: str | None, words: str) -> tuple[int, int]:
    return (words.find(text), len(text)) if text else (0, 0)


def _digest(words: str) -> int:
    return int.from_bytes(blake2b(words.encode(), digest_size=8).digest())
