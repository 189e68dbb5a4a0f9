"""Made-up postings, one after the other, as State services publish them."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from matcher.core.domain import (
    Contract,
    Location,
    Occupation,
    Posting,
    PostingId,
    PostingStatus,
    Remote,
    SalaryRange,
)
from matcher.offline.demo import posting_text
from matcher.offline.demo.dice import Deck, Dice, Weighted
from matcher.offline.demo.families import FAMILIES
from matcher.offline.demo.family import Family, named_first
from matcher.offline.demo.posting_text import Draft
from matcher.offline.demo.services import Service
from matcher.offline.demo.territory import ELSEWHERE, PARIS, PARIS_REGION, PLACE, Place

_YEARS = {"": (0, 2, 3, 5), " junior": (0, 0, 1), " confirmé": (3, 4, 5), " expérimenté": (5, 6), " senior": (5, 8, 10)}
_REMOTE = Weighted((Remote.PARTIAL, 56), (Remote.NONE, 16), (Remote.FULL, 4), (None, 24))
_BOTH = (Contract.CIVIL_SERVANT, Contract.CONTRACT_AGENT)
_CONTRACTS: Weighted[tuple[Contract, ...]] = Weighted(
    (_BOTH, 52),
    ((Contract.CONTRACT_AGENT,), 24),
    ((Contract.CIVIL_SERVANT,), 9),
    ((), 6),
    ((Contract.APPRENTICESHIP,), 5),
    ((Contract.INTERNSHIP,), 3),
    ((Contract.FREELANCE,), 0.6),
    ((Contract.INTERNATIONAL_VOLUNTEER,), 0.4),
)
_CONTRACTS_SENIOR: Weighted[tuple[Contract, ...]] = Weighted(
    (_BOTH, 68), ((Contract.CONTRACT_AGENT,), 16), ((Contract.CIVIL_SERVANT,), 12), ((), 4)
)
_STATUS = Weighted((PostingStatus.OPEN, 94), (PostingStatus.FILLED, 4), (PostingStatus.CLOSED, 2))
_LANGUAGES: Weighted[tuple[str, ...]] = Weighted(
    ((), 45),
    (("français",), 33),
    (("français", "anglais"), 18),
    (("français", "anglais", "allemand"), 2),
    (("français", "espagnol"), 2),
)
_LANGUAGES_EN: Weighted[tuple[str, ...]] = Weighted(((), 20), (("English",), 25), (("English", "French"), 55))


def stream(services: Sequence[Service], *, seed: int, today: date) -> Iterator[tuple[Posting, Family]]:
    """Yield postings without end, each with the family that it was written for.

    The first n are the same whatever is read after them.
    """
    dice = Dice(seed, "postings")
    families = Deck(dice, [family for family in FAMILIES for _ in range(family.postings_share)])
    employers = Deck(dice, [service for rank, service in enumerate(services) for _ in range(1 + rank % 3)])
    number = 0
    while True:
        number += 1
        family = families.deal()
        yield _posting(dice, family, employers.deal(), number=number, today=today), family


def _posting(dice: Dice, family: Family, service: Service, *, number: int, today: date) -> Posting:
    draft = _draft(dice, family, service, today)
    title, grade = posting_text.title(dice, draft)
    years = 0 if draft.training else dice.pick(_YEARS[grade]) + (3 if family.senior else 0)
    level = None if draft.training else min(7, dice.pick(family.degrees)[1])
    opened = today - timedelta(days=dice.between(-3, 60))
    # Half the offices type the apostrophe of the keyboard, the others have it corrected.
    typed = _straight if dice.chance(0.5) else str
    return Posting(
        id=PostingId(f"demo-posting-{number:04d}"),
        title=typed(title),
        organisation=service.organisation,
        description=typed(posting_text.description(dice, draft)),
        qualifications=typed(posting_text.qualifications(dice, draft, years=years, level=level)),
        skills=_skills(dice, draft),
        languages=(_LANGUAGES_EN if draft.english_text else _LANGUAGES).draw(dice),
        locations=_locations(dice, draft.place),
        remote=draft.remote,
        contracts=draft.contracts,
        experience_years_min=float(years) if dice.chance(0.68) else None,
        education_level_min=level if dice.chance(0.7) else None,
        salary_eur_year=_salary(dice, draft, years),
        openings=1 if dice.chance(0.85) else dice.between(2, 5),
        occupation=Occupation(rome=family.rome) if dice.chance(0.6) else None,
        valid_from=opened if dice.chance(0.96) else None,
        valid_through=_last_day(dice, opened, today),
        status=_STATUS.draw(dice),
        url=f"https://example.org/offres/{service.key}/{number:06d}" if dice.chance(0.9) else None,
        source="demo",
    )


def _draft(dice: Dice, family: Family, service: Service, today: date) -> Draft:
    contracts = (_CONTRACTS_SENIOR if family.senior else _CONTRACTS).draw(dice)
    english = dice.chance(0.12)
    name = posting_text.name(dice, family, contracts, english=english)
    return Draft(
        family=family,
        service=service,
        place=_place(dice, service),
        contracts=contracts,
        remote=_REMOTE.draw(dice),
        name=name,
        english_title=english,
        english_text=english and dice.chance(0.6),
        tools=named_first(name, dice.some(family.tools, 6), family.tools),
        disciplines=dice.some(family.disciplines, 5),
        year=today.year,
    )


def _straight(text: str) -> str:
    return text.replace("’", "'")


def _place(dice: Dice, service: Service) -> Place:
    """Return a seat of the service, Paris more often than its share of the seats."""
    if "75" in service.seats and dice.chance(0.42):
        return PARIS
    return dice.pick(ELSEWHERE) if dice.chance(0.06) else PLACE[dice.pick(service.seats)]


def _locations(dice: Dice, place: Place) -> tuple[Location, ...]:
    if dice.chance(0.02):
        return ()
    second = dice.pick(PARIS_REGION if place is PARIS else ELSEWHERE)
    several = dice.chance(0.06) and second is not place
    return (place.location, second.location) if several else (place.location,)


def _skills(dice: Dice, draft: Draft) -> tuple[str, ...]:
    if dice.chance(0.04):
        return ()
    count = dice.between(3, 8)
    tools = count // 2 + dice.between(0, 1)
    disciplines = draft.family.disciplines_en if draft.english_text else draft.disciplines
    return (*draft.tools[:tools], *disciplines[: count - tools])


def _salary(dice: Dice, draft: Draft, years: int) -> SalaryRange | None:
    """Return a range around what the family pays for that experience, in steps of 500 euros."""
    if draft.training or dice.chance(0.42):
        return None
    first, last = draft.family.pay_keur
    low = first + (last - first) * min(years, 15) / 20 + dice.between(-4, 6) / 2
    low += 1.5 if draft.place in PARIS_REGION else 0
    low_eur = round(low * 2) * 500
    return SalaryRange(min=float(low_eur), max=float(low_eur + 500 * dice.between(8, 28)))


def _last_day(dice: Dice, opened: date, today: date) -> date | None:
    chance = dice.random()
    if chance < 0.06:
        return None
    if chance < 0.11:
        return max(opened, today - timedelta(days=dice.between(1, 20)))
    return max(opened, today) + timedelta(days=dice.between(7, 75))
