"""The skills of a record: those that it lists, and those that its prose and its titles name."""

from collections.abc import Mapping, Sequence

from matcher.core.domain import Posting, Profile, Record
from matcher.core.ports import Thesaurus
from matcher.core.skills import Skill
from matcher.stages.text.listed import MOST_ASKED, listed_skills
from matcher.stages.text.mentioned import mentioned
from matcher.stages.text.naming import Said, is_ambiguous, may_name, quote
from matcher.stages.text.neutral import neutral
from matcher.stages.text.titles import titles_of

_MOST_ASKED_IN_ALL = 96
"""Skills that a posting asks for, those that its prose names included."""
_PROSE_CHARACTERS = 20_000


def skills(record: Record, thesaurus: Thesaurus) -> tuple[Skill, ...]:
    """Return the skills of a record: those that it lists, in order, then those that its prose names.

    A profile has those that its titles say by the name of a trade, too.

    A posting asks for each once. A profile keeps every name that it gives a skill: another name for what is there
    already must not take away what the first one was near to. What is listed or quoted is a substring of what the
    record holds.
    """
    prose = read_of(prose_of(record))
    once = isinstance(record, Posting)
    found: dict[tuple[str, str], Skill] = {}
    for written, form, known in listed_skills(record.skills, thesaurus, once=once):
        name = known or form
        if not (once and len(found) >= MOST_ASKED):
            found.setdefault((name, "" if once else form), Skill(name=name, form=form, listed=written))
    quotes: dict[str, str] = {}
    said = Said.of(prose)
    for span, form, name in mentioned(said.readable, thesaurus):
        quotes.setdefault(name, span)
        if form and not (once and len(found) >= _MOST_ASKED_IN_ALL):
            found.setdefault((name, "" if once else form), Skill(name=name, form=form, quoted=span))
    if isinstance(record, Profile):
        _add_trades(record, prose, found, quotes, thesaurus)
    return tuple(_quoted(skill, quotes, said, thesaurus) for skill in found.values())


def _add_trades(
    record: Profile, prose: str, found: dict[tuple[str, str], Skill], quotes: dict[str, str], thesaurus: Thesaurus
) -> None:
    """Add to what was found of a profile the skills that its titles say by the name of a trade, and those words.

    Args:
        record: the profile.
        prose: what is read of it: nothing else is quoted.
        found: its skills, by name and form.
        quotes: by a skill's name, the words in which the profile names it.
        thesaurus: which trades say which skill.
    """
    for title in titles_of(record):
        for start, end, skill in thesaurus.trades(title):
            span, form = title[start:end], neutral(skill)
            name = thesaurus.names([skill])[0] or form
            if span in prose:
                quotes.setdefault(name, span)
                found.setdefault((name, form), Skill(name=name, form=form, quoted=span))


def quotes(record: Record, asked: Sequence[Skill], thesaurus: Thesaurus) -> list[str | None]:
    """Return the words in which a record's prose names each skill that another record asks for, None where it does not.

    Of a name that the thesaurus reads, it alone says whether prose names the skill, and `skills` has asked it: `I react
    well` does not name React, nor `pas de Java` Java. What it knows and does not read is found where it is written to
    the letter, and as a common noun; what it does not know, where nothing denies it.
    """
    prose = read_of(prose_of(record))
    folded = prose.lower()
    found: list[str | None] = [None] * len(asked)
    said = None
    for place, skill in enumerate(asked):
        # Most stand nowhere, not even a part of them: then nothing is made readable.
        if not may_name(skill, folded):
            continue
        if not (is_ambiguous(skill) or thesaurus.reads(skill.written) or thesaurus.reads(skill.form)):
            said = said or Said.of(prose)
            quoted = quote(skill, said)
            if skill.name == skill.form or (quoted == skill.written and quoted[0].islower()):
                found[place] = quoted
    return found


def _quoted(skill: Skill, quotes: Mapping[str, str], said: Said, thesaurus: Thesaurus) -> Skill:
    """Return a skill with the words in which the prose names it, if it does."""
    quoted = skill.quoted or quotes.get(skill.name)
    if quoted is None and not thesaurus.reads(skill.written):
        quoted = quote(skill, said)
    return skill if quoted == skill.quoted else Skill(skill.name, skill.form, skill.listed, quoted)


def prose_of(record: Record) -> str:
    """Return everything that a document says in titles and sentences, as it stands, paragraphs apart."""
    if isinstance(record, Posting):
        return "\n".join(filter(None, (record.title, record.description, record.qualifications)))
    parts = [record.headline, record.summary]
    for job in record.experiences:
        parts += [job.title, job.summary]
    return "\n".join(filter(None, parts))


def read_of(prose: str) -> str:
    """Return so much of a document's prose as is looked through for skills."""
    return prose[:_PROSE_CHARACTERS]
