"""One vocabulary for both languages: what it cuts, folds and takes out."""

from pathlib import Path

import pytest
from tokenizers import Tokenizer

from models.catalogue import ALL_MINILM_L6_V2
from models.train import vocabulary
from models.train.vocabulary import SPECIAL
from tests.models.train import tiny


@pytest.fixture(scope="module")
def teacher() -> Tokenizer:
    found = Tokenizer.from_file(str(ALL_MINILM_L6_V2.path() / "tokenizer.json"))
    found.no_padding()
    found.no_truncation()
    return found


@pytest.fixture(scope="module")
def built(teacher: Tokenizer, tmp_path_factory: pytest.TempPathFactory) -> Tokenizer:
    concepts = tiny.concepts(tmp_path_factory.mktemp("data")).values()
    return vocabulary.build(
        teacher,
        french=[name for one in concepts for name in one.french] * 2,
        english=[text for one in concepts for text in (*one.english, *one.prose)],
        parameters=tiny.PARAMETERS.vocabulary,
    )


def test_the_special_pieces_come_first_and_the_vocabulary_is_full(built: Tokenizer) -> None:
    assert [built.id_to_token(place) for place in range(len(SPECIAL))] == list(SPECIAL)
    assert built.get_vocab_size() == tiny.PARAMETERS.vocabulary.pieces
    assert sorted(built.get_vocab().values()) == list(range(built.get_vocab_size()))


def test_a_french_word_of_the_data_is_one_piece_where_the_teacher_cuts_it(built: Tokenizer, teacher: Tokenizer) -> None:
    assert built.encode("boulangère", add_special_tokens=False).tokens == ["boulangere"]
    assert len(teacher.encode("boulangère", add_special_tokens=False).tokens) > 1


def test_every_letter_can_be_said(built: Tokenizer) -> None:
    assert "[UNK]" not in built.encode("abcdefghijklmnopqrstuvwxyz 0123456789 C++ & C#").tokens


@pytest.mark.parametrize(
    "marked",
    ["Boucher (h/f)", "Boucher H/F", "Boucher (F/H)", "Boucher (h/f/x)", "Boucher (m/f/d)", "Boucher homme/femme"],
)
def test_gender_marks_say_nothing(built: Tokenizer, marked: str) -> None:
    assert built.encode(marked).ids == built.encode("Boucher").ids


@pytest.mark.parametrize("text", ["TCP/IP", "CI/CD", "h", "femme de chambre", "PL/SQL"])
def test_what_only_looks_like_a_gender_mark_stays(built: Tokenizer, text: str) -> None:
    assert len(built.encode(text, add_special_tokens=False).ids) >= len(text.replace("/", " / ").split())


def test_accents_and_case_are_folded(built: Tokenizer) -> None:
    assert built.encode("BOULANGÈRE").ids == built.encode("boulangere").ids


def test_the_contextual_model_s_frame_is_there(built: Tokenizer) -> None:
    tokens = built.encode("boucher").tokens
    assert (tokens[0], tokens[-1]) == ("[CLS]", "[SEP]")


def test_a_saved_tokenizer_is_the_same(built: Tokenizer, tmp_path: Path) -> None:
    built.save(str(tmp_path / "tokenizer.json"))
    again = Tokenizer.from_file(str(tmp_path / "tokenizer.json"))
    assert again.to_str() == built.to_str()
    assert again.encode("Bouchère (h/f)").ids == built.encode("Bouchère").ids
