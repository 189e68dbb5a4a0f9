"""The skills that a text names."""

import re
from collections.abc import Iterator

from matcher.core.ports import Thesaurus
from matcher.stages.text.clean import Readable
from matcher.stages.text.genderless import masculine
from matcher.stages.text.neutral import neutral
from matcher.stages.text.personal import personal

_OCCUPATION = re.compile(r"^Métier de référence[ \t\u00a0]*:.*", re.MULTILINE)
"""The line in which a publisher files a posting under an occupation: no skill is asked for there."""


def mentioned(said: Readable, thesaurus: Thesaurus) -> Iterator[tuple[str, str, str]]:
    """Yield the skills that a text names: its own words, their neutral form and the skill's name."""
    # Addresses name their hosts, not skills.
    text = said.text
    for mention in thesaurus.mentions(_blanked(_OCCUPATION, _blanked(personal(text), text))):
        form = _in_the_masculine(neutral(text[mention.start : mention.end]), mention.name, thesaurus)
        yield said.quote(mention.start, mention.end), form, mention.name


def _in_the_masculine(form: str, name: str, thesaurus: Thesaurus) -> str:
    """Return what names a skill in the masculine where that names it too: who is `décisionnelle` is `décisionnel`."""
    other = " ".join(masculine(word) for word in form.split(" "))
    return other if other != form and thesaurus.names([other]) == [name] else form


def _blanked(pattern: re.Pattern[str], text: str) -> str:
    """Return a text with blanks for what a pattern finds: of the same length, so that spans stay where they are."""
    return pattern.sub(lambda found: " " * len(found[0]), text)
