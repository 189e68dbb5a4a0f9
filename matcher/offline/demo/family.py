"""What is known of a job family, and so what its made-up postings and profiles are written from."""

from collections.abc import Sequence
from dataclasses import dataclass

_LEADING = (
    "responsable",
    "chef",
    "expert",
    "directeur",
    "lead",
    "référent",
    "délégué",
    "statisticien",
    "DSI",
    "RSSI",
    "DPO",
    "Lead",
    "Head",
    "Chief",
    "Deputy",
    "Senior",
    "Expert",
)
_SENIOR_PAY_KEUR = 44


def leads(title: str) -> bool:
    """Return whether a title already says that its holder is no beginner."""
    return title.startswith(_LEADING) or title.endswith(" Lead")


def named_first(title: str, tools: list[str], known: Sequence[str]) -> list[str]:
    """Return the tools, led by the known one that the title names: a Java developer knows Java."""
    named = [word for word in title.split() if word in known]
    return named + [tool for tool in tools if tool not in named] if named else tools


@dataclass(frozen=True, slots=True)
class Family:
    """A job family. Texts are in lower case and in the masculine, ready to be put into a sentence.

    A mission starts with one infinitive (`piloter…`), so that grammar.py can put it into another tense.
    """

    key: str
    postings_share: int
    profiles_share: int
    """How many of its cards are in the deck that the families are dealt from."""
    field: str
    """What the family works on, with its article: `la science des données`."""
    field_en: str
    titles: tuple[str, ...]
    titles_en: tuple[str, ...]
    topics: tuple[str, ...]
    """What a title may add after a dash."""
    missions: tuple[str, ...]
    missions_en: tuple[str, ...]
    tools: tuple[str, ...]
    """Skills whose name is the same in every language."""
    disciplines: tuple[str, ...]
    disciplines_en: tuple[str, ...]
    degrees: tuple[tuple[str, int], ...]
    """Titles of degrees, each with its level in the European Qualifications Framework."""
    rome: str
    """Code in France Travail's ROME."""
    pay_keur: tuple[int, int]
    """Gross pay a year in thousands of euros: somebody who starts, somebody with fifteen years."""
    neighbours: tuple[str, ...]
    """Keys of the families that people come from or move to."""

    @property
    def senior(self) -> bool:
        """Whether nobody starts a career in this family."""
        return self.pay_keur[0] >= _SENIOR_PAY_KEUR
