"""Answers those who examine how groups of people fare: whom postings choose among, show first, and would show.

What is answered is what the batch ranks; nothing is written.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date

from matcher.choices import Choice, Standing, Worth, choices, standings, worths
from matcher.core.domain import Kind, Profile
from matcher.core.scoring import Weights
from matcher.corpus import Corpus
from matcher.derive import Deriver
from matcher.following import Follower

FORMS = 256
"""Profiles that are stored nowhere of which the texts are encoded at once."""


class Examiner:
    """Reads what the index holds, some postings at a time: requests are answered between two."""

    def __init__(self, follower: Follower, deriver: Deriver, *, weights: Weights, today: Callable[[], date]) -> None:
        """Take who holds the index, who derives, what each aspect counts, and the clock."""
        self._follower = follower
        self._deriver = deriver
        self._weights = weights
        self._today = today

    def choices(
        self,
        profile_ids: Sequence[str],
        *,
        k: int,
        posting_ids: Sequence[str] | None = None,
        today: date | None = None,
    ) -> Iterator[Choice]:
        """Yield whom postings choose among and show first, of some profiles: the rankings of `Matcher.match_all`.

        Args:
            profile_ids: of those who are asked about.
            k: how many are shown.
            posting_ids: of the postings; all that are open today, ascending, where they are not given.
            today: the day to rank for; the clock's where it is not given.
        """
        day = today or self._today()
        if posting_ids is None:
            with self._follower.reading() as corpus:
                posting_ids = sorted(corpus.open_postings(None, today=day))
        places = {name: place for place, name in enumerate(profile_ids)}

        def ask(corpus: Corpus, ids: Sequence[str]) -> Iterator[Choice]:
            return choices(corpus, ids, places, k=k, weights=self._weights, today=day)

        yield from self._follower.ask_in_blocks(Kind.POSTING, posting_ids, ask)

    def worths(self, profile_ids: Sequence[str], posting_ids: Sequence[str]) -> Iterator[Worth]:
        """Yield for each of some postings what makes the scores of those of some profiles that are eligible today.

        Args:
            profile_ids: of those who are asked about.
            posting_ids: of stored postings; one that has been deleted is left out.
        """
        places = {name: place for place, name in enumerate(profile_ids)}

        def ask(corpus: Corpus, ids: Sequence[str]) -> Iterator[Worth]:
            return worths(corpus, ids, places, weights=self._weights, today=self._today())

        yield from self._follower.ask_in_blocks(Kind.POSTING, posting_ids, ask, at_once=1)

    def standings(self, posting_ids: Sequence[str], forms: Mapping[str, Sequence[Profile]]) -> list[Standing]:
        """Return for each of some postings where other forms of stored profiles would stand in its ranking.

        Args:
            posting_ids: of stored postings; one that has been deleted is left out.
            forms: equally many of each profile, by its id: what it could say in other words; they are stored nowhere.
        """
        every = [form for some in forms.values() for form in some]
        blocks = (every[start : start + FORMS] for start in range(0, len(every), FORMS))
        derived = iter([one for block in blocks for one in self._deriver.made(block).derived])
        made = {name: [(form, next(derived)) for form in some] for name, some in forms.items()}
        with self._follower.reading() as corpus:
            ids = corpus.present(Kind.POSTING, posting_ids)
            return [*standings(corpus, ids, made, weights=self._weights, today=self._today())]
