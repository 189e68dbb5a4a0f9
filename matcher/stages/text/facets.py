"""What of a record is compared and searched: facet texts for the encoder, words for the full-text rows."""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from functools import lru_cache

from matcher.core.denial import WORDS as DENYING
from matcher.core.denial import denied_of
from matcher.core.domain import Experience, Facet, FacetText, FacetTexts, Posting, Profile, Record
from matcher.core.letters import ELIDED, LIGATURES, has_letters_or_digits, replaced, without_accents
from matcher.core.ports import Thesaurus
from matcher.core.skill_levels import without_level
from matcher.core.skills import Skill
from matcher.stages.text.clean import Readable, clean, clean_title, readable, without_ornaments
from matcher.stages.text.genderless import masculine, without_gender
from matcher.stages.text.naming import Said, is_ambiguous, may_name, quote
from matcher.stages.text.neutral import fold_agreement, neutral
from matcher.stages.text.personal import personal, without_personal
from matcher.stages.text.seniority import without_seniority
from matcher.stages.text.situation import without_situation

_HEADLINE_SHARE = 0.75
_PAST_TITLES = 3
_ENOUGH_PROSE = 200
"""Characters of prose from which on a record says more than a title that says no trade."""
_MOST_ASKED = 64
"""Listed skills that a posting asks for: the first ones."""
_MOST_ASKED_IN_ALL = 96
"""Skills that a posting asks for, those that its prose names included."""
_MOST_HAD = 1_000
"""Listed skills of a profile: more than anybody has, since what stands before a skill must not take it away."""
_PROSE_CHARACTERS = 20_000
_OCCUPATION = re.compile(r"^Métier de référence[ \t\u00a0]*:.*", re.MULTILINE)
"""The line in which a publisher files a posting under an occupation: no skill is asked for there."""
_MOST_PASSAGES = 8
_PASSAGE_CHARACTERS = 600  # some 200 word pieces of French: the default encoder reads 256
_FULL_TEXT_CHARACTERS = 20_000

# `full-stack` and `full stack`, `dev/ops` and `dev, ops` are one to a reader and several to an encoder: measured on
# real hires, titles without these marks find the right domain 1.4 points more often in the first ten.
_JOINTS = re.compile(r"[\s,/–-]+")
_SENTENCE_END = re.compile(r"(?<=[.!?…;])\s+|\n+")
_STRAY = re.compile(r"^[\s'\"\[\]{}«»“”]+|[\s'\"\[\]{}«»“”]+$")
_LETTER_IN_BRACKETS = re.compile(r"(?<!\w)\((\w)\)(?=\w)")
# An encoder does not know these short forms of the forum's own trades; the short form stays, for exact words.
_SPELT = {
    "rssi": "responsable de la sécurité des systèmes d'information",
    "dsi": "directeur des systèmes d'information",
    "ssi": "sécurité des systèmes d'information",
    "dpo": "délégué à la protection des données",
    "dpd": "délégué à la protection des données",
    "moa": "maîtrise d'ouvrage",
    "amoa": "assistance à maîtrise d'ouvrage",
    "moe": "maîtrise d'œuvre",
    "sig": "systèmes d'information géographique",
    "ciso": "chief information security officer",
    "cio": "chief information officer",
    "drh": "directeur des ressources humaines",
}
_SUPERIORS = frozenset("rssi dsi dpo dpd ciso cio drh".split())
"""Those that are people: who works for one of them is none."""
_MOSTLY_SERVICES = frozenset({"drh"})
"""Those that in the middle of a title are a service, even behind a comma: `Chargée de mission, DRH`."""
_FOR = frozenset("du des de d' d'un au aux à la le les l' un une auprès près avec pour of the to a for with".split())
_THEMSELVES = frozenset(
    "adjoint suppléant second directeur responsable chef poste fonction fonctions rôle intérim deputy".split()
)
"""Who is this of one of them does the same work, or stands in for them."""
_STILL = _THEMSELVES | {
    *_SUPERIORS,
    *"et and ou or ssi acting ancien ancienne candidat certified certifié co consultant ex expert externe".split(),
    *"externalisé fractional freelance former futur future global group groupe indépendant interim junior".split(),
    *"mutualisé nouveau partagé principal profil recherche recrutement référent regional régional senior".split(),
    *"transition vice virtual".split(),
}
"""Right before one of them it is themselves who is meant: `ancien DSI`, `manager de transition DSI`, `RSSI et DPO`."""
_IN_BRACKETS = re.compile(rf"\(\s*({'|'.join(_SUPERIORS)})\s*\)", re.IGNORECASE)
_BRACKETED = re.compile(r"([^()]*[^()\s])\s*\(([^()]+)\)")
_LISTED = re.compile(r"\s*[,;|\n•]\s*|\s+[+·]\s+")
_PAIRED_ITEMS = re.compile(r"\s+(?:[-–—/&]|et|ou|and|or)\s+")
_PARTED = re.compile(r"\s[/–-]\s")
"""Between two things: `droit / affaires publiques` name no business law."""
_CHAINED = re.compile(r"[A-Z]\w+(?:-[A-Z]\w+){2,}")
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
    listed = _without_brackets(_listed_and_had(record.skills, thesaurus, once=once), thesaurus)
    for written, form, known in _known(listed, thesaurus, once=once):
        name = known or form
        if not (once and len(found) >= _MOST_ASKED):
            found.setdefault((name, "" if once else form), Skill(name=name, form=form, listed=written))
    quotes: dict[str, str] = {}
    said = Said.of(prose)
    for span, form, name in _mentioned(said.readable, thesaurus):
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
    for title in _titles(record):
        for start, end, skill in thesaurus.trades(title):
            span, form = title[start:end], neutral(skill)
            name = thesaurus.names([skill])[0] or form
            if span in prose:
                quotes.setdefault(name, span)
                found.setdefault((name, form), Skill(name=name, form=form, quoted=span))


def _mentioned(said: Readable, thesaurus: Thesaurus) -> Iterator[tuple[str, str, str]]:
    """Yield the skills that a text names: its own words, their neutral form and the skill's name."""
    # Addresses name their hosts, not skills.
    text = said.text
    for mention in thesaurus.mentions(_blanked(_OCCUPATION, _blanked(personal(text), text))):
        form = _in_the_masculine(neutral(text[mention.start : mention.end]), mention.name, thesaurus)
        yield said.quote(mention.start, mention.end), form, mention.name


def _in_the_masculine(form: str, name: str, thesaurus: Thesaurus) -> str:
    """Return what names a skill in the masculine where that names it too: who is `décisionnelle` is `décisionnel`."""
    other = " ".join(masculine(word) for word in form.split(" "))
    return other if other != form and thesaurus.names([other]) == [name] else form


def _blanked(pattern: re.Pattern[str], text: str) -> str:
    """Return a text with blanks for what a pattern finds: of the same length, so that spans stay where they are."""
    return pattern.sub(lambda found: " " * len(found[0]), text)


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


def _without_brackets(listed: Sequence[tuple[str, str]], thesaurus: Thesaurus) -> list[tuple[str, str]]:
    """Return skills as they were written, and their neutral forms, those in brackets apart that explain nothing.

    `saisie comptable (Excel)` is two, `ressources humaines (RH)` one.
    """
    found: dict[str, str] = {}
    for written, form in listed:
        parts = _BRACKETED.fullmatch(written) if "(" in written else None
        if parts is None or _is_one_skill(written, parts[2], thesaurus):
            found.setdefault(form, written)
        else:
            for part in parts.groups():
                found.setdefault(neutral(part), part)
    return [(written, form) for form, written in found.items()]


def _is_one_skill(written: str, within: str, thesaurus: Thesaurus) -> bool:
    """Tell whether a skill is known with what stands in its brackets, or that says no skill by itself."""
    whole, *others = thesaurus.names([written, within, *within.split("/")])
    return whole is not None or not any(others) or without_level(written) != written


def _known(
    listed: Sequence[tuple[str, str]], thesaurus: Thesaurus, *, once: bool
) -> Iterator[tuple[str, str, str | None]]:
    """Yield skills as they were written, their neutral forms, and their names where the thesaurus knows them.

    `JavaScript/TypeScript` is two skills if both are known, and `CI/CD` one; `Excel avancé` is Excel. What is known by
    no name is read as prose is: `maîtrise de Python et de SQL` names two.

    Args:
        listed: each skill of a list, as it was written and in its neutral form.
        thesaurus: what is known of them.
        once: whether words that name skills are no skill of their own besides.
    """
    for (written, form), known in zip(listed, thesaurus.names([written for written, _ in listed]), strict=True):
        parts = [part.strip() for part in written.split("/")]
        names = thesaurus.names(parts) if known is None and len(parts) > 1 else [None]
        if all(names):
            yield from ((part, neutral(part), name) for part, name in zip(parts, names, strict=True))
        elif known is None and (bare := without_level(written)) != written and (name := thesaurus.names([bare])[0]):
            yield written, neutral(bare), name
        elif known:
            yield written, form, known
        else:
            within = [*_within(written, thesaurus)]
            yield from within
            if not (once and within):
                yield written, form, None


def _within(item: str, thesaurus: Thesaurus) -> Iterator[tuple[str, str, str]]:
    """Yield the skills that an item of a list names among other words, as `_known` does; none of one that denies."""
    if denied_of(item):
        return
    parts = [part.strip() for part in item.split("/")]
    if len(parts) > 1 and DENYING.isdisjoint(item.lower().split()):
        # A tool alone: `conduite / suivi de projets` names no driving.
        known = zip(parts, thesaurus.names(parts), strict=True)
        yield from ((part, neutral(part), name) for part, name in known if name and thesaurus.is_tool(name))
    for span, form, name in _mentioned(readable(item), thesaurus):
        if form and not _PARTED.search(span):
            yield span, form, name


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


def _had(items: Sequence[str], thesaurus: Thesaurus) -> Sequence[str]:
    """Return the items of a list of skills but those that deny one: `pas de Java`, `Java : non`; not `No code`."""
    denied = {item: name for item in items if (name := denied_of(item))}
    if not denied:
        return items
    is_name = dict(zip((*denied, *denied.values()), thesaurus.names([*denied, *denied.values()]), strict=True))
    return [item for item in items if item not in denied or is_name[item] or not is_name[denied[item]]]


def _listed_and_had(items: Sequence[str], thesaurus: Thesaurus, *, once: bool) -> list[tuple[str, str]]:
    """Return what `_listed_skills` does but what the list denies, as an item or as a part of one."""
    whole = {*_had(items, thesaurus)}
    listed = _listed_skills([item for item in items if item in whole], most=_MOST_ASKED if once else _MOST_HAD)
    had = whole.union(_had([written for written, _ in listed if written not in whole], thesaurus))
    return [one for one in listed if one[0] in had]


def _listed_skills(items: Sequence[str], *, most: int = _MOST_HAD) -> list[tuple[str, str]]:
    """Return each skill that a list holds, as it was written and in its neutral form, in order; not above `most`."""
    found: dict[str, str] = {}
    for item in items:
        for part in _split_skill(item):
            form = neutral(part)
            if has_letters_or_digits(form):
                found.setdefault(form, part if part in item else item)
    return [(written, form) for form, written in found.items()][:most]


def full_text(record: Record, *, body: str | None = None) -> dict[str, str]:
    """Return the words of a record by facet name: `title`, `skills` and `body`, each possibly empty.

    Args:
        record: the document.
        body: its prose, as `body_of` returns it, where that is known already.
    """
    titles = [text for text in (_shown_title(title) for title in _titles(record)) if text]
    return {
        Facet.TITLE.value: words("\n".join(titles)),
        Facet.SKILLS.value: words("\n".join(form for _, form in _listed_skills(record.skills))),
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


@lru_cache(maxsize=32_768)  # few titles, held again and again; and a profile's are asked for twice
def _shown_title(title: str) -> str:
    """Return the neutral title without personal data, empty where no letter or digit is left."""
    parted = _IN_BRACKETS.sub(r", \1", clean_title(without_personal(clean(title))))
    plain = fold_agreement(neutral(without_seniority(parted))).strip()
    text = " ".join(_spelt_out(_JOINTS.split(plain), _JOINTS.findall(plain))).strip()
    return text if has_letters_or_digits(text) else ""


def _spelt_out(words: Sequence[str], joints: Sequence[str]) -> Iterator[str]:
    """Yield the words of a title, and what those stand for that an encoder does not know.

    Args:
        words: without case and gender.
        joints: what stands between each two of them.
    """
    for place, word in enumerate(words):
        yield word
        if word in _SPELT and not (word in _SUPERIORS and _is_for(words[:place], word, joint=joints[:place][-1:])):
            yield _SPELT[word]


def _is_for(before: Sequence[str], superior: str, *, joint: Sequence[str]) -> bool:
    """Tell whether these words say that somebody works for whom comes next: `assistant auprès du`, not `adjoint au`.

    A noun and a blank say so too, `secrétaire DSI`; what a sign parts are two trades, `juriste / DPO`.

    Args:
        before: all words before.
        superior: who comes next.
        joint: what stands between.
    """
    if before and before[-1] not in _FOR:
        is_beside = superior in _MOSTLY_SERVICES or not "".join(joint).strip()
        return is_beside and before[-1] not in _STILL and has_letters_or_digits(before[-1])
    noun = next((place for place in range(len(before), 0, -1) if before[place - 1] not in _FOR), 0)
    return 0 < noun < len(before) and before[noun - 1] not in _THEMSELVES


def _titles(record: Record) -> list[str]:
    """Return the posting's title, or the profile's headline and past titles, newest first."""
    if isinstance(record, Posting):
        return [record.title]
    return [record.headline, *(job.title for job in sorted(record.experiences, key=_age))]


def _age(job: Experience) -> tuple[bool, int, int]:
    """Sort key: newest first, unknown dates last. A job without an end goes on, unless its start is unknown too."""
    if job.start is None and job.end is None:
        return True, 0, 0
    end = job.end or date.max
    return False, -end.toordinal(), -(job.start or end).toordinal()


def _title_texts(record: Record, thesaurus: Thesaurus | None) -> tuple[FacetText, ...]:
    """Return the titles that are compared; where a thesaurus is given, those alone that say a trade to it."""
    shown, *past = _titles(record)
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
    form = _shown_title(title)
    says = not form or thesaurus is None or thesaurus.says_trade(form) or thesaurus.mentions(title)
    return form if says else ""


def _shared_equally(texts: list[str]) -> tuple[FacetText, ...]:
    return tuple(FacetText(text, 1 / len(texts)) for text in texts)


@lru_cache(maxsize=32_768)  # few skills, named again and again
def _split_skill(skill: str) -> tuple[str, ...]:
    """Return the skills that one item lists: exports write whole lists, and halves of them, into one."""
    plain = _LETTER_IN_BRACKETS.sub(r"\1", _STRAY.sub("", clean(without_personal(skill.replace("\t", ",")))))
    if any(item.count("(") != item.count(")") for item in _LISTED.split(plain)):
        # A bracket that is never closed, or one around a list: `données (2D, 3D)`.
        plain = plain.replace("(", ",").replace(")", ",")
    parts: list[str] = []
    for item in _LISTED.split(plain):
        pair = _PAIRED_ITEMS.split(item)
        if _CHAINED.fullmatch(item):
            parts += item.split("-")
        elif all(_is_tool_like(part) for part in pair):
            parts += pair
        else:
            parts.append(item)
    return tuple(stripped for part in parts if (stripped := _STRAY.sub("", part)))


def forget_parts() -> None:
    """Drop the memory of titles, and of how skills were split."""
    _split_skill.cache_clear()
    _shown_title.cache_clear()


def _is_tool_like(text: str) -> bool:
    """Tell whether an item is one capitalised word: `Python et Django` are two, `recherche et développement` is one."""
    return " " not in text and not text.islower() and bool(text)


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
