"""The groups that a profile belongs to, by what its record says: one of each attribute.

What no record holds (age, origin, disability) is no attribute. Two are read off the words: the language, and the gender
of titles, which is how people write of themselves and not what they are.
"""

import re
from collections.abc import Callable, Mapping
from itertools import pairwise

from matcher.core.domain import Profile
from matcher.core.places import understood
from matcher.offline.twins import AFTER_ANOTHER, INCLUSIVE, swapped

UNSAID = "not said"
SEVERAL = "several"
UNTOLD = "cannot be told"
YEARS = (0, 3, 6, 11, 21)
"""Of experience: where each band begins; the first four are those of the search's filters."""
FRENCH = frozenset(
    "le la les des du de un une et dans pour avec aux au ce cette mes mon ma je suis est sont qui que nous notre dont "
    "chez ainsi depuis ans vers leur leurs afin".split()
)
ENGLISH = frozenset(
    "the of and in to for with by at my am is are was were have has from this that our which years their who".split()
)
"""Small words that the other language does not have."""
FEW_WORDS = 2
MANY_TIMES = 3
"""A language is told by so many small words, and so many times as many as of the other."""
_WORD = re.compile(r"[^\W\d_]+")


def groups_of(profile: Profile) -> dict[str, str]:
    """Return the profile's group of every attribute."""
    return {name: group(profile) for name, group in ATTRIBUTES.items()}


def language_of(profile: Profile) -> str:
    """Return the language in which a record is written, by its small words: `French`, `English` or UNTOLD."""
    words = [word.lower() for text in _texts(profile) for word in _WORD.findall(text)]
    french, english = (sum(word in small for word in words) for small in (FRENCH, ENGLISH))
    if french >= max(FEW_WORDS, MANY_TIMES * english):
        return "French"
    return "English" if english >= max(FEW_WORDS, MANY_TIMES * french) else UNTOLD


def titles_of(profile: Profile) -> str:
    """Return the gender of the words in which a profile names its trades: `feminine`, `masculine` or UNTOLD.

    Nouns of persons tell it, and what is said of persons; adjectives that things have too do where a title begins.
    """
    titles = " ; ".join((profile.headline, *(job.title for job in profile.experiences)))
    if language_of(profile) == "English" or INCLUSIVE.search(titles):
        return UNTOLD
    titles = AFTER_ANOTHER.sub("", titles)
    feminine, masculine = swapped(titles, feminine=False) != titles, swapped(titles, feminine=True) != titles
    return UNTOLD if feminine == masculine else "feminine" if feminine else "masculine"


def _texts(profile: Profile) -> list[str]:
    jobs = [text for job in profile.experiences for text in (job.title, job.summary)]
    return [profile.headline, profile.summary, *jobs, *(degree.title for degree in profile.education)]


def _situation(profile: Profile) -> str:
    return profile.situation.value if profile.situation else UNSAID


def _experience(profile: Profile) -> str:
    years = profile.experience_years
    if years is None:
        return UNSAID
    for first, beyond in pairwise(YEARS):
        if years < beyond:
            return f"{first}-{beyond - 1} years"
    return f"{YEARS[-1]} years and more"


def _education(profile: Profile) -> str:
    level = max((degree.level or 0 for degree in profile.education), default=0)
    return f"EQF {level}" if level else UNSAID


def _region(profile: Profile) -> str:
    names = {
        region.name
        for place in profile.locations
        for region in understood(place.region, place.department, place.city)[0]
    }
    return SEVERAL if len(names) > 1 else next(iter(names), UNSAID)


def _contracts(profile: Profile) -> str:
    return " + ".join(sorted({contract.value for contract in profile.contracts})) or UNSAID


def _remote(profile: Profile) -> str:
    return profile.remote.value if profile.remote else UNSAID


def _summary(profile: Profile) -> str:
    return "written" if profile.summary.strip() else "none"


def _skills(profile: Profile) -> str:
    return "listed" if profile.skills else "none"


ATTRIBUTES: Mapping[str, Callable[[Profile], str]] = {
    "situation": _situation,
    "experience": _experience,
    "education": _education,
    "region": _region,
    "contracts wished": _contracts,
    "remote work wished": _remote,
    "summary": _summary,
    "skills": _skills,
    "language of the record": language_of,
    "gender of titles": titles_of,
}
