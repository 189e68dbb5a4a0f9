"""Which of the skills that a text names it denies: "pas de Java", "no experience with Kafka", "SQL n'est pas requis".

What somebody would like to learn they have not learned, nobody asks for what they will be taught, and what somebody's
colleagues do they need not do themselves. By closed lists
of words, so that what is not understood stays named: between the word that denies and the skill only such may stand as
lead from one to the other ("pas besoin de connaître Kubernetes"), which leaves "pas seulement Java", "sans oublier
Java" and "n'hésitez pas" alone. What stands beside a denied skill is denied with it where the list goes on ("ni de
PHP", "or Rust").
"""

import re
from bisect import bisect_left
from collections.abc import Sequence

WORDS = frozenset(
    "pas sans hors aucun aucune jamais ni plus non no not never without nor neither cannot t zero zéro "
    "sauf excepté exceptée exceptés hormis exception plutôt plutot lieu rather instead except "
    "absence manque lack lacks lacking unfamiliar éviter évite néant none exclu excluded "
    "apprendre former initier découvrir intéresse interested "
    "formé formée formés formées formerons learn train trained "
    "refuse refusé refused anything other apprentissage 0 "
    "collègues coéquipiers coéquipières colleagues coworkers co-workers workers teammates".split()
)
"""A text without any of these words denies nothing. `t` is what is left of `don't`."""

REACH = 120
"""Characters between such a word and a skill that it may deny."""
RUN_UP = 40
"""Characters before it that may say that it denies nothing."""

_LINK = (
    "d de du des l la le les un une en sur avec dans au aux tout encore toujours besoin question développements? "
    "expériences? expertise connaissances? compétences? notions? maîtrise pratique usage utilisation formation "
    "lignes? prérequis outils? langages? technologies? frameworks? "
    "conna[iî]tre ma[iî]triser savoir utiliser pratiquer développer coder programmer avoir "
    "à aise occasion faire travailler certifi[ée](?:e?s?) développeu(?:r|se)s? "
    "fait eu travaillé utilisé pratiqué touché connu appris développé programmé codé administré déployé "
    "solides? réelles? particulières? spécifiques? préalables? avancées? approfondies? professionnelles? techniques? "
    "significatives? requises? nécessaires? "
    "a an any the of in with on about to been have had yet prior previous specific professional practical working "
    "experience expertise knowledge skills? background familiarity training "
    "know use used using work worked need needed require required write wrote written code coded done "
    "learn learned learnt touched tried practi[cs]ed proficient familiar experienced "
    "do does really like liked certified hands-on comfortable fluent interested interest include"
).split()
_SIGNS = r"[ \t\u00a0\u202f'’«\"“]+"
_GO_ON = rf"(?:{_SIGNS}(?:{'|'.join(_LINK)})(?![\w-]))*{_SIGNS}"
_EXCEPTIONS = (
    # What is no denial of what comes after it.
    r"premiers?\s+pas",
    r"pourquoi\s+pas",
    r"why\s+not",
    r"pas[\s-]+à[\s-]+pas",
    r"(?:hésit|oubli|manqu|néglig)\w*\s+pas",
    r"(?:pas|jamais|rien|not|never|nothing|cannot|\w+n['’]t)\s+(?:[\w'’]+\s+){0,4}?(?:sans|without)",
    r"hors[\s-]ligne",
    r"sans\s+outils?",
    r"(?:sans|without|no|aucun|pas\s+de)\s+(?:outils?|tools?|frameworks?|technologies?)\s+(?:en|dans|avec|in|with)",
    r"(?:avec|with)\s+(?:ou|or)\s+(?:sans|without)",
    r"(?:ou|or)\s+(?:pas|non|not)",
    r"plus\s+que\s+jamais",
    r"no\s+sql",
)
_WISHES = (
    r"(?:souhait(?:e|es|ez|ant|erais|erait|ons)|aimer(?:ais|ait|ions|iez)|voudr(?:ais|ait|ions|iez)|veux|voulons|voulez"
    r"|désir(?:e|es|ez|ant|eux|euse|ons)|envie|espère|objectif|projette|curieu(?:x|se)|hâte"
    r"|would\s+(?:like|love)|want(?:ing)?|wish(?:ing)?|hop(?:e|ing)|eager|keen|planning|looking\s+forward)"
)
_LEARN = (
    r"(?<!faire )(?:apprendre(?!\s+(?:aux|à\s+(?:des|mes|vos|nos|leurs|d['’]autres))\b)"
    r"|(?:me|se|nous|vous|te)\s+(?:former|initier)|m['’](?:initier|ouvrir)|learn|be\s+trained|get\s+trained)"
)
"""What nobody can do yet who wishes to."""
_NEXT = r"(?:et|mais|avec|grâce|où|car|tout|pour|puis|afin|en\s+\w+ant|and|but|while|using)\b"
"""What may begin something else than what somebody wishes to learn."""
_DEEPER = (
    r"(?:davantage|mieux|plus|encore|more|better|further|deeper|projets?|projects?|votre|vos|your|équipes?|teams?|monde"
    r"|métiers?|postes?|roles?|comme\s+développeu\w+)\b"
)
"""What says that it is known already, or that something else is to be learned."""
_TO_DISCOVER = (
    "à a au aux de d du des l la le les utilisation sujets? langages? technologies? technos? outils? logiciels? "
    "frameworks? domaines? nouvelles nouveaux nouveau suivante?s(?:\\s?:)? comme tel(?:le)?s? que "
    "in learning discovering exploring about how to use using new programming languages? tools? such as like"
).split()
_NEW = rf"(?:{_SIGNS}(?:{'|'.join(_TO_DISCOVER)})(?![\w-]))*{_SIGNS}"
"""What leads from `découvrir` to a skill; anything else may lead to a job, a team or a world to be discovered."""
_WISHED = (
    rf"(?P<wishes>{_WISHES}[^.,;!?\n]{{0,25}}?\b{_LEARN}(?![\w-]))(?:(?!\b(?:{_NEXT}|{_DEEPER}))[^.,;:!?\n]){{0,60}}"
    rf"|(?P<discovers>{_WISHES}[^.,;!?\n]{{0,25}}?\b(?<!faire )découvrir(?![\w-])){_NEW}"
    r"|(?P<interest>(?<!qui )\bm['’]intéresse"
    r"(?:\s+(?:aussi|beaucoup|également|fortement|notamment|particulièrement|vivement))?"
    rf"(?=\s+(?:à|aux?)\s)|\bi(?:['’]m|\s+am)\s+(?:(?:also|very|really)\s+)?interested(?=\s+in\s)){_NEW}"
)
_OTHERS = (
    r"(?P<others>(?<![\w-])(?:mes|my)\s+(?:\w+\s+)?"
    r"(?:collègues|coéquipi(?:er|ère)s|colleagues|co-?workers|teammates)\s+"
    r"(?:(?:y|n['’]y|eux|there|mainly|mostly|also|all|both|surtout)\s+)?"
    r"(?:(?:développ|utilis|cod|programm|travaill|maîtris|administr|gér|pratiqu)(?:ent|aient)|gèrent|font|faisaient|savent|connaissent"
    r"|develop(?:ed)?|use[d]?|coded?|program(?:med)?|work(?:ed)?|wrote|write|know|knew|manage[d]?|run|ran|do|did)(?!\w))"
    r"(?:(?!\b(?:je|j['’]|moi|mon|ma|mes|me|m['’]|i|my|mine|ours?|nous|notre|nos|we|us)\b|\b(?:j|m)['’])[^.,;:!?\n]){0,40}"
)
"""Whose skills are not one's own: `mes collègues développent en Java`; not `... utilisent l'outil que j'ai écrit`."""
_DENIALS = (
    r"pas",
    r"aucune?",
    r"sans",
    r"hors",
    r"jamais",
    r"ni",
    r"n(?:e\s+|['’])\w+\s+plus",
    r"n['’]y\s+a\s+plus",
    r"no",
    r"not",
    r"never",
    r"without",
    r"nor",
    r"neither",
    r"cannot",
    r"z[eé]ro",
    r"non(?=\s+certifi)",
    r"(?:je|i)\s+refused?",
    r"(?:j['’]ai|i\s+have)\s+(?:refusé|refused)",
    r"anything\s+but",
    r"(?:(?<=\w\s)|(?<=\w \())other\s+than",
    r"en\s+cours\s+d['’]apprentissage(?:\s*:)?",
    r"\w+n['’]t",
    r"sauf",
    r"except(?:é(?:e?s?))?",
    r"hormis",
    r"[àa]\s+l['’]exception",
    r"plut[ôo]t\s+que?",
    r"au\s+lieu",
    r"rather\s+than",
    r"instead",
    r"absence",
    r"manque",
    r"lack(?:s|ing)?",
    r"unfamiliar",
    r"éviter?",
    r"(?:vous|tu)\s+(?:serez|seras)\s+form[ée]{1,2}(?:\(e\)|[·.]e)?s?",
    r"(?:vous|te)\s+formerons",
    r"(?:will|shall)\s+(?:train\s+you|be\s+trained)",
)
_BEFORE = re.compile(
    rf"(?<!\w)(?:{'|'.join(_EXCEPTIONS)})(?!\w)|(?<![\w-])(?:{_WISHED})|{_OTHERS}|(?<![\w-])(?P<denies>{'|'.join(_DENIALS)})(?![\w-]){_GO_ON}",
    re.IGNORECASE,
)
_KINDS = ("denies", "wishes", "discovers", "interest", "others")
_IS_KNOWN = re.compile(
    rf"(?:(?!\b{_NEXT})[^.,;:!?\n]){{0,50}}?\b(?:depuis|que\s+j[e'’]|since|for\s+\w+\s+(?:years|months)|(?:i\s+)?(?:have\s+)?used)\b",
    re.IGNORECASE,
)
"""What says, behind what somebody is interested in, that they have long known it."""
_IS_WORK = re.compile(
    rf"(?:(?!\b{_NEXT})[^.,;:!?\n]){{0,40}}?\b(?:roles?|positions?|jobs?|openings?|opportunit\w+|develop\w+|engineer\w*|teams?"
    r"|projects?|internships?|postes?|offres?|missions?)\b",
    re.IGNORECASE,
)
"""What says that they are interested in work with it."""
_I_DO = re.compile(
    r",?\s+(?:que\s+j(?:e\b|['’])|dont\s+je\b|which\s+i\b|that\s+i\b)"
    r"(?!\s*(?:ne\b|n['’]|ignor|souhait|aimer|voudr|veux|apprend|découvr|(?:\w+\s+)?(?:not|never)\b|\w+n['’]t"
    r"|would|want|wish|hope|cannot))",
    re.IGNORECASE,
)
"""What says, behind what colleagues do, that one does it, too: `mes collègues utilisent Jira que j'administre`."""
_WANTED = (
    r"(?:demand|requi|nécessair|exig|attendu|utilis|un\s+pré-?requis|required|needed|necessary|expected|requested|used)"
)
_USED = r"(?:utilis|pratiqu|touch|essay|used|tried|practi[cs]ed)\w{0,3}"
_KNOWING = r"(?:connaissance|compétence|expérience|notion)s?"
_END = r"(?=[ \t]*(?:[.;,)\n]|$))"
_AFTER = re.compile(
    rf"[ \t\u00a0\u202f»\"”]*(?:\([^()\n]{{0,60}}\)[ \t]*)?(?:"
    rf"(?:n['’]est|n['’]était|ne\s+sera)\s+(?:pas|plus|aucunement|nullement)\s+{_WANTED}"
    rf"|(?P<more>ne\s+sont|n['’]étaient|ne\s+seront)\s+(?:pas|plus|aucunement|nullement)\s+{_WANTED}"
    rf"|(?:is\s+|was\s+|will\s+be\s+)?(?:not|no\s+longer)\s+{_WANTED}|isn['’]t\s+{_WANTED}"
    rf"|(?P<many>are\s+not|aren['’]t|are\s+no\s+longer)\s+{_WANTED}"
    rf"|(?:non|pas)\s+{_WANTED}"
    rf"|(?:[,:(][ \t]*)?(?:jamais|never)\s+{_USED}{_END}"
    rf"|[:(][ \t]*(?:non|no|none|néant|aucune?(?:[ \t]+{_KNOWING})?|jamais|never){_END}"
    rf"|(?:[,:(][ \t]*)?(?:exclu|excluded|excepté){_END}"
    r"|ne\s+(?:fait|font)\s+pas\s+partie\s+de"
    rf"|(?:[-–:(][ \t]*)?(?:0(?:[ \t]*/[ \t]*\d{{1,2}}|[ \t]+(?:ans?|mois|years?))|niveau[ \t]+(?:0|z[eé]ro)){_END}"
    rf"|[:(][ \t]*0{_END}"
    rf"|\?[ \t]*(?:jamais|never|non|no){_END}"
    rf"|[,:(]?[ \t]*en\s+cours\s+d['’]apprentissage{_END}"
    rf"|,[ \t]*(?:je\s+ne\s+)?(?:connais|maîtrise|pratique)\s+pas{_END})",
    re.IGNORECASE,
)
_HEAD = re.compile(r"[^-–:(,\n]*?(?=[ \t]*(?:[-–:(,]|[ \t](?:0|niveau|pas|non|not)\b))")
"""The name in an item of a list, before what says how well it is known."""
_NOT = re.compile(
    r"(?:pas|aucune?|sans|hors|jamais|no(?!\s+sql\b)|not|never|without|non(?=\s+certifi))(?![\w-])" + _GO_ON,
    re.IGNORECASE,
)
YET = r"\b(?:mais|but|though)\b"
WELCOME = r"\b(?:(?:une?|a)\s+plus|atout\w*|appréci\w*|bienvenu\w*|assets?|welcomed?)(?!\w)"
"""Parts of a pattern: what stands, one before the other, behind a thing that nobody requires and that counts."""
_WELCOME = re.compile(
    rf"(?>[^.!?\n]*?{YET})(?:(?!\b(?:j['’]|je\b|i\b))[^.!?\n])*?{WELCOME}",
    re.IGNORECASE,
)
"""What is not required and still counts: `SQL n'est pas requis mais serait un plus`; not `mais j'ai apprécié`."""
_ARTICLE = r"(?:(?:de|en|la|le|les|of|any|in|with)\s+|d['’]|l['’])?"
_JOINED = re.compile(rf"(?:\s*,)?\s*(?:ni|ou|or|nor|et|and)\s+{_ARTICLE}(?:{_ARTICLE})|\s*[/&]\s*", re.IGNORECASE)
_LISTED = re.compile(r"\s*,\s*(?P<article>(?:(?:de|of|any)\s+|d['’])?)", re.IGNORECASE)
_ASIDE = re.compile(rf"\s*{_ARTICLE}", re.IGNORECASE)
_CLOSED = re.compile(r"\b(?:ni|ou|or|nor)\b", re.IGNORECASE)


def denies(text: str, start: int, end: int, *, after: int | None = None) -> bool:
    """Tell whether what stands before a name denies it.

    Args:
        text: as it stands.
        start: where the name begins.
        end: where it ends.
        after: where the first word begins that may deny it; None where nobody looked for it.
    """
    return _denial(text, start, end, after=after) is not None


def _denial(text: str, start: int, end: int, *, after: int | None) -> str | None:
    """Return the kind of what denies a name from before: one of _KINDS, None where nothing does."""
    first = start - REACH if after is None else after
    for denial in _BEFORE.finditer(text, max(first - RUN_UP, 0), min(end, start + REACH)):
        for kind in _KINDS:
            if denial[kind] and denial.end(kind) <= start <= denial.end():
                return kind
    return None


def denied_of(item: str) -> str | None:
    """Return the name that an item of a list denies, or None: `Java` of `pas de Java`, `Java : non`, `Java 0/5`."""
    item = " ".join(item.split())
    if (denial := _NOT.match(item)) and denial.end() < len(item):
        return item[denial.end() :]
    head = _HEAD.match(item)
    return head[0] if head and _AFTER.match(item, head.end()) else None


def denied(text: str, spans: Sequence[tuple[int, int]], words: Sequence[int]) -> set[int]:
    """Return which of the skills that a text names it denies, by their places.

    Each skill is looked at once from before and once from behind, no farther than a few times REACH, and so is what
    stands between two of them: the work grows with the text and no faster.

    Args:
        text: as it stands.
        spans: where each skill begins and ends, in the order of the text, none over another.
        words: where each of WORDS begins, in the order of the text.
    """
    found: set[int] = set()
    ahead = behind = -1
    for word in words:
        place = bisect_left(spans, (word, 0))
        if ahead < place < len(spans) and spans[place][0] - word < REACH:
            ahead = place
            if kind := _denial(text, *spans[place], after=word):
                ahead = _goes_on(text, spans, place, over_commas=kind != "denies")
                if not (_is_welcome(text, spans, ahead) or _is_no_wish(text, spans[ahead][1], kind)):
                    found.update(range(place, ahead + 1))
        if behind < place - 1 and word - spans[place - 1][1] < REACH:
            behind = place - 1
            end = spans[behind][1]
            if (after := _AFTER.match(text, end, end + 2 * REACH)) and not _is_welcome(text, spans, behind):
                many = bool(after["more"] or after["many"])
                found.update(range(_begins(text, spans, behind, many=many), place))
    return found


def _is_no_wish(text: str, end: int, kind: str) -> bool:
    """Tell whether what somebody seems to wish to learn is known to them, or is what they wish to work with."""
    if kind == "denies":
        return False
    if kind == "others":
        return bool(_I_DO.match(text, end))
    return bool(_IS_KNOWN.match(text, end) or (kind == "interest" and _IS_WORK.match(text, end)))


def _is_welcome(text: str, spans: Sequence[tuple[int, int]], last: int) -> bool:
    """Tell whether a denied skill counts all the same: what is said so before the next one is named is said of it."""
    end = spans[last][1]
    following = spans[last + 1][0] if last + 1 < len(spans) else None
    until = end + REACH if following is None else min(following, end + REACH)
    welcome = _WELCOME.match(text, end, until)
    if welcome is None:
        return False
    # `mais apprécié Odoo` is said of Odoo.
    return until != following or not _ASIDE.fullmatch(text, welcome.end(), until)


def _between(text: str, spans: Sequence[tuple[int, int]], place: int) -> str:
    """Return what stands between a skill and the next one, nothing where that is too long to join them."""
    end, start = spans[place][1], spans[place + 1][0]
    return text[end:start] if start - end < REACH else ""


def _goes_on(text: str, spans: Sequence[tuple[int, int]], first: int, *, over_commas: bool) -> int:
    """Return the last skill of the list that begins with one.

    What is wished goes on over commas. Of what is denied, a comma alone goes on where an article is said again or the
    list ends with `ni` or `or`: what comes after "pas de Java," may be what is asked for.
    """
    last = first
    for place in range(first + 1, len(spans)):
        between = _between(text, spans, place - 1)
        listed = _LISTED.fullmatch(between)
        if _JOINED.fullmatch(between):
            if place - 1 == last or _CLOSED.search(between):
                last = place
        elif not listed:
            break
        elif (listed["article"] or over_commas) and place - 1 == last:
            last = place
    return last


def _begins(text: str, spans: Sequence[tuple[int, int]], last: int, *, many: bool) -> int:
    """Return the first skill of the list that ends with one.

    Args:
        text: as it stands.
        spans: of the skills.
        last: the list's end.
        many: whether it is said of several: else only `ou` and `or` lead back.
    """
    first = last
    while first:
        between = _between(text, spans, first - 1)
        joined = _JOINED.fullmatch(between) and (many or not re.search(r"\b(?:et|and)\b", between))
        if not joined and not (many and _LISTED.fullmatch(between)):
            break
        first -= 1
    return first
