"""The bag of token vectors without torch: equal to sentence-transformers, quick, and the same in any company."""

import json
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load_file, save_file

from matcher.core.errors import ModelUnavailable
from models import load
from models.catalogue import STATIC
from models.static import StaticEncoder

pytestmark = pytest.mark.xdist_group("packaged model")  # one process loads torch, under `--dist loadgroup`

FOLDER = STATIC.path()
TITLES = [
    "Développeur / Développeuse web (H/F)",
    "urbaniste des systèmes d'information",
    "RSSI",
    "Chief Information Security Officer",
    "Kubernetes, Django, C++",
    "mot " * 3000,
    "🐍 C#",
    "x",
]


def _shipped(folder: Path = FOLDER, **changes: object) -> StaticEncoder:
    given = {"name": "static", "folder": folder, "dimension": STATIC.dimension, "sha256": STATIC.sha256, **changes}
    return StaticEncoder(**given)  # type: ignore[arg-type]


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    """Return a folder that holds the shipped files, free to be damaged."""
    return Path(shutil.copytree(STATIC.path(), tmp_path / "static", copy_function=shutil.copyfile))


def test_both_ways_of_reading_the_folder_give_the_same_vectors() -> None:
    from sentence_transformers import SentenceTransformer

    theirs = SentenceTransformer(str(STATIC.path()), device="cpu").encode(TITLES, normalize_embeddings=True)
    assert np.abs(_shipped().encode(TITLES) - theirs).max() <= 1e-6


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="this system does not tell a process's memory")
def test_it_needs_no_torch_and_little_memory() -> None:
    code = (
        "import pathlib, sys, time; started = time.perf_counter(); import models; "
        "models.load('static').encode(['data scientist']); "
        "status = pathlib.Path('/proc/self/status').read_text(); "
        "print(time.perf_counter() - started, int(status.partition('VmHWM:')[2].split()[0]) // 1024, "
        "[name for name in ('torch', 'transformers', 'sentence_transformers', 'sklearn') if name in sys.modules])"
    )
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    seconds, megabytes, heavy = answer.split(maxsplit=2)
    assert float(seconds) < 5  # 0.13 on a quiet machine; the benchmark says how fast, this that nothing big was read
    assert int(megabytes) < 150
    assert heavy.strip() == "[]"


def test_a_text_gets_the_same_bits_alone_and_in_company() -> None:
    encoder = _shipped()
    together = encoder.encode(TITLES)
    assert all(np.array_equal(encoder.encode([title])[0], row) for title, row in zip(TITLES, together, strict=True))


def test_more_texts_than_a_window_keep_their_order() -> None:
    encoder = _shipped()
    texts = [f"poste {number} développeur" for number in range(2500)]
    assert np.array_equal(encoder.encode(texts)[2400:], encoder.encode(texts[2400:]))


def test_threads_may_share_it() -> None:
    encoder = _shipped()
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(encoder.encode, [TITLES] * 8))
    assert all(np.array_equal(rows, found[0]) for rows in found)


def test_texts_that_say_nothing_have_length_one_and_resemble_each_other() -> None:
    empty, blank, half = _shipped().encode(["", "  \n", "\ud800"])
    assert np.linalg.norm(empty) == pytest.approx(1, abs=1e-6)
    assert np.array_equal(empty, blank)
    assert np.isfinite(half).all()


def test_gender_marks_say_nothing() -> None:
    plain, *marked = _shipped().encode(["boucher", "Boucher (h/f/x)", "BOUCHER H/F", "boucher (Femme / Homme)"])
    assert all(np.array_equal(plain, row) for row in marked)


def test_french_and_english_names_of_a_trade_are_near() -> None:
    encoder = load("static")
    french = encoder.encode(["responsable de la sécurité des systèmes d'information", "boulanger", "géomètre"])
    english = encoder.encode(["chief information security officer", "baker", "land surveyor"])
    assert (np.argmax(french @ english.T, axis=1) == np.arange(3)).all()


def test_other_weights_are_refused(copied: Path) -> None:
    table = load_file(copied / "model.safetensors")
    save_file({"embedding.weight": table["embedding.weight"] + 1}, copied / "model.safetensors")
    with pytest.raises(ModelUnavailable, match="not the file that is known"):
        _shipped(copied).encode(["x"])


def test_weights_that_do_not_fit_the_tokenizer_are_refused(copied: Path) -> None:
    save_file({"embedding.weight": np.zeros((3, 256), dtype=np.float32)}, copied / "model.safetensors")
    with pytest.raises(ModelUnavailable, match=r"shape \(3, 256\)"):
        _shipped(copied, sha256={}).encode(["x"])


@pytest.mark.parametrize("file", ["tokenizer.json", "model.safetensors"])
@pytest.mark.parametrize("content", [b"", b"{}", None])
def test_a_damaged_folder_is_named_with_how_to_mend_it(copied: Path, file: str, content: bytes | None) -> None:
    if content is None:
        (copied / file).unlink()
    else:
        (copied / file).write_bytes(content)
    with pytest.raises(ModelUnavailable, match=r"static cannot be loaded.*sentence-transformers format"):
        _shipped(copied, sha256={}).encode(["x"])


def test_the_fingerprint_follows_the_files() -> None:
    assert _shipped().fingerprint != _shipped(sha256={"model.safetensors": "0"}).fingerprint
    assert json.dumps(_shipped().fingerprint)  # plain text, for a manifest
