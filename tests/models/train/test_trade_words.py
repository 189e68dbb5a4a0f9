"""The table of words that say a trade, of names of occupations."""

from models.files import lines_of
from models.trade_words import FIELD, FILE, WHO
from models.train.hyperparameters import TradeWordParameters
from models.train.sources import Concept
from models.train.trade_words import trade_words


def _concept(name: str, french: tuple[str, ...], english: tuple[str, ...], kind: str = "occupation") -> Concept:
    return Concept(name, kind, "g", french=french, english=english)


def test_a_word_counts_where_it_begins_or_ends_the_names_of_several_occupations() -> None:
    concepts = [
        _concept("a", ("développeur web / développeuse web",), ("web developer",)),
        _concept("b", ("développeur/développeuse de paie",), ("developer of apps", "owl tamer")),
        _concept("c", ("gestion de projet",), ("project management",), kind="skill"),
        _concept("d", ("gestion des stocks",), (), kind="skill"),
        Concept("e", "occupation", "g", said=(("dompteur de paie", True), ("head tamer (level 2)", False))),
    ]
    found = trade_words(concepts, TradeWordParameters(fewest=2, fewest_of_field=2))
    assert found == {"developer": WHO, "developpeur": WHO, "paie": FIELD, "tamer": WHO}
    assert [*found] == sorted(found)


def test_the_table_that_ships_is_sorted_and_holds_single_words_without_accents() -> None:
    rows = dict(line.split("\t") for line in lines_of(FILE))
    assert [*rows] == sorted(rows)
    assert all(word.isalpha() and word == word.lower() for word in rows)
    assert {rows[word] for word in ("developpeur", "urbaniste", "engineer", "charge")} == {WHO}
    assert rows["paie"] == FIELD
