"""How a State service words a posting: title, description, qualifications."""

from collections.abc import Callable
from functools import cache
from typing import NamedTuple

from matcher.core.domain import Contract, Remote
from matcher.offline.demo import phrases_posting as phrases
from matcher.offline.demo.dice import Dice, Weighted
from matcher.offline.demo.family import Family, leads
from matcher.offline.demo.grammar import bare, both, bracketed, capital, dotted, feminine, future, listed, of, to
from matcher.offline.demo.services import Service
from matcher.offline.demo.territory import Place


class Draft(NamedTuple):
    """What has been settled of a posting before its text is written."""

    family: Family
    service: Service
    place: Place
    contracts: tuple[Contract, ...]
    remote: Remote | None
    name: str
    """The bare title, in its language: in the masculine in French."""
    english_title: bool
    english_text: bool
    tools: list[str]
    disciplines: list[str]
    year: int

    @property
    def training(self) -> str | None:
        """What a posting for somebody who still learns is called; None for any other."""
        return _TRAINING.get(self.contracts[0]) if self.contracts else None


_TRAINING = {Contract.APPRENTICESHIP: "Alternance", Contract.INTERNSHIP: "Stage"}
_TRAINING_EN = {"Alternance": "Apprenticeship", "Stage": "Internship"}
_GRADES_EN = (("Junior", " junior"), ("Senior", " senior"), ("Experienced", " expérimenté"))
_STYLES: Weighted[Callable[[str], str]] = Weighted(
    (lambda title: f"{capital(title)} (H/F)", 18),
    (lambda title: f"{capital(title)} F/H", 14),
    (lambda title: f"{capital(title)} H/F", 6),
    (lambda title: capital(title) if feminine(title) == title else f"{capital(title)} / {feminine(title)}", 3),
    (lambda title: capital(dotted(title)), 17),
    (lambda title: capital(bracketed(title)), 8),
    (lambda title: capital(both(title)), 8),
    (capital, 10),
    (lambda title: capital(feminine(title)), 6),
    (lambda title: bracketed(title).upper(), 6),
    (lambda title: f"Un ou une {title}" if feminine(title) == title else f"Un·e {dotted(title)}", 4),
)


def name(dice: Dice, family: Family, contracts: tuple[Contract, ...], *, english: bool) -> str:
    """Return one of the family's titles; not a leading one for somebody who still learns."""
    names = family.titles_en if english else family.titles
    return dice.pick(_learnable(names) if contracts and contracts[0] in _TRAINING else names)


@cache
def _learnable(names: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(name for name in names if not leads(name))


def title(dice: Dice, draft: Draft) -> tuple[str, str]:
    """Return the posting's title and the grade in it (empty when it has none)."""
    if draft.english_title:
        return _title_en(dice, draft)
    name = draft.name
    graded = dice.chance(0.25) and not draft.training and not leads(name)
    grade = dice.pick(phrases.GRADES[1:] if draft.family.senior else phrases.GRADES) if graded else ""
    text = _STYLES.draw(dice)(name + grade)
    if dice.chance(0.4):
        text += _topic(dice, draft)
    if draft.training:
        text = f"{draft.training} – {text}"
    if dice.chance(0.14):
        reference = f"{draft.year - dice.between(0, 1)}-{dice.between(100, 99999):05d}"
        prefix = dice.pick(phrases.CODES)
        text = prefix.format(code=draft.service.code, department=draft.place.code, number=reference) + text
    return (text.upper() if dice.chance(0.03) else text), grade


def _topic(dice: Dice, draft: Draft) -> str:
    if dice.chance(0.5):
        return f" – {bare(dice.pick(draft.service.products))}"
    topic = dice.pick(draft.family.topics)
    return dice.pick((f" – {topic}", f", {topic}", f" ({topic})", f" - {topic}"))


def _title_en(dice: Dice, draft: Draft) -> tuple[str, str]:
    text, grade = draft.name, ""
    if draft.training:
        return f"{text} ({_TRAINING_EN[draft.training]})", grade
    if dice.chance(0.25) and not leads(text):
        word, grade = dice.pick(_GRADES_EN[1:] if draft.family.senior else _GRADES_EN)
        text = f"{word} {text}"
    text += dice.pick(("", "", "", " (H/F)", " (M/F/X)", " – F/H", " – Public Service", " – Digital Government"))
    return text, grade


def description(dice: Dice, draft: Draft) -> str:
    """Return what the work is: one to a dozen sentences, at times with the markup that exports leave in."""
    if dice.chance(0.03):
        return ""
    return _description_en(dice, draft) if draft.english_text else _LAYOUTS.draw(dice)(dice, draft)


def _context(dice: Dice, service: Service) -> str:
    return " ".join(service.contexts[: dice.between(1, 2)])


def _prose(dice: Dice, draft: Draft) -> str:
    parts = [_context(dice, draft.service)]
    if dice.chance(0.45):
        parts.append(_team(dice, draft))
    parts.append(_duty(dice, draft.family))
    if dice.chance(0.5):
        parts.append(_product(dice, draft.service))
    if dice.chance(0.45):
        parts.append(_closing(dice, draft))
    return " ".join(parts)


def _duty(dice: Dice, family: Family) -> str:
    first, second, third = dice.some(family.missions, 3)
    return dice.pick(phrases.DUTIES).format(
        first=of(first),
        second=of(second),
        third=of(third),
        first_bare=first,
        second_bare=second,
        third_bare=third,
        first_future=future(first),
        second_future=future(second),
        third_future=future(third),
    )


def _team(dice: Dice, draft: Draft) -> str:
    return dice.pick(phrases.TEAMS[:1] if draft.training else phrases.TEAMS).format(people=dice.between(5, 28))


def _closing(dice: Dice, draft: Draft) -> str:
    """Return a last sentence that does not contradict the posting's own fields."""
    english = draft.english_text
    if draft.remote is Remote.PARTIAL and dice.chance(0.45):
        return dice.pick(phrases.TELEWORK_EN if english else phrases.TELEWORK)
    if len(draft.contracts) > 1 and dice.chance(0.3):
        return dice.pick(phrases.OPEN_TO_ALL_EN if english else phrases.OPEN_TO_ALL)
    closing = dice.pick(phrases.CLOSINGS_EN if english else phrases.CLOSINGS)
    return closing.format(people=dice.between(5, 28))


def _product(dice: Dice, service: Service) -> str:
    product = dice.pick(service.products)
    return dice.pick(phrases.PRODUCTS).format(to_product=to(product), of_product=of(product))


def _one_liner(dice: Dice, draft: Draft) -> str:
    mission = dice.pick(draft.family.missions)
    product = of(dice.pick(draft.service.products))
    return dice.pick(phrases.LONERS).format(duty=capital(mission), duty_small=mission, of_product=product)


def _dashes(dice: Dice, draft: Draft) -> str:
    head = dice.pick(phrases.BULLETS)
    missions = _several(dice, draft)
    return _listing(dice, draft, f"**{head}**" if dice.chance(0.3) else head, [f"- {mission}" for mission in missions])


def _dots(dice: Dice, draft: Draft) -> str:
    entries = [f"• {mission} ;" for mission in _several(dice, draft)]
    entries[-1] = f"{entries[-1][:-2]}."
    return _listing(dice, draft, dice.pick(phrases.BULLETS), entries)


def _several(dice: Dice, draft: Draft) -> list[str]:
    return dice.some(draft.family.missions, dice.between(3, 6))


def _listing(dice: Dice, draft: Draft, head: str, entries: list[str]) -> str:
    detail = _team(dice, draft) if dice.chance(0.4) else _product(dice, draft.service)
    lines = [f"{_context(dice, draft.service)} {detail}", "", head, *entries]
    if dice.chance(0.5):
        lines += ["", _closing(dice, draft)]
    return "\n".join(lines)


def _html(dice: Dice, draft: Draft) -> str:
    missions = _several(dice, draft)
    entries = "".join(f"<li>{capital(mission)}</li>" for mission in missions)
    context = _context(dice, draft.service)
    closing = _closing(dice, draft)
    return f"<p>{context}</p><p><strong>{dice.pick(phrases.BULLETS)}</strong></p><ul>{entries}</ul><p>{closing}</p>"


_LAYOUTS: Weighted[Callable[[Dice, Draft], str]] = Weighted(
    (_prose, 51), (_dashes, 20), (_html, 13), (_dots, 9), (_one_liner, 7)
)


def _description_en(dice: Dice, draft: Draft) -> str:
    first, second, third = dice.some(draft.family.missions_en, 3)
    parts = [draft.service.context_en, dice.pick(phrases.DUTIES_EN).format(first=first, second=second, third=third)]
    if dice.chance(0.6):
        parts.append(_closing(dice, draft))
    return " ".join(parts)


def qualifications(dice: Dice, draft: Draft, *, years: int, level: int | None) -> str:
    """Return what the service asks of a person; one posting in six says nothing."""
    if dice.chance(0.16):
        return ""
    if draft.english_text:
        return _qualifications_en(dice, draft)
    parts = []
    if level and dice.chance(0.7):
        parts.append(f"{phrases.LEVELS[level]} en lien avec {draft.family.field}.")
    if years >= 2 and dice.chance(0.6):
        parts.append(f"{years} ans d’expérience au minimum sur un poste comparable.")
    wanted = dice.pick(phrases.WANTED if years else phrases.WANTED_OF_BEGINNERS)
    parts.append(
        wanted.format(
            tools=listed(draft.tools[: dice.between(2, 3)]),
            disciplines=", ".join(draft.disciplines[: dice.between(2, 3)]),
            field=draft.family.field,
        )
    )
    if dice.chance(0.6):
        parts.append(dice.pick(phrases.MANNERS))
    if not years and dice.chance(0.4):
        parts.append(dice.pick(phrases.BEGINNERS))
    return " ".join(parts)


def _qualifications_en(dice: Dice, draft: Draft) -> str:
    disciplines = dice.some(draft.family.disciplines_en, 2)
    tools = listed(draft.tools[:2], last="and")
    chosen = dice.some(phrases.WANTED_EN, 2)
    texts = (
        phrase.format(tools=tools, field=draft.family.field_en, disciplines=listed(disciplines, last="and"))
        for phrase in chosen
    )
    return " ".join(texts)
