"""A CV's text as a native profile: headline, sections, experiences, and a body without who its author is.

Heuristics for French and English CVs, in favour of leaving out: what is not found stays in the body, which counts too.
A date without a month is taken as January; one without a day as the first.
"""

import re
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from matcher.core.errors import UnreadableFile
from matcher.core.letters import fold
from matcher.fields import MAX_ITEMS, MAX_PROSE, MAX_SKILL, MAX_TITLE
from matcher.stages.ingest.cv_person import without_person
from matcher.stages.ingest.degrees import level_of_degree

_HEADINGS = {
    "experience": "experience experiences experienceprofessionnelle experiencesprofessionnelles parcoursprofessionnel "
    "parcours carriere emplois workexperience workhistory professionalexperience employment employmenthistory "
    "experiencessignificatives missions",
    "skills": "competences competencestechniques competencesinformatiques competencescles competencesprincipales "
    "competencesprofessionnelles skills technicalskills keyskills coreskills langages langagesdeprogrammation outils "
    "technologies logiciels informatique savoirfaire expertise domainesdecompetences programmingLanguages tools",
    "education": "formation formations education diplomes etudes formationsetdiplomes diplomesetformations "
    "formationacademique cursus cursusscolaire academicbackground educationandtraining",
    "languages": "langues languages languesetrangeres languesvivantes spokenlanguages",
    "summary": "profil profile apropos aproposdemoi about aboutme summary objectif objective resume presentation",
    "other": "centresdinteret centresdinterets loisirs hobbies interests references certifications projets projects "
    "publications divers benevolat engagements contact coordonnees informationspersonnelles distinctions",
}
_SECTION = {fold(name): section for section, names in _HEADINGS.items() for name in names.split()}
_LONGEST_HEADING = 45
_LONGEST_LINE = 1_000
_LONGEST_TEXT = 2 * MAX_PROSE

JOB_WORDS = re.compile(
    r"\b(?:d[ée]velopp|ing[ée]nieur|engineer|developer|architect|chef|cheffe|responsable|directeur|directrice|director|"
    r"administrat|technicien|technician|consultant|analyst|data|scien|designer|manager|charg[ée]|expert|lead|product|"
    r"urbanist|test|formateur|formatrice|trainer|assistant|secr[ée]taire|gestionnaire|coordinat|coordonnat|juriste|"
    r"conseill|r[ée]dact|graphist|webmaster|devops|officer|officier|agent|op[ée]rat|comptable|acheteu|officer|dsi\b|"
    r"rssi\b|dpo\b|ux\b|ui\b|scrum|conducteur|chercheu|research|professeur|enseignant|teacher|apprenti|alternant|"
    r"stagiaire|intern\b|auditeur|auditrice|community|programm|int[ée]grat|support|concept)",
    re.IGNORECASE,
)

_MONTHS = {
    fold(name): number
    for number, names in enumerate(
        (
            "janvier janv jan january",
            "février févr fév feb february",
            "mars mar march",
            "avril avr apr april",
            "mai may",
            "juin jun june",
            "juillet juil jul july",
            "août aou aug august",
            "septembre sept sep september",
            "octobre oct october",
            "novembre nov november",
            "décembre déc dec december",
        ),
        start=1,
    )
    for name in names.split()
}
_YEAR = r"(?:19[5-9]\d|20[0-4]\d)"
_POINT = rf"(?:(?:\d{{1,2}}[/.])?\d{{1,2}}[/.]{_YEAR}|[^\W\d_]{{3,9}}\.?\s+{_YEAR}|{_YEAR})"
_NOW = r"(?:pr[ée]sent|aujourd['’]hui|now|current|today|ce\s+jour|en\s+cours|actuel\w*|date)"
_RANGE = re.compile(
    rf"(?:(?:de|du|from|depuis|since)\s+)?(?<!\d)({_POINT})\s*(?:[-–—/>→]+|à|au|a|to|jusqu['’]à|until)\s*({_POINT}|{_NOW})"
    rf"|(?:depuis|since)\s+(?:le\s+)?({_POINT})",
    re.IGNORECASE,
)
_SINGLE = re.compile(rf"(?<!\d){_POINT}(?!\d)")
_EDGES = " \t-–—|:;,.•·●▪*>()[]"
_BETWEEN = re.compile(r"\s+(?:chez|at|@|pour|[-–—|•])\s+|\s*[,|]\s+|\t+", re.IGNORECASE)
_SKILL_MARKS = re.compile(r"[,;•·●▪|\n\t]|\s[-–—/]\s|^\s*[-–*]\s*", re.MULTILINE)
_LANGUAGES = (
    "français anglais allemand espagnol italien portugais arabe chinois mandarin russe japonais néerlandais polonais "
    "roumain turc grec hébreu coréen suédois ukrainien french english german spanish italian portuguese arabic chinese "
    "russian japanese dutch polish romanian turkish greek hebrew korean swedish ukrainian"
)
_LANGUAGE_WORDS = frozenset(map(fold, _LANGUAGES.split()))


def fields_of(text: str) -> dict[str, Any]:
    """Return native profile fields (dates as ISO text, no id) of a CV's text.

    Raises:
        UnreadableFile: no job title could be found.
    """
    lines = without_person(_lines(text), is_title=lambda line: bool(JOB_WORDS.search(line)))
    sections = _sections(lines)
    experiences = list(_experiences(sections["experience"]))[:MAX_ITEMS]
    headline = _headline(sections["top"]) or (experiences[0]["title"] if experiences else "")
    if not headline:
        raise UnreadableFile("no job title was found: put the one you hold or seek under the name at the top")
    return {
        "headline": headline[:MAX_TITLE],
        "summary": "\n".join(lines)[:MAX_PROSE],
        "skills": _skills(sections["skills"]),
        "experiences": experiences,
        "education": list(_education(sections["education"]))[:MAX_ITEMS],
        "languages": _languages(sections["languages"]),
    }


def _lines(text: str) -> list[str]:
    """Return the lines that are not blank, without outer and repeated spaces; tabs stay, as they part columns.

    What is longer than any line of a CV is cut into pieces: patterns take time with the square of a line's length.
    """
    lines = (" ".join(filter(None, line.split(" "))).strip() for line in text[:_LONGEST_TEXT].splitlines())
    return [line[at : at + _LONGEST_LINE] for line in lines for at in range(0, len(line), _LONGEST_LINE)]


def _sections(lines: Sequence[str]) -> dict[str, list[str]]:
    """Return the lines under each kind of heading; `top` holds those before the first."""
    sections: dict[str, list[str]] = {name: [] for name in ("top", *_HEADINGS)}
    current = "top"
    for line in lines:
        heading, mark, rest = line.partition(":")
        if len(heading) <= _LONGEST_HEADING and (found := _SECTION.get(fold(heading))):
            # `Langages : Python` within the skills is a label there, and a section of its own elsewhere.
            current = found
            if mark and rest.strip():
                sections[current].append(rest.strip())
        else:
            sections[current].append(line)
    return sections


def _headline(top: Sequence[str]) -> str:
    """Return the first line that names a job, else the first short one without digits."""
    short = [line.strip(_EDGES) for line in top[:12] if 3 <= len(line) <= 120]
    named = next((line for line in short if JOB_WORDS.search(line) and not line.endswith(".")), "")
    plain = next((line for line in short if len(line) <= 60 and not re.search(r"\d|\.", line)), "")
    return named or plain


def _experiences(lines: Sequence[str]) -> Iterator[dict[str, Any]]:
    """Yield a job for each line with a range of dates; its title stands beside the dates, below or above them."""
    dated = [(place, found) for place, line in enumerate(lines) if (found := _RANGE.search(line))]
    starts = []
    for place, found in dated:
        beside = (lines[place][: found.start()] + " " + lines[place][found.end() :]).strip(_EDGES)
        above = lines[place - 1] if place else ""
        below = lines[place + 1] if place + 1 < len(lines) else ""
        if beside:
            starts.append((place, place, beside, found))
        elif JOB_WORDS.search(above) and not JOB_WORDS.search(below) and not _RANGE.search(above):
            starts.append((place - 1, place, above, found))
        else:
            starts.append((place, place + 1, below, found))
    for number, (_first, last, heading, found) in enumerate(starts):
        until = starts[number + 1][0] if number + 1 < len(starts) else len(lines)
        title, organisation = _title_and_organisation(heading.strip(_EDGES))
        if not title:
            continue
        start, end = _date(found[1] or found[3] or ""), _date(found[2] or "")
        if start and end and start > end:
            start = end = None
        yield {
            "title": title[:MAX_TITLE],
            "organisation": organisation[:MAX_TITLE],
            "start": start.isoformat() if start else None,
            "end": end.isoformat() if end else None,
            "summary": "\n".join(lines[last + 1 : until]),
        }


def _title_and_organisation(heading: str) -> tuple[str, str]:
    first, *rest = (part.strip(_EDGES) for part in _BETWEEN.split(heading, maxsplit=1))
    second = rest[0] if rest else ""
    if second and JOB_WORDS.search(second) and not JOB_WORDS.search(first):
        return second, first
    return first, second


def _education(lines: Sequence[str]) -> Iterator[dict[str, Any]]:
    """Yield a degree for each line that has a date or names a level."""
    for line in lines:
        dates = [found[0] for found in _SINGLE.finditer(line)]
        title = _SINGLE.sub(" ", _RANGE.sub(" ", line))
        title = " ".join(title.split()).strip(_EDGES)
        level = level_of_degree(title)
        if not title or not (dates or level):
            continue
        end = _date(dates[-1]) if dates else None
        yield {"title": title[:MAX_TITLE], "level": level, "end": end.isoformat() if end else None}


def _skills(lines: Sequence[str]) -> list[str]:
    """Return short items; `Langages : Python, Java` gives Python and Java."""
    unlabelled = "\n".join(re.sub(r"^[^:,;]{2,40}\s:\s|^[^:,;]{2,40}:\s+", "", line) for line in lines)
    # A comma between brackets belongs to its item: `Java (Spring, Maven)`.
    flat = re.sub(r"\(([^()]*)\)", lambda found: f"({found[1].replace(',', ' ').replace('/', ' ')})", unlabelled)
    items = (item.strip(" \t-–—:;,.•·●▪*>") for item in _SKILL_MARKS.split(flat))
    kept = (item for item in items if 1 <= len(item) <= min(60, MAX_SKILL) and len(item.split()) <= 6)
    return list({item.casefold(): item for item in kept if re.search(r"[^\W_]", item)}.values())[:MAX_ITEMS]


def _languages(lines: Sequence[str]) -> list[str]:
    words = (word for line in lines for word in re.findall(r"[^\W\d_]+", line))
    return list({fold(word): word.capitalize() for word in words if fold(word) in _LANGUAGE_WORDS}.values())


def _date(text: str) -> date | None:
    """Return the date of `2019`, `03/2018`, `janv. 2020` or `01/03/2018`; None for `présent` and for anything else."""
    year = re.search(_YEAR, text)
    if not year:
        return None
    numbers = re.findall(r"\d+", text[: year.start()])
    words = re.findall(r"[^\W\d_]+", text[: year.start()])
    month = int(numbers[-1]) if numbers else _MONTHS.get(fold(words[-1]), 1) if words else 1
    try:
        return date(int(year[0]), month, 1)
    except ValueError:
        return None
