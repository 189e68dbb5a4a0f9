"""What of a record is compared and searched: facet texts for the encoder, words for the full-text rows."""

import re
from collections.abc import Sequence

from matcher.core.domain import Facet, FacetText, FacetTexts, Posting, Profile, Record
from matcher.core.letters import ELIDED, LIGATURES, has_letters_or_digits, replaced, without_accents
from matcher.core.ports import Thesaurus
from matcher.core.skills import Skill
from matcher.stages.text.clean import clean, without_ornaments
from matcher.stages.text.genderless import without_gender
from matcher.stages.text.listed import every_listed_skill
from matcher.stages.text.neutral import neutral
from matcher.stages.text.personal import without_personal
from matcher.stages.text.situation import without_situation
from matcher.stages.text.titles import shown_title, titles_of

_HEADLINE_SHARE = 0.75
_PAST_TITLES = 3
_ENOUGH_PROSE = 200
"""Characters of prose from which on a record says more than a title that says no trade."""
_MOST_PASSAGES = 8
_PASSAGE_CHARACTERS = 600  # some 200 word pieces of French: the default encoder reads 256
_FULL_TEXT_CHARACTERS = 20_000
_SENTENCE_END = re.compile(r"(?<=[.!?…;])\s+|\n+")
_TOOL = re.compile(r"[^\W_]+")
_PLAIN_LETTERS = {chr(one): two for one, two in LIGATURES.items()} | {"ß": "ss", "ø": "o", "ł": "l", "đ": "d", "ı": "i"}
_SIGNS = re.compile(r"(?<![^\W_])\.net\b|(?<=[^\W_])[+#]+|(?<=[^\W\d_])\.(?=[^\W\d_])")
_SPELLED = {"+": "plus", "#": "sharp", ".": ""}
_ELIDED = re.compile(rf"(?<!\w){ELIDED}(?=\w)")


def facet_texts(
    record: Record, named: Sequence[Skill] = (), *, body: str | None = None, thesaurus: Thesaurus | None = None
) -> FacetTexts:
    """Return what is compared of a record, by facet; a facet that it lacks is absent, shares add up to 1.

    Names, organisations, e-mail addresses, telephone numbers and URLs are left out; so is a title that says no trade,
    as a project's name, where there is prose enough that does.

    Args:
        record: the document.
        named: its skills, as `skills` finds them.
        body: its prose, as `body_of` returns it, where that is known already.
        thesaurus: which titles say a trade; without one all do.
    """
    body = body_of(record) if body is None else body
    texts = {
        Facet.TITLE: _title_texts(record, thesaurus if len(body) >= _ENOUGH_PROSE else None),
        Facet.SKILLS: _shared_equally(list(dict.fromkeys(skill.form for skill in named))),
        # Not the skills where there is no prose, though that finds more: one more skill could then lower a score.
        Facet.BODY: _shared_equally(_passages(body)),
    }
    return {facet: parts for facet, parts in texts.items() if parts}


def full_text(record: Record, *, body: str | None = None) -> dict[str, str]:
    """Return the words of a record by facet name: `title`, `skills` and `body`, each possibly empty.

    Args:
        record: the document.
        body: its prose, as `body_of` returns it, where that is known already.
    """
    titles = [text for text in (shown_title(title) for title in titles_of(record)) if text]
    return {
        Facet.TITLE.value: words("\n".join(titles)),
        Facet.SKILLS.value: words("\n".join(form for _, form in every_listed_skill(record.skills))),
        Facet.BODY.value: _capped(words((body_of(record) if body is None else body)[:_FULL_TEXT_CHARACTERS])),
    }


def words(text: str) -> str:
    """Return gender-neutral, lower-case, unaccented tokens with single spaces between them.

    Names of tools stay one token of letters and digits, which SQLite's unicode61 and PostgreSQL's `simple` both keep
    whole: `c++` is `cplusplus`, `c#` is `csharp`, `.net` is `dotnet`, `node.js` is `nodejs`.
    """
    # No pattern looks beyond the end of a line: all lines at once take a third of the time.
    lines = "\n".join([neutral(line) for line in text.split("\n") if line.strip()])
    return " ".join(_TOOL.findall(_plain(_SIGNS.sub(_spelled, _ELIDED.sub("", lines)))))


def _spelled(match: re.Match[str]) -> str:
    if match[0] == ".net":
        return "dotnet"
    return "".join(_SPELLED[sign] for sign in match[0][:2])


def _plain(text: str) -> str:
    return without_accents(replaced(text, _PLAIN_LETTERS)).lower()


def _capped(text: str) -> str:
    if len(text) <= _FULL_TEXT_CHARACTERS:
        return text
    return text[:_FULL_TEXT_CHARACTERS].rpartition(" ")[0] or text[:_FULL_TEXT_CHARACTERS]


def _title_texts(record: Record, thesaurus: Thesaurus | None) -> tuple[FacetText, ...]:
    """Return the titles that are compared; where a thesaurus is given, those alone that say a trade to it."""
    shown, *past = titles_of(record)
    if isinstance(record, Profile):
        shown = without_situation(shown)
    first, *past = (_compared(title, thesaurus) for title in (shown, *past))
    distinct = [text for text in dict.fromkeys(past) if text and text != first][:_PAST_TITLES]
    if not first or not distinct:
        return _shared_equally([first] if first else distinct)
    share = (1 - _HEADLINE_SHARE) / len(distinct)
    return FacetText(first, _HEADLINE_SHARE), *(FacetText(text, share) for text in distinct)


def _compared(title: str, thesaurus: Thesaurus | None) -> str:
    """Return a title as it is compared, empty where it says neither a trade nor a skill to a thesaurus."""
    form = shown_title(title)
    says = not form or thesaurus is None or thesaurus.says_trade(form) or thesaurus.mentions(title)
    return form if says else ""


def _shared_equally(texts: list[str]) -> tuple[FacetText, ...]:
    return tuple(FacetText(text, 1 / len(texts)) for text in texts)


def body_of(record: Record) -> str:
    """Return a record's prose as it is compared: clean, and without what is of one person alone."""
    if isinstance(record, Posting):
        sources = [record.description, record.qualifications]
    else:
        sources = [record.summary, *(job.summary for job in record.experiences)]
    return "\n".join(text for source in sources if (text := without_personal(without_ornaments(clean(source))).strip()))


def _passages(text: str) -> list[str]:
    """Return at most eight passages of at most 600 characters, cut at sentence or line ends where there are any."""
    passages: list[str] = []
    current = ""
    for sentence in _SENTENCE_END.split(without_gender(text[: 2 * _MOST_PASSAGES * _PASSAGE_CHARACTERS])):
        for piece in _pieces(sentence):
            if current and len(current) + 1 + len(piece) > _PASSAGE_CHARACTERS:
                passages.append(current)
                current = piece
            else:
                current = f"{current} {piece}".strip()
    passages.append(current)
    return [passage for passage in passages if has_letters_or_digits(passage)][:_MOST_PASSAGES]


def _pieces(sentence: str) -> list[str]:
    """Cut a sentence that is longer than a passage, at a space where there is one."""
    pieces: list[str] = []
    while len(sentence) > _PASSAGE_CHARACTERS:
        cut = sentence.rfind(" ", 1, _PASSAGE_CHARACTERS)
        cut = cut if cut > 0 else _PASSAGE_CHARACTERS
        pieces.append(sentence[:cut])
        sentence = sentence[cut:].lstrip()
    return [*pieces, sentence]
