"""How a candidate words a profile: headline and summary, in the first person."""

from collections.abc import Mapping

from matcher.core.domain import Situation
from matcher.offline.demo import phrases_profile as phrases
from matcher.offline.demo.dice import Dice
from matcher.offline.demo.family import leads
from matcher.offline.demo.grammar import Pair, bare, capital, listed, of, pair, participle, past, to, years_en, years_fr
from matcher.offline.demo.person import Person


def headline_and_summary(dice: Dice, person: Person) -> tuple[str, str]:
    """Return the line that the person introduces themselves with, and a presentation (one in five has none)."""
    if person.english:
        words = _words_en(dice, person)
        return _headline_en(dice, person).format_map(words), _summary_en(dice, person, words)
    words = _words(dice, person)
    text = _headline(dice, person)[person.feminine].format_map(words)
    chance = dice.random()
    return text.upper() if chance < 0.03 else text.lower() if chance < 0.06 else text, _summary(dice, person, words)


def _headline(dice: Dice, person: Person) -> Pair:
    if person.graduate:
        return dice.pick(phrases.HEADLINES_GRADUATE if dice.chance(0.7) else phrases.HEADLINES[:4])
    if person.former and dice.chance(0.5):
        return dice.pick(phrases.HEADLINES_TURNING)
    if person.situation is not Situation.PUBLIC and dice.chance(0.15):
        return dice.pick(phrases.HEADLINES_OUTSIDE)
    return dice.pick(phrases.HEADLINES)


def _headline_en(dice: Dice, person: Person) -> str:
    return dice.pick(phrases.HEADLINES_EN_GRADUATE if person.graduate else phrases.HEADLINES_EN)


def _summary(dice: Dice, person: Person, words: Mapping[str, str]) -> str:
    """Return nothing, one line, two or three sentences, or a long paragraph."""
    chance = dice.random()
    if chance < 0.18:
        return ""
    frames = _one_line(dice, person) if chance < 0.32 else _paragraph(dice, person, long=chance > 0.82)
    text = " ".join(frame[person.feminine].format_map(words) for frame in frames)
    return text.replace("’", "'") if dice.chance(0.45) else text


def _one_line(dice: Dice, person: Person) -> list[Pair]:
    return [dice.pick(phrases.ONE_LINERS[:-1] if person.graduate else phrases.ONE_LINERS)]


def _paragraph(dice: Dice, person: Person, *, long: bool) -> list[Pair]:
    """Return the frames of a few sentences: where from, what done, what with, what for."""
    wishes = dice.some(phrases.WISHES, 3 if long else 1)
    if dice.chance(0.45):
        inside = person.situation is Situation.PUBLIC
        wishes[0] = dice.pick(phrases.WISHES_PUBLIC if inside else phrases.WISHES_OUTSIDE)
    deeds = dice.pick(phrases.DEEDS_GRADUATE if person.graduate else phrases.DEEDS)
    knowledge = dice.pick(phrases.KNOWLEDGE)
    if long:
        return [_opening(dice, person), deeds, dice.pick(phrases.DEEDS_MORE), knowledge, *wishes]
    middle = deeds if dice.chance(0.6) else knowledge
    chance = dice.random()
    if chance < 0.35:
        return [_opening(dice, person), middle, *wishes]
    return [_opening(dice, person), middle] if chance < 0.75 else [middle, *wishes]


def _opening(dice: Dice, person: Person) -> Pair:
    if person.graduate:
        return dice.pick(phrases.OPENINGS_GRADUATE)
    return dice.pick(phrases.OPENINGS_TURNING if person.former and dice.chance(0.7) else phrases.OPENINGS)


def _words(dice: Dice, person: Person) -> Mapping[str, str]:
    """Return what the frames' braces stand for."""
    family = person.family
    field = family.field
    graded = not person.graduate and not leads(person.title) and dice.chance(0.15)
    grade = dice.pick((" confirmé", " senior")) if graded and person.years >= 5 else ""
    title = pair(person.title)[person.feminine]
    first, second, third = dice.some(family.missions, 3)
    words = {
        "title": capital(pair(person.title + grade)[person.feminine]),
        "title_small": title,
        "title_of": of(title),
        "topic": dice.pick(family.topics),
        "field": field,
        "field_bare": bare(field),
        "field_of": of(field),
        "field_to": to(field),
        "years": years_fr(person.years),
        "years_capital": years_fr(person.years),
        "sector": person.sector[0],
        "tools": listed(person.tools[: dice.between(2, 3)]),
        "disciplines": ", ".join(person.disciplines[: dice.between(2, 3)]),
        "first_bare": first,
        "second_bare": second,
        "first_of": of(first),
        "second_of": of(second),
        "first_done": participle(first),
        "second_done": participle(second),
        "third_bare": third,
        "third_of": of(third),
        "third_done": participle(third),
    }
    if person.former:
        words["old_field"] = person.former.field
        words["old_field_bare"] = bare(person.former.field)
        words["old_title_small"] = pair(person.former_title)[person.feminine]
    return words


def _summary_en(dice: Dice, person: Person, words: Mapping[str, str]) -> str:
    chance = dice.random()
    if chance < 0.18:
        return ""
    if chance < 0.32:
        frames = [dice.pick(phrases.ONE_LINERS_EN)]
    else:
        opening = dice.pick(phrases.OPENINGS_EN_GRADUATE if person.graduate else phrases.OPENINGS_EN)
        middle = [dice.pick(phrases.DEEDS_EN), dice.pick(phrases.KNOWLEDGE_EN)]
        wishes = dice.some(phrases.WISHES_EN, 2)
        frames = [opening, *(middle if chance > 0.7 else middle[:1]), *wishes[: 2 if chance > 0.85 else 1]]
    return " ".join(frame.format_map(words) for frame in frames)


def _words_en(dice: Dice, person: Person) -> Mapping[str, str]:
    first, second = dice.some(person.family.missions_en, 2)
    graded = person.years >= 5 and not leads(person.title) and dice.chance(0.3)
    return {
        "title": f"Senior {person.title}" if graded else person.title,
        "field": person.family.field_en,
        "years": years_en(person.years),
        "sector": person.sector[0],
        "tools": listed(person.tools[: dice.between(2, 3)], last="and"),
        "disciplines": listed(person.disciplines[: dice.between(2, 3)], last="and"),
        "first_bare": first,
        "first_done": past(first),
        "second_done": past(second),
    }
