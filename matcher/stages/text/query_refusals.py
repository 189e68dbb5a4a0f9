"""What a query does not want: `-PHP`, `hors Paris`, `sans télétravail`, `sauf Java et PHP`, `not Java`."""

import re
from dataclasses import dataclass, field

from matcher.core.domain import Remote
from matcher.stages.text.query_places import LONGEST, Place, place_at
from matcher.stages.text.query_words import CONTRACTS, GAP, LITERAL, REMOTE, fold, has_letters_or_digits, is_literal

_FIRST = rf"[\w.#@{LITERAL}]"
_DASH = re.compile(
    # Right before a word; or apart from it, then before the only word that is left. A long one apart parts.
    rf"(?:^|(?<=[\s,;(]))(?:[-–—−‐‑]+(?={_FIRST})|(?P<apart>[-−‐‑])\s+(?={_FIRST})|(?P<long>[–—])\s+(?={_FIRST}))"
)
_WORD = re.compile(
    r"(?<![\w'’-])(?:"
    r"en dehors d(?:e|u|es|['’])|hors|hormis|sauf|except[ée]{1,2}s?|[àa] l['’](?:exception|exclusion) d(?:e|u|es|['’])"
    r"|(?:surtout )?pas (?:d(?:e|u|es)|en|[àa]|sur|dans|les?|la)\b|pas d['’]|(?:surtout|mais) pas|sans|ni|aucune?"
    r"|pas(?=\s+(?-i:[A-ZÀ-Þ]))|(?:^|(?<=[,;])|(?<=[,;] ))pas(?! (?:besoin|encore|forc|loin|n[ée]cess|oblig|plus|trop))"
    r"|non(?! titulaire| fonctionnaire)(?=\s+(?-i:[A-ZÀ-Þ]))"
    r"|not(?! only)|without|except(?: for)?|excluding|outside(?: of)?|no(?! code| sql|\.)"
    r")(?:\s+|(?<=['’])|(?=[\"«“]))",
    re.IGNORECASE,
)
_FIXED = re.compile(r"(?:sans|hors|no|without)\s+(?:fil|contact|couture|serveur|ligne|sol|taxe|code)\b", re.IGNORECASE)
"""What names something, though it begins so: `réseau sans fil`."""
_NO_THINGS = frozenset(
    """
    attendre autant avoir cesse compter distinction doute etre exception forcement hesiter hesitation limite limites
    necessarily necessairement obligatoirement oublier plus prejudice problem probleme required requis souci
    """.split()
)
"""What `sans`, `pas` or `not` stands before in a turn of phrase."""
QUERY_CHARACTERS = 300
"""From which on a text is prose that somebody pasted."""
_BULLET = re.compile(r"(?:^|\n)[ \t]*[-–—−‐‑•*](?=\s|\w)")
_ARTICLES = re.compile(
    r"(?:(?:les?|la|du|des|de|en|[àa]|sur|dans|in|at|the|any|of)\s+|[ld]['’](?=\w)){0,2}", re.IGNORECASE
)
_AND = re.compile(
    r"\s*(?:(?:\bet|\bou|\bni|\band|\bor|\bnor)(?=\s)|[&/])\s*(?:(?:de|d['’]|en|[àa])\s+)?", re.IGNORECASE
)
_COMMA = re.compile(r"\s*,\s*(?:(?:et|ou|ni|and|or|nor)\s+)?", re.IGNORECASE)
_ENDS = re.compile(r"\s*(?:$|[,;\n&/]|(?:et|ou|ni|and|or|nor|mais|but|avec|with)\b)", re.IGNORECASE)
_TOKEN = re.compile(rf"[^\s,;{GAP}]+")
_WITHIN = frozenset("d de des du of".split())
"""Words between the words of one name."""


@dataclass(slots=True)
class Refused:
    """What was refused."""

    words: list[str] = field(default_factory=list)
    """Words and phrases; signs of literal phrases among them."""
    places: list[Place] = field(default_factory=list)
    remote: list[Remote] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Item:
    kind: str
    """What sort of thing it is: exclusions go on over others of the same sort."""
    end: int
    """Of its text."""
    name: str
    place: Place | None = None
    remote: Remote | None = None


def without_refused(text: str) -> tuple[str, Refused]:
    """Return a query with a gap for all that it refuses, and that.

    A dash refuses what stands right behind it. A word such as `sauf` refuses what follows (a place, a way of working, a
    phrase, one word, or several that begin with a capital), and on over `et X`, `ou X`, `ni X` and `, X` as long as X
    is of the same sort; after a comma, X must be one word or one place and all that stands before the next comma.
    Anything else ends it. In prose that was pasted, dashes begin lines, and `sans` and the like refuse no words.
    """
    if len(_BULLET.findall(text)) > 1:
        text = _BULLET.sub(" , ", text)
    is_prose = len(text) > QUERY_CHARACTERS
    refused = Refused()
    kept: list[str] = []
    at = 0
    cues = _Cues(text)
    while cue := cues.after(at):
        start, end, goes_on = cue
        first = _first(text, end, goes_on=goes_on)
        if first is None or (goes_on and first.kind == "word" and (is_prose or fold(first.name) in _NO_THINGS)):
            kept.append(text[at:end])
            at = end
            continue
        items = _items(text, first, goes_on=goes_on)
        kept += [text[at:start], f" {GAP} "]
        at = items[-1].end
        for item in items:
            if item.place:
                refused.places.append(item.place)
            elif item.remote:
                refused.remote.append(item.remote)
            elif has_letters_or_digits(item.name) or is_literal(item.name[:1]):
                refused.words.append(item.name)
    return "".join([*kept, text[at:]]), refused


class _Cues:
    """The words and dashes of a query that refuse. Each is looked at once, however many there are."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._next: dict[re.Pattern[str], re.Match[str] | None] = {
            pattern: self._found(pattern, 0) for pattern in (_DASH, _WORD)
        }

    def after(self, at: int) -> tuple[int, int, bool] | None:
        """Return where the next one begins and ends, and whether it refuses more than one thing.

        Args:
            at: where it begins at the earliest; no less than the time before.
        """
        for pattern, cue in self._next.items():
            if cue and cue.start() < at:
                self._next[pattern] = self._found(pattern, at)
        return min(((cue.start(), cue.end(), cue.re is _WORD) for cue in self._next.values() if cue), default=None)

    def _found(self, pattern: re.Pattern[str], at: int) -> re.Match[str] | None:
        cues = pattern.finditer(self._text, at)
        if pattern is _WORD:
            return next((cue for cue in cues if not _FIXED.match(self._text, cue.start())), None)
        return next((cue for cue in cues if _excludes(self._text, cue)), None)


def _excludes(text: str, dash: re.Match[str]) -> bool:
    """Tell of a dash whether it refuses what follows, or parts a title: `Data scientist - Lyon`."""
    if not (dash["apart"] or dash["long"]):
        return True
    is_at_start = not re.split(r"[,;\n]", text[: dash.start()])[-1].strip(f" {GAP}")
    if is_at_start:
        return True
    item = _item(text, dash.end(), lone=True)
    if dash["long"] or item is None or item.place or not _ENDS.match(text, item.end):
        return False
    # The first of a list is what a title goes on with: `data engineer - Spark, AWS`.
    comma = _COMMA.match(text, item.end)
    following = _item(text, comma.end(), lone=False) if comma else None
    return following is None or following.kind != item.kind


def _first(text: str, at: int, *, goes_on: bool) -> _Item | None:
    """Return what is refused first, None where nothing is."""
    first = _item(text, at, lone=not goes_on)
    if goes_on and not (first and first.place):  # `Le Havre` begins with an article
        first = _item(text, _skipped(text, at), lone=False)
    return first


def _items(text: str, first: _Item, *, goes_on: bool) -> list[_Item]:
    """Return all that is refused from the first thing on."""
    items = [first]
    while goes_on:
        end = items[-1].end
        joint = _AND.match(text, end) or _COMMA.match(text, end)
        if joint is None:
            break
        item = None if _WORD.match(text, joint.end()) else _item(text, joint.end(), lone=False)
        is_listed = "," in joint[0]
        if item is None or item.kind != first.kind:
            break
        is_one = item.kind != "word" or (" " not in item.name and not is_literal(item.name[:1]))
        if is_listed and not (is_one and _ENDS.match(text, item.end)):
            break
        items.append(item)
    return items


def _skipped(text: str, at: int) -> int:
    found = _ARTICLES.match(text, at)
    return found.end() if found else at


def _item(text: str, at: int, *, lone: bool) -> _Item | None:
    """Return what is refused from a place of the text on, None where nothing stands there.

    Args:
        text: the query.
        at: the place.
        lone: whether one word is all that can be meant.
    """
    left = text[at:]
    for pattern, level in REMOTE:
        if said := pattern.match(left):
            return _Item("remote", at + said.end(), said[0], remote=level)
    for pattern, _ in CONTRACTS:
        if said := pattern.match(left):
            return _Item("contract", at + said.end(), said[0])
    tokens = _tokens(text, at)
    if not tokens:
        return None
    words = [token[0] for token in tokens]
    place = place_at(words, 0, is_set_apart=True)
    if place and not (lone and place.words > 1 and not words[0][:1].isupper()):
        return _Item("place", tokens[place.words - 1].end(), place.name, place=place)
    count = 1
    if not lone and not is_literal(words[0][0]):
        while count < len(words) and _goes_with(words, count):
            count += 1
    name = text[tokens[0].start() : tokens[count - 1].end()]
    return _Item("word", tokens[count - 1].end(), name.lstrip("(").rstrip(".:!?)"))


def _goes_with(words: list[str], at: int) -> bool:
    """Tell whether a word belongs to the refused one before it: `gestion de projet`, `Power BI`, `ISO 27001`."""
    word, before = words[at], words[at - 1]
    if fold(word) in _WITHIN or before.casefold() in _WITHIN:
        return at + 1 < len(words) or before.casefold() in _WITHIN
    is_name = words[0][:1].isupper() and (word[:1].isupper() or word[:1].isdigit())
    return is_name and place_at(words, at) is None


def _tokens(text: str, at: int) -> list[re.Match[str]]:
    """Return the words from a place of the text on, up to what ends them."""
    found: list[re.Match[str]] = []
    while len(found) < LONGEST + 1 and (word := _TOKEN.match(text, at)):
        if found and _ENDS.match(text, word.start()):
            break
        found.append(word)
        at = word.end()
        while text[at : at + 1] == " ":
            at += 1
    return found
