"""Whether a title says what somebody does: `chargée d'études` does, and the name of a project (`CartoFlux`) does not.

A title that says nothing of a trade is as far from every other title as the next one; what is left is noise, and half
of a score would be drawn by it. The table holds the words by which names of occupations begin in French and end in
English (`who`), and those that many of them hold (`field`). In doubt a title says something: what it says is lost where
it is left out. Neither case nor gender decides.
"""

import re
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from difflib import get_close_matches
from functools import cached_property
from pathlib import Path

from matcher.core.letters import without_accents
from models import concepts
from models.files import damaged, lines_of
from models.words import STOP_WORDS

FILE = concepts.FOLDER / "trade_words.tsv"
WHO, FIELD = "who", "field"
MOST_CHARACTERS = 300
"""Letters of a title that are read; the rest is not."""
_WORD = re.compile(r"[^\W\d_]+")
_ENDINGS = re.compile(
    r"(?:eu(?:re?|se|x)|rice|iste|logue|graphe|ops|ement|[aict]tion|age)s?$"  # those of both genders
)
"""How a word ends that no table holds, for somebody or what they do: `intrapreneuse`, `InfraOps`, `déploiement`."""
_NO_WORK = frozenset(
    """
    abonnement annonce candidature classement complement element emploi equipe evenement image logement message mission
    nouveau offre page paiement paysage poste profil projet recrutement stage stagiaire village
    """.split()
)
"""Words of every title, or that end as those do, and say nothing of what is done."""
_SHORT = frozenset("admin adsi bizdev coord devs gest moa moe moesi rssi resp tech assist drhs dsin amoa ciso".split())
"""Trades and fields of work in short, of more letters than MOST_SHORT, or that no table holds."""
MOST_SHORT = 3
"""Letters up to which a word may be a trade in short: `PO`, `dev`, `DPO`."""
_NO_TRADE = frozenset(
    """
    bac cap cat cdd cdi cet cv dom etp eux fh fhx hf hfx idf jan jeu lot lui ma mai mer mes moi mon mr mme nb net new
    nos non nov num oct old oui our pro ref sa ses si son sur ta tes toi ton top uni vos you
    """.split()
)
"""Short words that are none."""
_SAYING_NOTHING = STOP_WORDS | _NO_WORK | _NO_TRADE
_GENDERS = (
    ("trice", "teu"),
    ("euse", "eu"),
    ("eure", "eu"),
    ("eur", "eu"),
    ("eux", "eu"),
    ("ive", "if"),
    ("enne", "en"),
    ("onne", "on"),
    ("elle", "el"),
    ("eau", "el"),
    ("ette", "et"),
    ("effe", "ef"),
    ("esse", ""),
    ("femme", "homm"),
    ("ee", ""),
    ("e", ""),
)
"""How the words of one gender end, and what is put there, that both genders become one; it is no word."""
_LONG = 7
"""Letters from which on a word may be misspelt."""
_ALIKE = 0.87
"""Share of letters in common from which on it is one of the table, misspelt."""
_STARTS = 2
"""Letters that are right even so."""
_SHORTENED = 4
"""Letters from which on the beginning of a word may stand for it, where a title is nothing else: `compta`."""


class TradeWords:
    """The words of names of occupations that say who does the work, or what is done."""

    def __init__(self, path: Path = FILE) -> None:
        """Take a table; it is read where a title is first asked about.

        Args:
            path: of the table: a word, a tab, WHO or FIELD, a line.
        """
        self._path = path

    def stand_in(self, title: str) -> bool:
        """Tell whether a title in its gender-neutral form holds one, a short form of a trade, or one that is misspelt.

        Raises:
            ModelUnavailable: the table is missing or damaged.
        """
        found = words_of(title[:MOST_CHARACTERS])
        words = [word for word in found if not {word, word.removesuffix("s")} & _SAYING_NOTHING]
        if any(map(self._is_known, words)):
            return True
        if len(words) == 1 and self._is_field(words[0]):
            return True
        return any(self._is_misspelt(word) for word in words if len(word) >= _LONG)

    def _is_known(self, word: str) -> bool:
        return len(word) <= MOST_SHORT or word in _SHORT or one_gender(word) in self._who or bool(_ENDINGS.search(word))

    def _is_field(self, word: str) -> bool:
        if one_gender(word) in self._fields:
            return True
        return len(word) >= _SHORTENED and any(
            whole.startswith(word) for whole in self._by_start.get(word[:_STARTS], ())
        )

    def _is_misspelt(self, word: str) -> bool:
        alike = [whole for whole in self._by_start.get(word[:_STARTS], ()) if len(whole) >= _LONG - 1]
        return bool(get_close_matches(word, alike, n=1, cutoff=_ALIKE))

    @cached_property
    def _who(self) -> Collection[str]:
        return frozenset(one_gender(word) for word, kind in self._rows if kind == WHO)

    @cached_property
    def _fields(self) -> Collection[str]:
        return frozenset(one_gender(word) for word, _ in self._rows)

    @cached_property
    def _by_start(self) -> Mapping[str, Sequence[str]]:
        found: dict[str, list[str]] = defaultdict(list)
        for word, kind in self._rows:
            if kind == WHO:
                found[word[:_STARTS]].append(word)
        return found

    @cached_property
    def _rows(self) -> Sequence[tuple[str, str]]:
        rows = [line.split("\t") for line in lines_of(self._path)]
        if any(len(row) != len((WHO, FIELD)) or row[1] not in {WHO, FIELD} for row in rows):
            raise damaged(self._path, "a line is not a word and its kind")
        return [(word, kind) for word, kind in rows]


def words_of(text: str) -> list[str]:
    """Return the words of a text as the table has them: in small letters, without accents."""
    # Half of a character (a lone surrogate) is no letter to the pattern.
    return [without_accents(word.casefold()) for word in _WORD.findall(text)]


def one_gender(word: str) -> str:
    """Return what is one for both genders and numbers of a folded word: `chargés` and `chargée` have the same."""
    plain = word.removesuffix("s")
    return next((plain.removesuffix(end) + put for end, put in _GENDERS if plain.endswith(end)), plain)
