"""The one door to the models, and its recipes."""

import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matcher.core.domain import Facet
from matcher.core.errors import ModelUnavailable
from models import DEFAULTS, load, load_body
from models.blend import Blend
from models.sentence import SentenceEncoder
from models.words import WordsEncoder

HEAVY = ("torch", "transformers", "sentence_transformers", "sklearn", "scipy", "faiss", "huggingface_hub")

MakeFolder = Callable[[str], Path]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> MakeFolder:
    """Makes folders that look like models, as far as they are looked at without loading them; in the working folder."""
    monkeypatch.chdir(tmp_path)

    def make(name: str) -> Path:
        path = tmp_path / name
        path.mkdir(parents=True)
        (path / "modules.json").write_text('[{"path": ""}]', encoding="utf-8")
        (path / "config.json").write_text('{"hidden_size": 8}', encoding="utf-8")
        (path / "model.safetensors").write_text(name, encoding="utf-8")
        return path

    return make


@pytest.fixture
def offline(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    # The variable is read when the library is imported, which an earlier test may have done.
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)


def test_the_default_is_the_title_s_recipe_made_gender_neutral_and_every_facet_has_one() -> None:
    assert f"neutral({load(DEFAULTS[Facet.TITLE]).fingerprint})" in load().fingerprint
    assert {*DEFAULTS} == {*Facet}
    assert all(load(DEFAULTS[facet]).dimension > 0 for facet in (Facet.TITLE, Facet.SKILLS))
    encoder, prose = load_body(DEFAULTS[Facet.BODY])
    assert (encoder.name, prose.counter.name if prose else None) == ("static", "terms")


def test_a_recipe_puts_its_models_side_by_side() -> None:
    encoder = load("all-MiniLM-L6-v2*2+words*1")
    assert encoder.name == "all-MiniLM-L6-v2 + words"
    assert encoder.dimension == 384 + 256
    assert encoder.fingerprint.endswith(f"*0.6667+{WordsEncoder().fingerprint}*0.3333")


def test_a_recipe_of_one_model_is_that_model_whatever_its_share() -> None:
    assert isinstance(load("words"), WordsEncoder)
    assert isinstance(load("words*0.2"), WordsEncoder)
    assert isinstance(load("all-MiniLM-L6-v2"), SentenceEncoder)


@pytest.mark.parametrize(
    "recipe",
    [
        "all-MiniLM-L6-v2*2+words*2",
        "all-MiniLM-L6-v2*0.5+words*0.5",
        "all-MiniLM-L6-v2*1e-3+words*1e-3",
        "all-MiniLM-L6-v2*1+words",
        " all-MiniLM-L6-v2 * 7 + words*7 ",
    ],
)
def test_only_the_proportions_of_shares_count_and_none_is_one(recipe: str) -> None:
    assert load(recipe).fingerprint == load("all-MiniLM-L6-v2+words").fingerprint


def test_another_share_or_order_is_another_encoder() -> None:
    recipes = ["words+all-MiniLM-L6-v2", "all-MiniLM-L6-v2+words", "all-MiniLM-L6-v2*3+words*2"]
    assert len({load(recipe).fingerprint for recipe in recipes}) == 3


def test_a_folder_takes_part_like_a_name(folder: MakeFolder) -> None:
    path = folder("my-model")
    assert load("./my-model").name == "my-model"
    assert load(f"{path}*0.9+words*0.1").dimension == 8 + 256


def test_a_folder_whose_path_reads_like_a_recipe_is_that_folder(folder: MakeFolder) -> None:
    for name in ("one+two", "my*2", "words+words", "a*much"):
        path = folder(name)
        assert [load(found).name for found in (name, f"./{name}", str(path))] == [name] * 3
    assert load("./my*2+words*3").name == "my*2 + words"
    assert load("./my*2*4+words").fingerprint.endswith(f"*0.8000+{WordsEncoder().fingerprint}*0.2000")


def test_a_folder_never_takes_the_place_of_a_catalogue_model(folder: MakeFolder) -> None:
    folder("words")
    folder("all-MiniLM-L6-v2")
    assert load("all-MiniLM-L6-v2+words").dimension == 384 + 256
    assert load("./all-MiniLM-L6-v2+./words").dimension == 8 + 8


def test_a_model_is_loaded_once_a_process(folder: MakeFolder) -> None:
    assert load("all-MiniLM-L6-v2") is load("all-MiniLM-L6-v2")
    path = folder("mine")
    assert load("./mine") is load("mine") is load(str(path))
    shared = [part for recipe in ("mine*2+words", "words+mine", "mine+all-MiniLM-L6-v2") for part in _parts_of(recipe)]
    assert len({id(part) for part in shared}) == 3


def _parts_of(recipe: str) -> list[object]:
    encoder = load(recipe)
    assert isinstance(encoder, Blend)
    return [part for part, _ in encoder._parts]


def test_a_relative_path_is_read_from_where_it_is_named(
    folder: MakeFolder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder("a/mine")
    folder("b/mine")
    found = []
    for place in "ab":
        monkeypatch.chdir(tmp_path / place)
        found.append(load("./mine").fingerprint)
    assert found[0] != found[1]


@pytest.mark.parametrize(
    "recipe",
    [
        *("", " ", "+", "words+", "+words", "words++words", "*", "*2", "words*", "words*much", "words*0", "words*-1"),
        *("words*nan", "words*inf", "words*1e400", "words*2+words*-1", "words*-1+words*-1", "words*1e-320+words*1e300"),
        *("words*1e308+words*1e308", "words*2*", "words*1,5", "words*0+words*0", "words*½", "words*1e17+words"),
    ],
)
def test_garbage_is_refused_with_the_way_to_write_it(recipe: str) -> None:
    with pytest.raises(ModelUnavailable, match=r"cannot be read: join models by \+.*as in 'joint"):
        load(recipe)


@pytest.mark.usefixtures("offline")
@pytest.mark.parametrize("recipe", ["words+nobody/nothing", "nobody/nothing*0.3+words", "nobody/nothing"])
def test_a_model_that_is_known_nowhere_is_named_by_itself(recipe: str) -> None:
    with pytest.raises(
        ModelUnavailable,
        match="there is no model 'nobody/nothing': name one of words, static, contextual, joint, all-MiniLM",
    ):
        load(recipe)


@settings(deadline=None)  # the first text imports what counts its words
@given(st.lists(st.floats(1e-3, 1e3), min_size=1, max_size=6))
def test_shares_always_add_up(shares: list[float]) -> None:
    rows = load("+".join(f"words*{share!r}" for share in shares)).encode(["data scientist", ""])
    assert np.allclose(np.linalg.norm(rows, axis=1), 1, atol=1e-5)


@given(st.lists(st.text("0123456789.-einfa_ ", max_size=6), min_size=1, max_size=4))
def test_no_share_raises_anything_but_its_refusal(shares: list[str]) -> None:
    with suppress(ModelUnavailable):
        assert load("+".join(f"words*{share}" for share in shares)).dimension == 256 * len(shares)


def test_loading_costs_nothing_before_the_first_text() -> None:
    program = "import sys, models; models.load().encode([]); print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert not set(HEAVY) & set(done.stdout.split())


def test_terms_are_taken_out_of_a_recipe_for_bodies_with_their_share() -> None:
    encoder, prose = load_body("words*1+terms*2+static*1")
    assert encoder.fingerprint == load("words+static").fingerprint
    assert prose
    assert prose.share == pytest.approx(0.5)
    assert prose.counter is (load_body("static+terms")[1] or prose).counter
    assert load_body("words*3") == (load("words"), None)
    with pytest.raises(ModelUnavailable, match="'terms' names no encoder"):
        load_body("terms")


@pytest.mark.parametrize("recipe", ["terms", "static+terms"])
def test_terms_are_for_bodies_alone(recipe: str) -> None:
    with pytest.raises(ModelUnavailable, match="the recipe for bodies alone"):
        load(recipe)
