"""What the speed benchmark says is what it has measured."""

import gzip
from pathlib import Path

import numpy as np
import pytest
from tokenizers import Tokenizer

from benchmarks import speed
from matcher.core.errors import UnreadableFile
from models.catalogue import ALL_MINILM_L6_V2
from tests.fakes import FakeEncoder


@pytest.fixture
def esco(tmp_path: Path) -> Path:
    """Two occupations and a skill; one has no description."""
    for file, rows in (("occupations_en", "mason,Builds walls.\nbaker,\n"), ("skills_en", "welding,Joins metal.\n")):
        text = f"preferredLabel,description\n{rows}"
        (tmp_path / f"{file}.csv.gz").write_bytes(gzip.compress(text.encode()))
    return tmp_path


def test_equal_vectors_are_wholly_faithful_and_turned_ones_are_not() -> None:
    rows = np.random.default_rng(3).normal(size=(50, 8)).astype(np.float32)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    assert speed.faithful(rows, rows) == {"lowest_cosine": 1.0, "mean_cosine": 1.0, "top_10_overlap": 1.0}
    strange = speed.faithful(rows[::-1], rows)
    assert strange["lowest_cosine"] < 0
    assert strange["top_10_overlap"] < 0.5


def test_a_text_of_so_many_tokens_has_so_many() -> None:
    tokenizer = Tokenizer.from_file(str(ALL_MINILM_L6_V2.path() / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.no_truncation()
    for tokens in (12, 64, 256):
        texts = speed.texts_of(tokens, 8, tokenizer)
        assert [len(tokenizer.encode(text).ids) for text in texts] == [tokens] * 8
        assert len(set(texts)) == 8


def test_any_encoder_has_a_rate_and_is_asked_at_least_twice() -> None:
    encoder = FakeEncoder()
    assert speed.rate(encoder, ["mason", "baker"], at_least_s=0) > 0
    assert encoder.encoded == 4


def test_labels_and_descriptions_are_the_texts(esco: Path) -> None:
    assert speed.descriptions(esco) == ["mason", "Builds walls.", "baker", "welding", "Joins metal."]
    assert len(speed.descriptions(esco, most=2)) == 2


def test_a_folder_without_the_tables_is_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFile, match=r"occupations_en\.csv\.gz is not ESCO's table: FileNotFoundError"):
        speed.descriptions(tmp_path)


def test_medians_go_through_every_figure() -> None:
    rounds = [{"rates": {"12": rate}, "load_s": rate / 10} for rate in (1.0, 9.0, 2.0)]
    assert speed._medians(rounds) == {"rates": {"12": 2.0}, "load_s": 0.2}


def test_a_recipe_is_measured_in_a_process_of_its_own(esco: Path) -> None:
    assert speed._in_a_process("one_core", "words", str(esco)) > 0


def test_a_way_that_fails_says_why() -> None:
    with pytest.raises(RuntimeError, match=r"no such folder/config\.json"):
        speed._in_a_process("figures", speed.CONTEXTUAL, "no such folder")
