"""All that the pages say, by key: a catalogue a language, with the same keys in each."""

import re
from collections.abc import Mapping
from datetime import date, datetime

from api.languages import FRENCH
from api.pages.words_en import ENGLISH_TEXTS
from api.pages.words_fr import FRENCH_TEXTS

NO_BREAK, NARROW = "\u00a0", "\u202f"
_BEFORE = re.compile(r" (?=[:»])")
_NARROW_BEFORE = re.compile(r" (?=[;?!%€])")


def _typeset(text: str) -> str:
    """Return a French text with the spaces that no line breaks at."""
    return _NARROW_BEFORE.sub(NARROW, _BEFORE.sub(NO_BREAK, text.replace("« ", f"«{NO_BREAK}")))


TEXTS: Mapping[str, Mapping[str, str]] = {
    "fr": {key: _typeset(text) for key, text in FRENCH_TEXTS.items()},
    "en": ENGLISH_TEXTS,
}


class Words:
    """The words of one language. What is filled in may be anybody's: the templates escape the whole."""

    def __init__(self, language: str) -> None:
        self.language = language
        self._texts = TEXTS[language]

    def __call__(self, key: str, **values: object) -> str:
        """Return a sentence, with values in their places."""
        return self._texts[key].format(**values)

    def knows(self, key: str) -> bool:
        """Tell whether there is such a sentence."""
        return key in self._texts

    def count(self, key: str, number: int) -> str:
        """Return a sentence about one thing or several."""
        few = number < 2 if self.language == FRENCH else number == 1
        return self(f"{key}.{'one' if few else 'many'}", n=self.number(number))

    def number(self, value: float, digits: int = 0) -> str:
        """Return a number as people of the language write it."""
        text = f"{round(value, digits) or 0.0:,.{digits}f}"  # never "-0"
        if self.language == FRENCH:
            return text.replace(",", NARROW).replace(".", ",")
        return text

    def points(self, share: float) -> str:
        """Return a share of 1 in points of 100."""
        return self.number(share * 100, 1)

    def years(self, years: float) -> str:
        """Return a span of years."""
        few = years < 2 if self.language == FRENCH else years == 1
        return self("years.one" if few else "years.many", n=self.number(years, int(years % 1 > 0)))

    def euros(self, amount: float) -> str:
        """Return an amount of money a year."""
        return self("euros", n=self.number(amount))

    def day(self, day: str) -> str:
        """Return a day, given as YYYY-MM-DD."""
        found = date.fromisoformat(day)
        return f"{found:%d/%m/%Y}" if self.language == FRENCH else f"{found.day} {found:%B %Y}"

    def day_of(self, moment: datetime) -> str:
        """Return the day of a moment, here: by the clock that tells what today is."""
        return self.day(moment.astimezone().date().isoformat())

    def month(self, day: str) -> str:
        """Return the month of a day."""
        found = date.fromisoformat(day)
        return f"{found:%m/%Y}"
