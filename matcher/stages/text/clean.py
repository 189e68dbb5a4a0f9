"""Texts as a person should read them: no markup, no odd characters, no administrative codes around a title.

Every pattern is linear: a repeated class never meets its own delimiter, so that no input makes it back up far.
"""

import html
import re
import unicodedata
from typing import NamedTuple

from matcher.core.letters import has_letters_or_digits
from matcher.stages.text.gender import person
from matcher.stages.text.neutral import fold_marks, without_paired

_PASSES = 5
"""Markup inside markup (`&amp;lt;p&amp;gt;`) is peeled this often, then its signs are dropped."""

_NEVER_TEXT = re.compile(
    r"[\ud800-\udfff\u00ad\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff\ufffe\uffff]|[\x00-\x08\x0e-\x1f\x7f]"
)
_LINE_ENDS = re.compile(r"\r\n?|\\r\\n|\\n|\\r|[\x0b\x0c\x85\u2028\u2029]")
_HIDDEN = re.compile(r"<!--[^<>]*-->|<(script|style)\b[^<>]*>[^<]*</\1>", re.IGNORECASE)
_BREAKS = re.compile(
    r"</?(?:br|p|div|li|ul|ol|tr|table|h[1-6]|section|article|blockquote|hr|pre|dd|dt|dl)(?:[\s/][^<>]*)?>",
    re.IGNORECASE,
)
_TAGS = re.compile(
    r"</?(?:a|abbr|b|big|body|button|center|cite|code|del|em|font|footer|form|head|header|html|i|iframe|img|ins|link"
    r"|main|mark|meta|nav|q|s|script|small|span|strike|strong|style|sub|sup|tbody|td|th|thead|title|u|o:p)(?:[\s/][^<>]*)?>",
    re.IGNORECASE,
)
_ITEMS = re.compile(r"<li(?:\s[^<>]*)?>", re.IGNORECASE)
_AMPERSANDS = re.compile(r"&(?:amp;)+")
_LINK = re.compile(r"!?\[([^\[\]\n]*)\]\([^()\n]*\)")
_STRONG = re.compile(r"(\*\*|__|~~)(?=\S)([^*_~\n]+)(?<=\S)\1")
_EMPHASIS = re.compile(r"(?<![\w*_])([*_])(?=[^\s*_])([^*_\n]+)(?<=\S)\1(?![\w*_])")
_CODE = re.compile(r"`+([^`\n]*)`+")
_HEADING = re.compile(r"(?m)^[ \t]{0,3}(?:#{1,6}[ \t]+|>+[ \t]?)")
_BULLET = re.compile(r"(?m)^[ \t]{0,8}[*+•▪‣◦·–][ \t]+")
_RULE = re.compile(r"(?m)^[ \t]{0,3}(?:[-*_=][ \t]{0,3}){3,}$")
_MARKUP_SIGNS = str.maketrans(dict.fromkeys("<>&*_`~[]\\#"))


def clean(text: str) -> str:
    """Return prose for a person to read: HTML, Markdown, escapes and odd characters gone, lines kept.

    Linear in the length of the text; clean(clean(x)) == clean(x). Text that merely holds `<` or `*` keeps them.
    """
    for _ in range(_PASSES):
        before, text = text, _peel(text)
        if text == before:
            return text
    return _peel(_peel(text).translate(_MARKUP_SIGNS))


class Readable(NamedTuple):
    """A text without its markup, which knows where each of its signs stood."""

    text: str
    written: str
    """The text as it came."""
    spans: tuple[list[int], list[int]] | None
    """Where each sign of the readable text begins and ends in the written one; None where the two are the same."""

    def quote(self, start: int, end: int) -> str:
        """Return the words of the written text that a span of the readable one stands for."""
        if self.spans is None:
            return self.written[start:end]
        return self.written[self.spans[0][start] : self.spans[1][end - 1]]


def readable(text: str) -> Readable:
    """Return a text without HTML, ornaments and signs of no width; what it quotes is to the letter."""
    plain = Readable(text, text, None)
    for _ in range(_PASSES):
        before, plain = plain, _without_markup(plain)
        if plain.text == before.text:
            break
    return plain


def _without_markup(before: Readable) -> Readable:
    text = before.text
    if not (any(mark in text for mark in _MARKS) or _ORNAMENTS.search(text)):
        return before
    parts: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    at = 0
    for mark in _MARKUP.finditer(text):
        said = _said(mark)
        for part, first, last in ((text[at : mark.start()], at, None), (said, mark.start(), mark.end())):
            parts.append(part)
            starts += range(first, first + len(part)) if last is None else [first] * len(part)
            ends += range(first + 1, first + 1 + len(part)) if last is None else [last] * len(part)
        at = mark.end()
    parts.append(text[at:])
    starts += range(at, len(text))
    ends += range(at + 1, len(text) + 1)
    if before.spans is not None:
        starts, ends = [before.spans[0][place] for place in starts], [before.spans[1][place - 1] for place in ends]
    return Readable("".join(parts), before.written, (starts, ends))


def _said(mark: re.Match[str]) -> str:
    """Return what a piece of markup says to a reader."""
    sign = mark[0]
    if sign[0] == "&":
        return _NEVER_TEXT.sub("", html.unescape(_AMPERSANDS.sub("&", sign)))
    if sign[0] in "*`" or _SILENT_SIGNS.fullmatch(sign) or _TAGS.fullmatch(sign):
        return ""
    return "\n" if _BREAKS.fullmatch(sign) else " "


def without_ornaments(text: str) -> str:
    """Return a clean text without marks of owners and pictures."""
    return clean(_ORNAMENTS.sub(" ", _SILENT_SIGNS.sub("", text))) if _ORNAMENTS.search(text) else text


def _peel(text: str) -> str:
    text = _LINE_ENDS.sub("\n", text)
    text = _NEVER_TEXT.sub("", html.unescape(_AMPERSANDS.sub("&", text)))
    if "<" in text:
        text = _TAGS.sub("", _BREAKS.sub("\n", _ITEMS.sub("\n- ", _HIDDEN.sub(" ", text))))
    text = _LINK.sub(r"\1", text)
    text = _EMPHASIS.sub(r"\2", _STRONG.sub(r"\2", _CODE.sub(r"\1", text)))
    text = _BULLET.sub("- ", _HEADING.sub("", _RULE.sub("", text)))
    return _tidy_lines(unicodedata.normalize("NFC", text))


def _tidy_lines(text: str) -> str:
    """Collapse spaces (of any kind) within lines, and several blank lines into one."""
    lines: list[str] = []
    for line in text.split("\n"):
        tidy = " ".join(line.split())
        if tidy in {"", "-"} and (not lines or not lines[-1]):
            continue
        lines.append("" if tidy == "-" else tidy)
    return "\n".join(lines).strip()


_PICTURES = re.compile(r"[\u2190-\u2bff\U0001f000-\U0001faff\ufe0f\u20e3]")
_OWNERS = "\u00a9\u00ae\u2122\u2120"
_NO_WIDTH = "\u00ad\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufe0f\ufeff"
_SILENT_SIGNS = re.compile(f"[{_OWNERS}{_NO_WIDTH}]")
_ORNAMENTS = re.compile(f"[\u2190-\u2bff\U0001f000-\U0001faff\u20e3{_OWNERS}{_NO_WIDTH}]")
"""Pictures, marks of owners, signs of no width."""
_MARKS = "<&*`"
_EMPHATIC = re.compile(r"(?<=\w)[*`]+|(?<![*`])[*`]+(?=\w)")
"""A whole run of signs beside a letter: it is looked at once, from where it begins."""
_ENTITY = re.compile(r"&(?:amp;)*#?\w{1,32};")
_MARKUP = re.compile(
    "|".join(one.pattern for one in (_HIDDEN, _BREAKS, _TAGS, _ENTITY, _EMPHATIC, _ORNAMENTS)), re.IGNORECASE
)
_PAIRED_TIGHT = re.compile(r"(?<![\w/'&.])[HFM]\s?[/-]\s?[HFMW](?:\s?/\s?[XDN])?(?![\w/])", re.IGNORECASE)
_PAIRED_BARE = re.compile(r"(?:^|(?<=[\s(-]))(?:H ?F|F ?H)(?=\s*(?:[-–,;:|)]|$))", re.IGNORECASE)
_HIGH_FREQUENCIES = re.compile(
    r"fréquence|radio|antenne|\b[vurs]h?f\b|(?:^|[\s/-])(?:ingénieure?|technicien(?:ne)?|électronicien(?:ne)?) *$",
    re.IGNORECASE,
)
"""Before an `HF` that is a field of work: `ingénieur HF`, and not `ingénieur systèmes HF`."""
_REFERENCES = (
    # (réf.SC6), - Réf : 21-0019EP, - réf 2021-1234
    re.compile(r"[-–(,|]?\s?\br[ée]f(?:[ée]rence)?\b\s?[.:n°]{0,3}\s?(?=[\w./-]*\d)[\w./-]+\s?\)?", re.IGNORECASE),
    # - 1-0001611, FPOST452021, (FPE - FP2COM01), (1228), (TERCO2), (75), n° 12345
    re.compile(
        r"\(\s?(?:[A-Z]{2,6} - )?[A-Z]{0,8}\d[A-Z0-9]{1,12}\s?\)|(?<![\w-])\d-\d{5,}(?!\w)|\b[A-Z]{3,8}\d{4,}\b"
    ),
    re.compile(
        r"\bn°\s?\d[\w-]*|(?:\bréservée? )?(?<![\w-])\d{4,}-\d+(?!\w)|\*[A-Z]{2,}(?:/[A-Z0-9]{2,})*$", re.IGNORECASE
    ),
    # (4 postes), - 2 POSTES, (création de poste), (réservé fonctionnaire cat. A)
    re.compile(r"\(\s?(?:\d+ postes?|création de poste|réservé)\b[^()]*\)|-\s?\d+ postes?\b", re.IGNORECASE),
    # - CDD, CDD de 6 mois, (Vacation 6 mois), 100 %
    re.compile(
        r"[-–(,|]?\s?\b(?:CD[DI]|vacation|(?:à )?temps (?:plein|partiel|complet))\b(?: de)?"
        r"(?:\s\d+ (?:mo\w*|ans?|semaines?))?"
        r"\s?\)?(?=\s?(?:[-–(,|]|$))|\(?\b\d{2,3}\s?%\s?\)?$",
        re.IGNORECASE,
    ),
)
_RECRUITS = re.compile(r"^(.{0,60}?)\brecrut(?:(e)|ement)\b(?: (?:de|d'|pour)\b)?[ :]*", re.IGNORECASE)
_CUT = re.compile(r"\s?(?://|[-–:|/])\s?|\s")
_TAIL_CUT = re.compile(r"\s[-–|]+\s?|\s?[-–|]+\s")
_PLACE = re.compile(
    r"(?:sous-)?préfecture|site (?:de|d')|universit|rectorat|ministère|collège de france|antenne|drac|dsden|direction"
    r"|école|académie|mairie|région|département de|cour d'appel|tribunal|sar de",
    re.IGNORECASE,
)
_TOWN = re.compile(r"[A-ZÉ][\w' -]{1,30} \(?\d{2,3}\)?")
_LETTERED = re.compile(r"[\w²]+")
_TRADE_ACRONYMS = frozenset(
    "UX UI IT SI RH IA AI DATA DEV SIC JS TS PHP QA PM PO SRE CTO CDO DSI SSI API SQL BI ML LEAD TECH WEB JAVA SAP "
    "NLP BIG SEO OPS DEVOPS EIG PRODUCT BUSINESS SCRUM FULL STACK FRONT BACK CHEF".split()
)
_OPENERS = frozenset("data product business scrum ux ui big lead tech assitant sous".split())
_LONGEST_PREFIX = 70
_ENDS = " -–—:;,|/*.·("


_LONGEST_TITLE = 1_000


def clean_title(title: str) -> str:
    """Return a title as it is shown to a person: case and gender kept; codes, references and `H/F` dropped.

    Never empty: where nothing would be left, the title is returned as it came, and a dash for a blank one.
    """
    # No title is this long; what follows takes time that grows with the square of it.
    title = title[:_LONGEST_TITLE]
    plain = " ".join(_PICTURES.sub(" ", clean(title)).split()).replace("''", "'")
    short = _RECRUITS.sub(_unless_the_trade, plain) or plain
    short = _PAIRED_BARE.sub(_unless_a_field, _PAIRED_TIGHT.sub(" ", without_paired(short)))
    for pattern in _REFERENCES:
        short = pattern.sub(" ", short)
    short = _without_tail_codes(_without_prefix_codes(_balanced(" ".join(short.split()))))
    short = _balanced(short.strip(_ENDS))
    return next((text for text in (short, plain, title.strip()) if has_letters_or_digits(text)), plain or "-")


def _unless_a_field(found: re.Match[str]) -> str:
    """Return an `HF` that stands for high frequencies, and nothing for one that stands for both genders."""
    return found[0] if _HIGH_FREQUENCIES.search(found.string, 0, found.start()) else " "


def _unless_the_trade(found: re.Match[str]) -> str:
    """Return an opening that says who recruits if it is somebody's trade, `chargé de recrutement`, and nothing else."""
    return found[0] if found[2] is None and _names_someone(found[1]) else ""


def _balanced(text: str) -> str:
    """Drop brackets that hold nothing or lost their other half."""
    text = re.sub(r"\(\s?\)", " ", text)
    if text.count("(") != text.count(")"):
        text = re.sub(r"\s\)|\((?=[^()]*$)", " ", text)
    return " ".join(text.split()).rstrip(" -–:;,|/*·")


def _names_someone(text: str) -> bool:
    words = [word for word in re.split(r"[\s'/,-]+", fold_marks(text.lower())) if word]
    return any(person(word) for word in words)


def _opens_with_someone(text: str) -> bool:
    words = [word for word in re.split(r"[\s/,'-]+", fold_marks(text[:60].lower()), maxsplit=2) if word]
    return bool(words) and (person(words[0]) is not None or words[0] in _OPENERS)


def _is_code(text: str) -> bool:
    """Tell whether a title's opening names a service or a place rather than work: capitals, numbers, `Préfecture`."""
    words = _LETTERED.findall(text)
    capitals = [word for word in words if word.isupper() or word[0].isdigit()]
    if not words or len(words) > 9 or (_TRADE_ACRONYMS.issuperset(capitals) and not _PLACE.match(text)):
        return False
    return not _names_someone(text)


def _without_prefix_codes(title: str) -> str:
    """Drop `DNUM 75 SDAIT CH -`, `SGAMI SUD-DI-13-`, `DSR PUR BLR` before the words that name the job."""
    kept = title
    for cut in _CUT.finditer(title[:_LONGEST_PREFIX]):
        prefix, rest = title[: cut.start()], title[cut.end() :]
        if not _opens_with_someone(rest) or not _is_code(prefix):
            continue
        if cut[0].isspace() and (rest.split()[0].isupper() or not prefix.isupper() or _starts_lower_trade(prefix)):
            continue
        kept = rest
        break
    return kept


def _starts_lower_trade(prefix: str) -> bool:
    # A single acronym before a job, with no dash, is as likely its field as a service.
    return len(prefix.split()) < 2 and not any(map(str.isdigit, prefix))


def _without_tail_codes(title: str) -> str:
    """Drop `- DSDEN 92`, `- Ministère de la Justice`, `- DRAC IDF - Paris` after the words that name the job."""
    shouted = title.isupper()
    cuts = list(_TAIL_CUT.finditer(title))
    for cut in reversed(cuts):
        head, tail = title[: cut.start()], title[cut.end() :]
        coded = (
            _PLACE.match(tail)
            or _TOWN.fullmatch(tail)
            or (not shouted and tail.isupper() and not _TRADE_ACRONYMS & set(tail.split()))
        )
        if not (coded or not tail) or _names_someone(tail) or not _names_someone(head):
            break
        title = head
    return title
