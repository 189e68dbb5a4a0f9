"""What a query does not want: `-PHP`, `hors Paris`, `sans télétravail`, `sauf Java et PHP`, `not Java`."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from matcher.core.domain import Remote
from matcher.core.letters import has_letters_or_digits
from matcher.stages.text.gender import person
from matcher.stages.text.query_asks import SAYS_LEVEL
from matcher.stages.text.query_bounds import OF_NUMBER
from matcher.stages.text.query_parts import says_more_than_terms
from matcher.stages.text.query_places import LONGEST, Place, place_at
from matcher.stages.text.query_unneeded import without_unneeded
from matcher.stages.text.query_words import (
    CONTRACTS,
    DASHES,
    GAP,
    IS_NEEDED,
    LEARNING,
    LITERAL,
    LONG_DASHES,
    REMOTE,
    SAYS_CONTRACT,
    SHORT_DASHES,
    WITHIN,
    bare,
    is_literal,
    is_small,
)

_FIRST = rf"[\w.#@{LITERAL}]"
_DASH = re.compile(
    # Right before a word; or apart from it, then before the only word that is left. A long one apart parts.
    rf"(?:^|(?<=[\s,;(]))(?:[{DASHES}]+|(?P<apart>[{SHORT_DASHES}])\s+|(?P<long>[{LONG_DASHES}])\s+)(?={_FIRST})"
)
# The words that refuse, in pieces that are read with re.VERBOSE: a blank is `\s` or `[ ]`. The first that fits counts.
_PEOPLE = r"(?: (?:je | on | nous | il | it | i | we | you)\s+ )?"
_DO_NOT = r"(?: do(?:es)?\s+not | do(?:es)?n['’]t )"
_NEEDS_NOT = rf"""
    {_PEOPLE} (?: (?:ne\s+ | n['’])\w+\s+ | is\s+ )? (?:pas | aucun | plus | not?) \s+
    (?: besoin | forc[ée]ment | n[ée]cessairement | obligatoirement
      | (?:n[ée]cessaire | obligatoire | oblig[ée]e?s? | indispensable | utile | la\s+peine) (?=\s+d[e'’])
      | necessarily | necessary(?=\s+to\s) | need )
  | sans\s+(?:avoir\s+)? (?:besoin | obligation)
  | inutile(?=\s+d[e'’])
  | {_PEOPLE}{_DO_NOT}\s+need
"""
"""What says that nobody asks for what follows: it is not refused."""
_WANTS_NOT = rf"""
    {_PEOPLE} (?:ne\s+ | n['’])
    (?: veu[xt] | voulons | souhait(?:e | ons) | d[ée]sir(?:e | ons) | (?:re)?cherch(?:e | ons) | pren(?:ds? | ons)
      | accept(?:e | ons) )
    \s+ (?:surtout\s+)? (?:pas | aucune?)
  | {_PEOPLE}{_DO_NOT}\s+(?:want | like | accept)
"""
_NAME_FOLLOWS = r"(?-i:[A-ZÀ-Þ])"
_BUT = rf"""
    autres?\s+que
  | [àa]\s+part (?!\s+(?:enti[èe]re | [ée]gale)s?\b) (?= \s+ (?:l[ea]s?\s+ | du\s+ | l['’])? {_NAME_FOLLOWS} )
  | en[ ]dehors[ ]d(?:e | u | es | ['’])
  | hors | hormis | sauf | except[ée]{{1,2}}s?
  | [àa][ ]l['’](?:exception | exclusion)[ ]d(?:e | u | es | ['’])
"""
_PAS = rf"""
    (?:surtout[ ])? pas[ ](?:d(?:e | u | es) | en | [àa] | sur | dans | les? | la)\b
  | pas[ ]d['’]
  | (?:surtout | mais)[ ]pas
  | sans | ni | aucune?
  | pas(?=\s+{_NAME_FOLLOWS})
  | (?: ^ | (?<=[,;(]) | (?<=[,;][ ]) ) pas (?! [ ](?:besoin | encore | forc | loin | n[ée]cess | oblig | plus | trop) )
"""
_NON = rf"""
    non (?! [ ]titulaire | [ ]fonctionnaire ) (?=\s+{_NAME_FOLLOWS})
  | non (?= \s+ (?: stage | stagiaire | apprenti | alternan | CDD | CDI | freelance
                   | (?:junior | d[ée]butant | s[ée]nior)\w* (?![\w-]) ) )
  | pas (?= \s+ (?:une?\s+)? (?: (?-x:{SAYS_CONTRACT}) | (?:trop\s+)? (?-x:{SAYS_LEVEL}) (?![\w-]) ) )
"""
_NOT = r"""
    not (?![ ]only) | without | except(?:[ ]for)? | excluding | outside(?:[ ]of)?
  | no (?! [ ]code | [ ]sql | [ ]later | \. )
"""
_BEFORE_KNOWN = r"""
    pas | non (?! [ ]titulaire | [ ]fonctionnaire ) | plut[ôo]t[ ]que | au[ ]lieu[ ]de | rather[ ]than | instead[ ]of
  | (?: ^ | (?<=[,;(]) | (?<=[,;(][ ]) )
    (?: [àa][ ] )? (?: exclu(?:re | ez | ons) | [ée]vit(?:er | ez | ons) | exclude | avoid(?:ing)? )
    (?: [ ]? : )?
"""
"""What refuses a name, a tool, a place, a contract or a level, and no other word."""
_WORD = re.compile(
    rf"""
    (?<![\w'’-]) (?<!pourquoi[ ]) (?<!why[ ]) (?<!\bsi[ ]) (?<!avec[ ]ou[ ]) (?<!with[ ]or[ ])
    (?: (?P<free>{_NEEDS_NOT}) | {_WANTS_NOT} | {_BUT} | {_PAS} | {_NON} | {_NOT} | (?P<known>{_BEFORE_KNOWN}) )
    (?: \s+ | (?<=['’]) | (?=["«“]) )
    """,
    re.IGNORECASE | re.VERBOSE,
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
_ADVERBS = frozenset(
    """
    absolument actuellement ainsi always also aussi beaucoup bien completement directement encore entierement especially
    even ever exactly exclusively finalement fully generalement immediatement jamais just juste loin mainly mal meme
    merely moins necessarily normalement only peu principalement probablement purement really seulement simplement
    simply souvent specialement strictement strictly surtout toujours too totalement tous tout toute toutes trop tres
    uniquement usually very vraiment yet
    """.split()
)
"""What nobody refuses, whatever stands before it."""
QUERY_CHARACTERS = 300
"""A longer text is prose that somebody pasted."""
_SORTS = "|".join(pattern.pattern for pattern, _ in (*REMOTE, *CONTRACTS))
_EXCLUDED = re.compile(
    rf"(?<![^,;\n(])[ \t]*(?P<what>(?i:{_SORTS})|(?P<name>[A-ZÀ-Þ][^\s,;:()]{{0,30}})"
    r"(?:[ \t][A-ZÀ-Þ0-9][^\s,;:()]{0,30})?)[ \t]+(?i:exclu|excluded)[ \t]*(?=[,;\n)]|$)"
)
"""What is refused by what stands behind it, alone between commas: a name, as in `PHP exclu`, remote work or a contract.

Other words that say so may say it of people: `publics exclus`.
"""
_LINKS = re.compile(
    r"(?:[ld]['’]|(?:de|du|des|en|la|le|les|une?|in|of|with|to|for|the|any|conna[iî]tre|savoir|ma[iî]triser|avoir"
    r"|utiliser|pratiquer|know|have|use|connaissances?|ma[iî]trise|exp[ée]riences?|comp[ée]tences?|notions?|knowledge"
    r"|skills?|expertise)\s+)*",
    re.IGNORECASE,
)
"""What stands between `pas besoin` and that which is not needed."""
_FEW = 3
"""Words that are one thing where nothing else stands beside them."""
_CONTRACT_OF = re.compile(
    r"(?P<article>(?:une?|an?)\s+)?(?:(?:contrats?|postes?|offres?)\s+)?(?:(?:de|en|an?)\s+|d['’])?", re.IGNORECASE
)
"""What may stand before a contract."""
_ALL_BUT = re.compile(r"sauf|hors\s(?!de\b)|hormis|except|excluding|[àa] l", re.IGNORECASE)
"""What leaves out things of more than one sort: `sauf Lyon et PHP`."""
_BOTH = {("place", "word"), ("place", "contract"), ("contract", "place"), ("contract", "word"), ("word", "contract")}
_PEOPLE_OF = re.compile(rf"(?:profils?|profiles?|candidate?s?)\s+(?={SAYS_LEVEL})", re.IGNORECASE)
"""What may stand before a level."""
_LEVEL = re.compile(rf"{SAYS_LEVEL}(?:\([a-zé]{{1,3}}\))?(?![\w-])", re.IGNORECASE)
_LONGEST_TITLE = 100
"""Characters that are looked through for a trade; in more there is one."""
_BULLET = re.compile(rf"(?:^|\n)[ \t]*[{DASHES}•*](?=\s|\w)")
_ARTICLES = re.compile(
    r"(?:(?:les?|la|du|des|de|en|[àa]|une?|sur|dans|in|at|an|the|any|of)\s+|[ld]['’](?=\w)){0,2}", re.IGNORECASE
)
_AND = re.compile(
    r"\s*(?:(?:\bet|\bou|\bni|\band|\bor|\bnor)(?=\s)|[&/])\s*(?:(?:de|d['’]|en|[àa])\s+)?", re.IGNORECASE
)
_COMMA = re.compile(r"\s*,\s*(?:(?:et|ou|ni|and|or|nor)\s+)?", re.IGNORECASE)
_ENDS = re.compile(r"\s*(?:$|[,;\n&/]|(?:et|ou|ni|and|or|nor|mais|but|avec|with)\b)", re.IGNORECASE)
_TOKEN = re.compile(rf"[^\s,;{GAP}]+")
Ends = Callable[[Sequence[str], str], bool]
"""Tells of what a list refuses, and of a word behind the comma that follows, whether the word is none of the list."""


def never_ends(_refused: Sequence[str], _word: str) -> bool:
    """Tell that no word is: nobody says which."""
    return False


@dataclass(slots=True)
class Refused:
    """What was refused."""

    words: list[str] = field(default_factory=list)
    """Words and phrases; signs of literal phrases among them."""
    contracts: list[str] = field(default_factory=list)
    """Contracts as they were typed."""
    places: list[Place] = field(default_factory=list)
    remote: list[Remote] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Item:
    kind: str
    """What sort of thing it is: exclusions go on over others of the same sort."""
    end: int
    """Where its text ends in the query."""
    name: str
    place: Place | None = None
    remote: Remote | None = None


def names_none(_: str) -> bool:
    """Tell of no word that it is a tool's name: who knows none asks so."""
    return False


def without_refused(
    text: str, is_tool: Callable[[str], bool] = names_none, *, ends: Ends = never_ends
) -> tuple[str, Refused]:
    """Return a query with a gap for all that it refuses or does not need, and what it refuses.

    A dash refuses what stands right behind it. A word such as `sauf` refuses what follows (a place, a way of working, a
    phrase, one word, or several that begin with a capital), and on over `et X`, `ou X`, `ni X` and `, X` as long as X
    is of the same sort; after a comma, X must be one word or one place and all that stands before the next comma; of
    all but a place, or of words and contracts, `et X` may be another thing. Anything else ends it. In prose that was
    pasted, dashes begin lines, and `sans` and the like refuse no words. What is said not to be needed is neither wanted
    nor refused. `pas`, `non`, `plutôt que` and `éviter` refuse a word in lower case where it is a tool's name.

    Args:
        text: the query.
        is_tool: tells whether a word, as it is written, is a tool's name.
        ends: which words behind a comma are asked for, whatever stands before them.
    """
    if len(_BULLET.findall(text)) > 1:
        text = _BULLET.sub(" , ", text)
    is_prose = len(text) > QUERY_CHARACTERS
    text = _EXCLUDED.sub(_refused_first, without_unneeded(text))
    refused = Refused()
    kept: list[str] = []
    at = 0
    cues = _Cues(text, is_tool)
    while cue := cues.after(at):
        start, end = cue.span()
        goes_on = cue.re is _WORD
        is_free = goes_on and cue["free"] is not None
        first = _first_unneeded(text, end) if is_free else _first(text, end, goes_on=goes_on)
        if first is None or (
            goes_on and not is_free and first.kind == "word" and (is_prose or _is_no_thing(first.name))
        ):
            kept.append(text[at:end])
            at = end
            continue
        kept += [text[at:start], f" {GAP} "]
        all_but = not is_prose and goes_on and _ALL_BUT.match(text, start) is not None
        may_be = _or_name(is_tool) if goes_on and cue["known"] else None
        items = _items(text, first, goes_on=goes_on, ends=None if is_free else ends, all_but=all_but, may_be=may_be)
        at = items[-1].end
        if goes_on and (needed := _needed_after(text, at)):
            at, is_free = needed, True
        for item in () if is_free else items:
            if item.place:
                refused.places.append(item.place)
            elif item.remote:
                refused.remote.append(item.remote)
            elif item.kind == "contract":
                refused.contracts.append(item.name)
            elif is_literal(item.name[:1]) or (has_letters_or_digits(item.name) and not _is_no_thing(item.name)):
                refused.words.append(item.name)
    return "".join([*kept, text[at:]]), refused


def _is_no_thing(name: str) -> bool:
    """Tell whether a word is none that anybody could refuse: `pas seulement SQL`, `sans hésiter`."""
    return bare(name) in _NO_THINGS or bare(name.split(" ", 1)[0]) in _ADVERBS or is_small(name)


def _refused_first(excluded: re.Match[str]) -> str:
    """Return `PHP exclu` as `sauf PHP`; as it is, where it is said of people."""
    name = excluded["name"]
    return excluded[0] if name and (name == "Public" or person(name.lower())) else f" sauf {excluded['what']};"


def _needed_after(text: str, at: int) -> int | None:
    """Return the end of what says of a thing that was refused that it is needed: `pas de Java requis`."""
    if text[at : at + 1] != " " or _ENDS.match(text, at):
        return None
    for token in _tokens(text, at + 1)[:_FEW]:
        if found := IS_NEEDED.match(text, token.start()):
            return found.end()
        if not token[0].islower():
            break
    return None


class _Cues:
    """The words and dashes of a query that refuse. Each is looked at once, however many there are."""

    def __init__(self, text: str, is_tool: Callable[[str], bool]) -> None:
        self._text = text
        self._is_tool = is_tool
        self._next: dict[re.Pattern[str], re.Match[str] | None] = {
            pattern: self._found(pattern, 0) for pattern in (_DASH, _WORD)
        }

    def after(self, at: int) -> re.Match[str] | None:
        """Return the next one.

        Args:
            at: where it begins at the earliest; no less than the time before.
        """
        for pattern, cue in self._next.items():
            if cue and cue.start() < at:
                self._next[pattern] = self._found(pattern, at)
        return min(filter(None, self._next.values()), key=lambda cue: cue.span(), default=None)

    def _found(self, pattern: re.Pattern[str], at: int) -> re.Match[str] | None:
        cues = pattern.finditer(self._text, at)
        if pattern is _WORD:
            return next((cue for cue in cues if not self._is_none(cue)), None)
        return next((cue for cue in cues if _excludes(self._text, cue)), None)

    def _is_none(self, cue: re.Match[str]) -> bool:
        """Tell whether what begins like a refusal is part of a name or of a number (`no more than 50k`)."""
        if _FIXED.match(self._text, cue.start()) or OF_NUMBER.match(self._text, cue.start()):
            return True
        return cue["known"] is not None and not _is_known(self._text, cue, self._is_tool)


def _is_known(text: str, cue: re.Match[str], is_tool: Callable[[str], bool]) -> bool:
    """Tell whether what follows a word such as `pas` can be refused by it: `pas java`, and not `pas encore`."""
    item = _first(text, cue.end(), goes_on=True)
    if item is None or text[cue.end()].isdigit():
        return False
    if item.place and item.name.islower():
        # As if it were not refused: `non sens` is no town.
        return place_at([bare(cue["known"]), *(token[0] for token in _tokens(text, cue.end()))], 1) is not None
    if item.kind != "word" or _LEVEL.fullmatch(item.name):
        return True
    if item.name == "sql" and cue["known"] in {"non", "pas"}:
        return False  # `non sql` is a kind of database
    return _or_name(is_tool)(item.name)


def _or_name(is_tool: Callable[[str], bool]) -> Callable[[str], bool]:
    """Return what tells of words whether they are written as a name, or are a tool's."""
    return lambda name: name[:1].isupper() or is_literal(name[:1]) or is_tool(name)


def _excludes(text: str, dash: re.Match[str]) -> bool:
    """Tell of a dash whether it refuses what follows, or parts a title: `Data scientist - Lyon`."""
    if not (dash["apart"] or dash["long"]):
        return True
    before = re.split(r"[,;\n]", text[: dash.start()])[-1]
    item = _item(text, dash.end(), lone=True)
    if not before.strip():
        # Of `- RSSI, Lyon` nothing else would be left.
        is_all = item is not None and item.kind == "word" and not has_letters_or_digits(text[: dash.start()])
        return item is None or not is_all or says_more_than_terms(text[item.end :])
    if dash["long"] or item is None or not _ENDS.match(text, item.end):
        return False
    if item.kind != "word" or person(item.name.lower()) or not says_more_than_terms(item.name):
        return False
    if len(before) <= _LONGEST_TITLE and not says_more_than_terms(before):
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


def _first_unneeded(text: str, at: int) -> _Item | None:
    """Return what is not needed, None where nothing is named: all up to the next comma, where that is short."""
    links = _LINKS.match(text, at)
    named = _first(text, at, goes_on=True)
    if named is None or named.place is None:
        named = (_item(text, links.end(), lone=False) if links else None) or named
    if named is None or named.kind != "word":
        return named
    tokens = _tokens(text, links.end() if links else at)
    words = [token[0] for token in tokens]
    count = next((place for place in range(1, len(words)) if place_at(words, place)), len(words))
    return _Item("word", max(named.end, tokens[count - 1].end()), named.name) if 0 < count <= _FEW else named


def _items(
    text: str,
    first: _Item,
    *,
    goes_on: bool,
    ends: Ends | None,
    all_but: bool,
    may_be: Callable[[str], bool] | None = None,
) -> list[_Item]:
    """Return all that is refused from the first thing on.

    Args:
        text: the query.
        first: the first thing.
        goes_on: whether more than one may be refused.
        ends: which words behind a comma are none of it; None where no comma may stand between two.
        all_but: whether what goes on may be of another sort.
        may_be: which words may be refused; None, of all.
    """
    items = [first]
    while goes_on:
        end = items[-1].end
        joint = _AND.match(text, end) or (_COMMA.match(text, end) if ends else None)
        if joint is None:
            break
        item = None if _WORD.match(text, joint.end()) else _item(text, joint.end(), lone=False)
        is_listed = "," in joint[0]
        if item is None or (may_be and item.kind == "word" and not may_be(item.name)):
            break
        if item.kind != first.kind:
            is_other = all_but and (first.kind, item.kind) in _BOTH and not is_listed
            if not (is_other and (_ENDS.match(text, item.end) or text[item.end :].lstrip().startswith(GAP))):
                break
        is_one = item.kind != "word" or (" " not in item.name and not is_literal(item.name[:1]))
        if is_listed and not (is_one and _ENDS.match(text, item.end)):
            break
        # `, ni X` says itself that X is refused.
        is_bare = joint[0].strip() == ","
        if is_bare and ends and item.kind == "word" and ends([one.name for one in items], item.name):
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
    before = _CONTRACT_OF.match(left)
    article = before and before["article"]
    # Some begin with the word itself: `contrat à durée déterminée`.
    for start in (before.end() if before else 0, len(article or "")):
        for pattern, _ in CONTRACTS:
            if said := pattern.match(left, start):
                return _Item("contract", at + said.end(), said[0])
    return _place_or_word(text, at, lone=lone)


def _place_or_word(text: str, at: int, *, lone: bool) -> _Item | None:
    if learning := LEARNING.match(text, at):
        return _Item("word", learning.end(), learning[0])
    if people := _PEOPLE_OF.match(text, at):
        at = people.end()
    if (level := _LEVEL.match(text, at)) and _ENDS.match(text, level.end()):
        return _Item("word", level.end(), level[0])
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
    if bare(word) in WITHIN or before.casefold() in WITHIN:
        return at + 1 < len(words) or before.casefold() in WITHIN
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
