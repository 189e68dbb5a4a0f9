"""Made-up profiles, one after the other, as candidates fill them in."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import NamedTuple

from matcher.core.domain import Contract, Location, OrganisationId, Profile, ProfileId, Remote, Situation
from matcher.offline.demo import person as people
from matcher.offline.demo import profile_text
from matcher.offline.demo.dice import Deck, Dice, Weighted
from matcher.offline.demo.families import FAMILIES
from matcher.offline.demo.family import Family
from matcher.offline.demo.person import Person
from matcher.offline.demo.services import Service
from matcher.offline.demo.territory import ELSEWHERE, PARIS, PARIS_REGION

_REMOTE = Weighted((Remote.PARTIAL, 44), (None, 36), (Remote.FULL, 12), (Remote.NONE, 8))
_CONTRACTS: dict[Situation, Weighted[tuple[Contract, ...]]] = {
    Situation.GRADUATE: Weighted(
        ((Contract.CONTRACT_AGENT,), 34),
        ((Contract.CIVIL_SERVANT, Contract.CONTRACT_AGENT), 20),
        ((Contract.APPRENTICESHIP,), 13),
        ((Contract.INTERNSHIP,), 8),
        ((Contract.APPRENTICESHIP, Contract.CONTRACT_AGENT), 5),
        ((), 20),
    ),
    Situation.PRIVATE: Weighted(
        ((Contract.CONTRACT_AGENT,), 54),
        ((Contract.CIVIL_SERVANT, Contract.CONTRACT_AGENT), 12),
        ((Contract.CONTRACT_AGENT, Contract.FREELANCE), 5),
        ((Contract.FREELANCE,), 2),
        ((), 27),
    ),
    Situation.PUBLIC: Weighted(
        ((Contract.CIVIL_SERVANT,), 46),
        ((Contract.CIVIL_SERVANT, Contract.CONTRACT_AGENT), 19),
        ((Contract.CONTRACT_AGENT,), 14),
        ((), 21),
    ),
    Situation.OTHER: Weighted(((Contract.CONTRACT_AGENT,), 50), ((), 50)),
}
_LANGUAGES: Weighted[tuple[str, ...]] = Weighted(
    ((), 33),
    (("français", "anglais"), 33),
    (("français",), 12),
    (("anglais",), 8),
    (("français", "anglais", "espagnol"), 5),
    (("français", "anglais", "allemand"), 3),
    (("français", "anglais", "arabe"), 2),
    (("français", "italien"), 1),
    (("français", "anglais", "portugais"), 2),
    (("français", "langue des signes française"), 1),
)
_LANGUAGES_EN: Weighted[tuple[str, ...]] = Weighted(
    ((), 20), (("English", "French"), 50), (("English",), 20), (("English", "French", "Spanish"), 10)
)
_NOTICE_DAYS = {
    Situation.GRADUATE: (0, 150),
    Situation.PRIVATE: (15, 120),
    Situation.PUBLIC: (30, 150),
    Situation.OTHER: (0, 60),
}


class Candidate(NamedTuple):
    """A profile and what was drawn before it was written."""

    profile: Profile
    family: Family
    feminine: bool | None
    """Whether its text is in the feminine; None in English, where nothing shows."""


def stream(services: Sequence[Service], *, seed: int, today: date) -> Iterator[Candidate]:
    """Yield profiles without end. The first n are the same whatever is read after them."""
    dice = Dice(seed, "profiles")
    families = Deck(dice, [family for family in FAMILIES for _ in range(family.profiles_share)])
    organisations = [service.organisation.id for service in services]
    number = 0
    while True:
        number += 1
        person = people.draw(dice, families.deal())
        profile = _profile(dice, person, organisations, number=number, today=today)
        yield Candidate(profile, person.family, None if person.english else person.feminine)


def _profile(
    dice: Dice, person: Person, organisations: Sequence[OrganisationId], *, number: int, today: date
) -> Profile:
    jobs, began = people.experiences(dice, person, today)
    headline, summary = profile_text.headline_and_summary(dice, person)
    visible = dice.chance(0.92)
    return Profile(
        id=ProfileId(f"demo-profile-{number:04d}"),
        headline=headline,
        summary=summary,
        skills=_skills(dice, person),
        experiences=jobs,
        education=people.education(dice, person, jobs, began=began, today=today),
        languages=(_LANGUAGES_EN if person.english else _LANGUAGES).draw(dice),
        locations=_locations(dice),
        remote=_REMOTE.draw(dice),
        contracts=_CONTRACTS[person.situation].draw(dice),
        experience_years=float(person.years) if dice.chance(0.85) else None,
        situation=person.situation if dice.chance(0.96) else None,
        available_from=_available(dice, person, today),
        salary_eur_year_min=_salary(dice, person),
        visible_to_recruiters=visible,
        hidden_from=tuple(dice.some(organisations, dice.between(1, 2))) if dice.chance(0.05) else (),
        consented_at=today - timedelta(days=dice.between(0, 90)) if visible else None,
    )


def _skills(dice: Dice, person: Person) -> tuple[str, ...]:
    """Return up to twelve skills, of the former trade too; one profile in five lists none."""
    if dice.chance(0.2):
        return ()
    tools = person.tools[: dice.between(1, 7)]
    skills = tools + person.disciplines[: dice.between(0, 12 - len(tools))]
    if person.former:
        skills += [skill for skill in dice.some(person.former.tools, 3) if skill not in skills]
    chance = dice.random()
    if chance < 0.1:
        skills = [skill.lower() for skill in skills]
    return tuple(skills[:12])


def _locations(dice: Dice) -> tuple[Location, ...]:
    """Return one to three wished places, by région or by département; three profiles in ten name none."""
    if dice.chance(0.3):
        return ()
    wished: list[Location] = []
    for _ in range(1 if dice.chance(0.7) else dice.between(2, 3)):
        place = PARIS if dice.chance(0.38) else dice.pick(PARIS_REGION if dice.chance(0.2) else ELSEWHERE)
        location = Location(region=place.region, department=place.department if dice.chance(0.5) else None)
        if location not in wished:
            wished.append(location)
    return tuple(wished)


def _available(dice: Dice, person: Person, today: date) -> date | None:
    if dice.chance(0.45):
        return None
    soonest, latest = _NOTICE_DAYS[person.situation]
    return today + timedelta(days=dice.between(soonest, latest))


def _salary(dice: Dice, person: Person) -> float | None:
    """Return what the person asks for, in steps of 500 euros; two profiles in three keep silent."""
    if dice.chance(0.66):
        return None
    first, last = person.family.pay_keur
    wished_keur = first - 3 + (last - first) * min(person.years, 18) / 18 + dice.between(-4, 8) / 2
    return float(round(wished_keur * 2) * 500)
