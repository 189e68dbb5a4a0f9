"""The table of words that say a trade, of names of occupations."""

from models.files import lines_of
from models.trade_words import FILE
from models.train.sources import LEXICON, Concept
from models.train.trade_words import trade_words


def _concept(name: str, french: tuple[str, ...], english: tuple[str, ...], kind: str = "occupation") -> Concept:
    return Concept(name, kind, "g", french=french, english=english)


def test_a_word_counts_where_it_begins_or_ends_the_names_of_several_occupations() -> None:
    concepts = [
        _concept("a", ("développeur web / développeuse web",), ("web developer",)),
        _concept("b", ("développeur/développeuse d'applications",), ("developer of apps", "owl tamer")),
        _concept("c", ("gestion de projet",), ("project management",), kind="skill"),
        _concept("d", ("gestion des stocks",), (), kind="skill"),
        Concept("e", "occupation", "g", said=(("dompteur de hiboux", True), ("tamer", False))),
    ]
    assert trade_words(concepts, fewest=2) == ["developer", "developpeur", "tamer"]
    assert trade_words(concepts[:2], fewest=1) == ["developer", "developpeur", "tamer"]


def test_the_table_that_ships_is_sorted_and_holds_single_words_without_accents() -> None:
    words = lines_of(FILE)
    assert words == sorted({*words})
    assert all(word.isalpha() and word == word.lower() for word in words)
    assert {"developpeur", "urbaniste", "engineer", "charge"} <= {*words}
    assert LEXICON.parent == FILE.parent
