"""Where prose names a skill that a list holds, and does not deny it."""

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import islice
from typing import NamedTuple, Self

from matcher.core import denial
from matcher.core.letters import replaced
from matcher.core.skills import Skill
from matcher.stages.text.clean import Readable, readable

_ALSO_WORDS = frozenset({"go"})
"""Names of tools that are words of a sentence too; so is every single letter."""
_SAME_SIGNS = {**dict.fromkeys("’‘ʼ`´", "'"), **dict.fromkeys("‐‑‒–", "-"), **dict.fromkeys("\u00a0\u202f", " ")}
"""What another hand may have typed, and one sign for it."""
_READ_BEFORE = 40
"""Characters before such a name that are looked at."""
_NO_TOOL = re.compile(
    r"(?:\d|\b(?i:cat(?:[ée]gories?|\.)|permis|cadres?|indices?|groupes?|classes?|corps|grades?|zones?|annexes?|lots?"
    r"|vitamines?|hépatites?|bâtiments?)(?:\s+[A-Z]\+?(?:\s*[,/]|\s+(?:et|ou)))*|\b(?:M|Mme|Mlle|Mr|Dr|MM|Pr)\.?"
    r"|\b[A-Z]\.)\s*$"
)
"""What stands before a letter that is a grade's, a licence's or a person's, and before `Go` that is a measure."""
_MOST_DENIED = 32
"""Times that a text may deny a name before it is read no further: each is looked at closely."""
_EDGES, _EDGES_OF_WORDS = "_+#&", "_+#&-"
"""What a name does not end before, beside letters and digits: every name, and those that are words too."""
_UNUSUAL = re.compile(r"[^\x00-\xffœ’–—…•€\u202f]")
"""Signs that may be another's capital or small form; the others in lower case are nobody else's."""
_PLAIN_PART = re.compile(r"[a-z0-9]+")


class Said(NamedTuple):
    """A document's prose as it is looked through for names."""

    readable: Readable
    plain: str
    """The readable text with one sign for all apostrophes, dashes and spaces, and of the same length."""
    folded: str
    """That in lower case."""

    @classmethod
    def of(cls, prose: str) -> Self:
        """Return a text as it is looked through."""
        text = readable(prose)
        plain = replaced(text.text, _SAME_SIGNS)
        return cls(text, plain, plain.lower())


def may_name(skill: Skill, folded: str) -> bool:
    """Tell whether a text, as it stands and in lower case, holds so much of a skill that it may be named there."""
    return any(part in folded for part in _telling_parts(skill.written, skill.form))


@lru_cache(maxsize=32_768)
def _telling_parts(written: str, form: str) -> tuple[str, ...]:
    """Return the longest plain part of each of a skill's two forms: it stands where they do, however they are typed."""
    parts = (_PLAIN_PART.findall(text.lower()) for text in (written, form))
    return tuple({max(every, key=len) if every else "" for every in parts})


def forget_names() -> None:
    """Drop the memory of what tells names."""
    _telling_parts.cache_clear()


def is_ambiguous(skill: Skill) -> bool:
    """Tell whether what a list holds is a letter or a word of a sentence too: it is looked for as it was written."""
    return len(skill.written) == 1 or skill.written.lower() in _ALSO_WORDS


def quote(skill: Skill, said: Said) -> str | None:
    """Return a listed skill as the prose writes it, or None where it does not or denies it.

    `R` is not found in `React`, in `R&D` or in `r`; nor `C` in `C++` or in `Objective-C`.
    """
    for name in dict.fromkeys((skill.written, skill.written if is_ambiguous(skill) else skill.form)):
        wanted = replaced(name, _SAME_SIGNS)
        if wanted.lower() not in said.folded:
            continue
        text, starts = _stands(wanted, said, ambiguous=is_ambiguous(skill))
        for start in islice(starts, _MOST_DENIED):
            if not denial.denies(text, start, start + len(wanted)):
                return said.readable.quote(start, start + len(wanted))
    return None


def _stands(wanted: str, said: Said, *, ambiguous: bool) -> tuple[str, Iterator[int]]:
    """Return the text in which a name is looked for, and where it stands there that nothing goes on with it."""
    plain = wanted.lower()
    if ambiguous:
        return said.plain, _whole(wanted, said.plain, _EDGES_OF_WORDS, unless=_NO_TOOL)
    if len(plain) == len(wanted) and len(said.folded) == len(said.plain) and not _UNUSUAL.search(said.folded):
        return said.folded, _whole(plain, said.folded, _EDGES)
    edge = f"[{re.escape(_EDGES)}\\w]"
    every = re.finditer(rf"(?<!{edge}){re.escape(wanted)}(?!{edge})", said.plain, re.IGNORECASE)
    return said.plain, (found.start() for found in every)


def _whole(wanted: str, prose: str, edges: str, *, unless: re.Pattern[str] | None = None) -> Iterator[int]:
    """Yield where a name stands that no letter, digit or other sign goes on.

    Args:
        wanted: the name.
        prose: where it is looked for.
        edges: the signs that go on a word, beside letters and digits.
        unless: finds what must not stand before it.
    """
    start = prose.find(wanted)
    while start >= 0:
        around = prose[start - 1 : start] + prose[start + len(wanted) : start + len(wanted) + 1]
        whole = not any(sign.isalnum() or sign in edges for sign in around)
        if whole and not (unless and unless.search(prose[max(0, start - _READ_BEFORE) : start])):
            yield start
        start = prose.find(wanted, start + 1)
