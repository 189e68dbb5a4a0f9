"""A made-up candidate before a word is written: trade, past jobs, studies."""

from datetime import date, timedelta
from typing import NamedTuple

from matcher.core.domain import Education, Experience, Situation
from matcher.offline.demo import phrases_profile as phrases
from matcher.offline.demo.dice import Dice, Weighted
from matcher.offline.demo.families import FAMILY
from matcher.offline.demo.family import Family, leads, named_first
from matcher.offline.demo.grammar import bare, capital, pair, participle, past

_SITUATIONS = Weighted((Situation.GRADUATE, 29), (Situation.PRIVATE, 42), (Situation.PUBLIC, 27), (Situation.OTHER, 2))
_FIRST_DEGREES = (
    ("Baccalauréat scientifique", 4),
    ("Baccalauréat économique et social", 4),
    ("Classe préparatoire aux grandes écoles", 5),
)


class Person(NamedTuple):
    """What has been settled of a candidate before the profile's text is written."""

    family: Family
    former: Family | None
    """The trade that they come from, when they have changed trades."""
    feminine: bool
    english: bool
    situation: Situation
    title: str
    """In their language; in the masculine in French."""
    former_title: str
    sector: tuple[str, str]
    """As a sentence says it, and as an employer's name."""
    jobs_months: tuple[int, ...]
    """How long each job lasted, the newest first."""
    tools: list[str]
    disciplines: list[str]

    @property
    def years(self) -> int:
        """Whole years of experience."""
        return sum(self.jobs_months) // 12

    @property
    def graduate(self) -> bool:
        """Whether they have just left their studies."""
        return self.situation is Situation.GRADUATE


def draw(dice: Dice, family: Family) -> Person:
    """Return a candidate of that family."""
    situation = _SITUATIONS.draw(dice)
    if family.senior and situation is Situation.GRADUATE:
        situation = Situation.PRIVATE
    graduate = situation is Situation.GRADUATE
    english = dice.chance(0.15)
    changed = not graduate and not english and not family.senior and dice.chance(0.12)
    former = FAMILY[dice.pick(family.neighbours)] if changed else None
    names = family.titles_en if english else family.titles
    title = dice.pick(names)
    while graduate and leads(title):
        title = dice.pick(names)
    return Person(
        family=family,
        former=former,
        feminine=dice.chance(0.5),
        english=english,
        situation=situation,
        title=title,
        former_title=dice.pick(former.titles) if former else "",
        sector=_sector(dice, english, situation),
        jobs_months=_internships(dice) if graduate else _jobs(dice, 96 if family.senior else 24),
        tools=named_first(title, dice.some(family.tools, 8), family.tools),
        disciplines=dice.some(family.disciplines_en if english else family.disciplines, 6),
    )


def _sector(dice: Dice, english: bool, situation: Situation) -> tuple[str, str]:
    if english:
        return dice.pick(phrases.SECTORS_EN)
    return dice.pick(phrases.SECTORS_PUBLIC if situation is Situation.PUBLIC else phrases.SECTORS_PRIVATE)


def _internships(dice: Dice) -> tuple[int, ...]:
    return tuple(dice.between(3, 12) for _ in range(dice.between(0, 2)))


def _jobs(dice: Dice, at_least_months: int) -> tuple[int, ...]:
    """Return the lengths of one to four jobs; most careers are short, some are long."""
    months = at_least_months + int(300 * dice.random() ** 2)
    count = min(4, max(1, 1 + months // 60 + dice.between(-1, 1)))
    lengths = []
    for left in range(count, 1, -1):
        length = max(6, int(months / left * (0.6 + 0.8 * dice.random())))
        lengths.append(length)
        months -= length
    return (*lengths, max(6, months))


def experiences(dice: Dice, person: Person, today: date) -> tuple[tuple[Experience, ...], date]:
    """Return the person's jobs, the newest first, and when the first of them began.

    One career in seven is left out of the profile, as people do; its first day is returned all the same.
    """
    employed = not person.graduate and dice.chance(0.65)
    month = today.year * 12 + today.month - 1 - (0 if employed else dice.between(1, 10))
    told = []
    for rank, months in enumerate(person.jobs_months):
        start = _first_day(month - months)
        end = None if employed and rank == 0 else _first_day(month) - timedelta(days=1)
        told.append(_experience(dice, person, rank, start, end))
        month -= months + (dice.between(0, 3) if dice.chance(0.4) else 0)
    return (() if not person.graduate and dice.chance(0.14) else tuple(told)), _first_day(month)


def _first_day(month: int) -> date:
    return date(month // 12, month % 12 + 1, 1)


def _experience(dice: Dice, person: Person, rank: int, start: date, end: date | None) -> Experience:
    family, title = _held(dice, person, rank)
    return Experience(
        title=capital(title if person.english else pair(title)[person.feminine]),
        organisation=_employer(dice, person, rank),
        start=start,
        end=end,
        summary=_deeds(dice, person, family),
    )


def _deeds(dice: Dice, person: Person, family: Family) -> str:
    """Return what was done in a job; four in ten say nothing."""
    chance = dice.random()
    if chance < 0.4:
        return ""
    if person.english:
        deeds = [past(mission) for mission in dice.some(family.missions_en, 1 if chance < 0.75 else 2)]
        return f"{capital('; '.join(deeds))}."
    deeds = dice.some(family.missions, 1 if chance < 0.75 else 2)
    return f"J’ai {participle(deeds[0])}." if chance < 0.55 else f"{capital(' ; '.join(deeds))}."


def _held(dice: Dice, person: Person, rank: int) -> tuple[Family, str]:
    """Return the family and the title of a job: the trade of today, the former one, or a step towards it."""
    family = person.family
    if person.graduate:
        frames = phrases.STUDENT_JOBS_EN if person.english else phrases.STUDENT_JOBS
        return family, dice.pick(frames).format(title=person.title)
    if person.former and (rank > 0 or len(person.jobs_months) == 1):
        return person.former, person.former_title
    if rank == 0:
        return family, person.title
    if family.senior or dice.chance(0.15):
        family = FAMILY[dice.pick(family.neighbours)]
    title = dice.pick(family.titles_en if person.english else family.titles)
    if person.english or leads(title) or family.senior:
        return family, title
    last = rank == len(person.jobs_months) - 1
    return family, f"{title} junior" if last and dice.chance(0.25) else title


def _employer(dice: Dice, person: Person, rank: int) -> str:
    if dice.chance(0.1):
        return ""
    if rank == 0:
        return person.sector[1]
    public = person.situation is Situation.PUBLIC and dice.chance(0.6)
    return _sector(dice, person.english, Situation.PUBLIC if public else Situation.PRIVATE)[1]


def education(
    dice: Dice, person: Person, jobs: tuple[Experience, ...], *, began: date, today: date
) -> tuple[Education, ...]:
    """Return the person's degrees, the newest first; one profile in eight tells none."""
    if dice.chance(0.12):
        return ()
    left = _graduation(dice, jobs, today) if person.graduate else date(began.year - 1, 6, 30)
    title, level = _degree(dice, person)
    degrees = [Education(title=title, level=level if dice.chance(0.85) else None, end=left)]
    if level > 6 and dice.chance(0.3):
        earlier, below = ("Bachelor of Science", 6) if person.english else dice.pick(_FIRST_DEGREES)
        gap_years = 2 if below == 6 else 3 if below == 5 else 5
        degrees.append(Education(title=earlier, level=below, end=date(left.year - gap_years, 6, 30)))
    if person.former and dice.chance(0.6):
        course = Education(
            title=f"Formation professionnelle en {bare(person.family.field)}", end=date(today.year - 1, 12, 15)
        )
        degrees.insert(0, course)
    return tuple(degrees)


def _graduation(dice: Dice, internships: tuple[Experience, ...], today: date) -> date:
    """Return the end of the studies, after the last internship."""
    last = internships[0].end if internships else None
    if last is None:
        return date(today.year - dice.between(0, 1), 6, 30)
    return date(last.year, 6, 30) if last.month <= 6 else date(last.year, 9, 30) if last.month <= 9 else last


def _degree(dice: Dice, person: Person) -> tuple[str, int]:
    if person.english:
        subject = person.family.field_en.title()
        return dice.pick(
            (("BSc in Computer Science", 6), ("MSc in Computer Science", 7), ("MSc in Information Systems", 7))
            + ((f"MSc in {subject}", 7),) * 2
        )
    return dice.pick((person.former or person.family).degrees)
