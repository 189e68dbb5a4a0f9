"""Take a person's name and ways to reach them out of a CV's lines, as far as they can be told."""

import re
from collections.abc import Callable, Sequence

from matcher.core.letters import fold

_EMAIL = re.compile(r"[\w.+'-]{1,64}\s?(?:@|[\[(](?:at|arobase)[\])])\s?[\w-]{1,63}(?:\.[\w-]{1,63})+")
_PHONE = re.compile(r"(?<![\w/])(?:\+\s?\d|\(\+|00|0)(?:[\s.()-]{0,3}\d){8,13}(?!\w)")
_YEAR_INSIDE = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
_LINK = re.compile(
    r"(?:https?://|www\.)\S+|\b(?:[\w-]{1,63}\.){0,3}(?:linkedin|github|gitlab|twitter|facebook|instagram|malt|x)\.\w{2,3}/\S+",
    re.IGNORECASE,
)
_STREET = re.compile(
    r"\b\d{1,4}\s*(?:bis|ter|quater)?\s*,?\s*(?:rue|avenue|av\.?|boulevard|bd|place|pl\.?|impasse|all[ée]es?|chemin|"
    r"route|quai|cours|square|passage|r[ée]sidence|lotissement|hameau)\s|"
    r"\b\d{1,5}\s+(?:[\w.]+\s){1,3}(?:street|st\.?|road|rd\.?|avenue|ave\.?|lane|drive)\b",
    re.IGNORECASE,
)
_POSTAL = re.compile(r"^\W*(?:F-)?\d{5}\s+[^\W\d_][\w\s'’-]{1,40}(?:,\s*france)?$", re.IGNORECASE)
_CIVIL = re.compile(
    r"^(?:n[ée]e?(?:\(e\)|·e)?\s+(?:le|en|à)\b|date\s+(?:et\s+lieu\s+)?de\s+naissance|lieu\s+de\s+naissance|born\b|"
    r"date\s+of\s+birth|birth\s?date|nationalit[éy]|situation\s+(?:familiale|de\s+famille)|[âa]ge\s*:|"
    r"nom\b.{0,12}:|pr[ée]nom\b.{0,8}:|(?:full\s+|first\s+|last\s+|sur)?name\s*:|sexe?\s*:|gender\s*:|"
    r"(?:adresse|address|domicile)\s*:|(?:t[ée]l[ée]phone|t[ée]l|mobile|portable|phone|e-?mail|courriel|mail)\b\.?\s*:?\s*$|"
    r"\d{2}\s+(?:ans|years\s+old)\b.{0,40}$|(?:c[ée]libataire|mari[ée]e?|pacs[ée]e?|divorc[ée]e?|single|married)\b.{0,30}$)",
    re.IGNORECASE,
)
_DOCUMENT = frozenset({"cv", "curriculumvitae", "resume"})
_NAME_PART = re.compile(r"(?:[A-ZÀ-ÖØ-Þ][\w'’.-]*|d[eu]|la|le|van|von|el|ben|d['’]\w+)$")
_TOP_LINES = 8
_LEFT_OVER = re.compile(
    r"^(?:t[ée]l[ée]phone|t[ée]l|mobile|portable|phone|e-?mail|courriel|mail|linkedin|github|adresse|contact|[\W_])*$",
    re.IGNORECASE,
)


def without_person(lines: Sequence[str], *, is_title: Callable[[str], bool]) -> list[str]:
    """Return the lines without name, e-mail, telephone, links, postal address, birth and family.

    Args:
        lines: of a CV, not blank, in order.
        is_title: whether a line names a job; the name is looked for above and around it.
    """
    name = _name(lines, is_title)
    parts = {fold(part) for part in name.split()} - {""}
    kept = []
    for line in lines:
        if fold(line) in _DOCUMENT or _CIVIL.search(line) or _POSTAL.match(line):
            continue
        bare = _LINK.sub(" ", _EMAIL.sub(" ", line))
        # `01.2018 - 06.2019` has a telephone number's digits.
        bare = _PHONE.sub(lambda found: found[0] if _YEAR_INSIDE.search(found[0]) else " ", bare)
        if _STREET.search(bare):
            # An address and a job seldom share a line; where they do, the job may go.
            continue
        if name:
            bare = re.sub(r"\s+".join(map(re.escape, name.split())), " ", bare, flags=re.IGNORECASE)
            if parts and {fold(word) for word in bare.split()} - {""} <= parts | {"cv"}:
                continue  # the name in another order, or in capitals
        if bare != line:
            bare = bare.strip(" \t|•·,;:-–—")
            if _LEFT_OVER.match(bare):
                continue
        kept.append(bare)
    return kept


def _name(lines: Sequence[str], is_title: Callable[[str], bool]) -> str:
    """Return the name's line: one whose words make the e-mail's first half, else the first that looks like a name."""
    top = [_LINK.sub("", _PHONE.sub("", _EMAIL.sub("", line))).strip(" \t|•·,;:-–—") for line in lines[:_TOP_LINES]]
    # `Nom Prénom, Métier`: the name is one piece of the line.
    top = [piece.strip() for line in top for piece in re.split(r",|\||·| [-–—] ", line)]
    top = [line for line in top if line and fold(line) not in _DOCUMENT]
    addresses = [fold(found[0].partition("@")[0]) for line in lines if (found := _EMAIL.search(line))]
    for line in top:
        words = [fold(word) for word in line.split()]
        if 2 <= len(words) <= 5 and any(
            all(word[:1] in mail for word in words) and words[-1] in mail for mail in addresses
        ):
            return line
    for line in top:
        words = line.split()
        if 2 <= len(words) <= 5 and all(map(_NAME_PART.match, words)) and not is_title(line):
            return line
    return ""
