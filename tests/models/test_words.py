"""Exact words as a vector."""

import numpy as np
import pytest

from models.words import BUCKETS, STOP_WORDS, WordsEncoder


@pytest.fixture(scope="module")
def words() -> WordsEncoder:
    return WordsEncoder()


def _cosine(words: WordsEncoder, one: str, other: str) -> float:
    left, right = words.encode([one, other])
    return float(left @ right)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Développeur", "developpeur"),
        ("DONNÉES", "donnees"),
        ("la data et le cloud", "data cloud"),
        ("Chef de projet", "chef projet"),
        ("c++, c#", "C++ C#"),
        ("data   scientist\n", "data scientist"),
    ],
)
def test_accents_case_and_stop_words_do_not_count(words: WordsEncoder, one: str, other: str) -> None:
    assert _cosine(words, one, other) == pytest.approx(1)


@pytest.mark.parametrize(("one", "other"), [("C++", "C"), ("C#", "C"), ("Java", "JavaScript"), ("chef", "cheffe")])
def test_words_that_only_look_alike_are_apart(words: WordsEncoder, one: str, other: str) -> None:
    assert _cosine(words, one, other) < 0.5


def test_the_order_of_words_counts_for_a_part(words: WordsEncoder) -> None:
    assert 0.5 < _cosine(words, "data architect cloud", "cloud architect data") < 0.95


@pytest.mark.parametrize("text", ["", "   ", "!?…", "de la et the of", "\x00", " ".join(sorted(STOP_WORDS))])
def test_a_text_without_a_word_of_its_own_is_still_a_unit_row(words: WordsEncoder, text: str) -> None:
    expected = np.zeros((1, BUCKETS), dtype=np.float32)
    expected[0, 0] = 1
    assert np.array_equal(words.encode([text]), expected)


def test_many_texts_give_the_same_rows_as_each_alone(words: WordsEncoder) -> None:
    texts = [f"développeur {number} python" for number in range(50)]
    assert np.array_equal(words.encode(texts), np.vstack([words.encode([text]) for text in texts]))


def test_two_encoders_agree(words: WordsEncoder) -> None:
    assert np.array_equal(WordsEncoder().encode(["data scientist"]), words.encode(["data scientist"]))
    assert WordsEncoder().fingerprint == words.fingerprint


@pytest.mark.parametrize(
    ("english", "french", "other"),
    [
        ("data engineer", "ingénieur de données", "ingénieur de production"),
        ("security engineer", "ingénieur sécurité", "ingénieur de production"),
        ("web developer", "développeur web", "développeur mobile"),
    ],
)
def test_english_words_meet_their_french_ones_and_themselves_more(
    words: WordsEncoder, english: str, french: str, other: str
) -> None:
    assert 1 > _cosine(words, english, french) > max(_cosine(words, english, other), 0.4)
    assert _cosine(words, english, english) == pytest.approx(1)
