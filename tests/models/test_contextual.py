"""The contextual model without torch: faithful to sentence-transformers, and the same vector in any company."""

import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from safetensors.numpy import load_file, save_file

from matcher.core.errors import ModelUnavailable
from matcher.core.ports import Vectors
from models import contextual, load
from models.catalogue import ALL_MINILM_L6_V2, CONTEXTUAL
from models.contextual import ContextualEncoder, Precision
from models.sentence import SentenceEncoder
from tests.models.packaged import packaged

pytestmark = pytest.mark.xdist_group("packaged model")  # one process loads it, under `--dist loadgroup`

FOLDER = ALL_MINILM_L6_V2.path()
SMALL = ("config.json", "modules.json", "1_Pooling/config.json", "tokenizer.json", "tokenizer_config.json")
HOSTILE = ["", "!?", "\x00", "\ud800", "Développeuse C++ 🐍", "de la", "mot " * 2000, "\n", "a" * 10_000]
WORDS = "data scientist manager of public health services who designs secure web applications for citizens".split()


def _packaged(
    precision: Precision | None = None, threads: int | None = None, folder: Path = FOLDER
) -> ContextualEncoder:
    return ContextualEncoder(
        name="contextual",
        folder=folder,
        dimension=384,
        sha256=ALL_MINILM_L6_V2.sha256 if folder == FOLDER else {},
        precision=precision,
        threads=threads,
    )


def _has_bfloat16() -> bool:
    from openvino import Core

    return "BF16" in Core().get_property("CPU", "OPTIMIZATION_CAPABILITIES")


@pytest.fixture(scope="module")
def encoder() -> ContextualEncoder:
    """The packaged weights, in what precision this machine does best."""
    return _packaged()


@pytest.fixture
def copied(tmp_path: Path) -> Callable[..., Path]:
    """Return a copy of the packaged model with keys of one of its JSON files changed."""

    def copy(file: str = "config.json", /, **changes: Any) -> Path:
        (tmp_path / "1_Pooling").mkdir()
        for name in SMALL:
            (tmp_path / name).write_bytes((FOLDER / name).read_bytes())
        (tmp_path / "model.safetensors").symlink_to(FOLDER / "model.safetensors")
        path = tmp_path / file
        known = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
        path.write_text(json.dumps(known | changes), encoding="utf-8")
        return tmp_path

    return copy


def _texts(count: int = 150) -> list[str]:
    chance = np.random.default_rng(7)
    return [" ".join(chance.choice(WORDS, chance.integers(1, 60))) for _ in range(count)]


def _nearest(rows: Vectors) -> list[set[int]]:
    scores = rows @ rows.T
    np.fill_diagonal(scores, -1)
    return [set(row) for row in np.argsort(-scores, axis=1, kind="stable")[:, :10].tolist()]


@pytest.mark.no_cover  # others run the same lines; measured, it takes twice as long
@pytest.mark.parametrize(("precision", "cosine", "overlap"), [("f32", 0.9999, 0.999), ("bf16", 0.999, 0.97)])
def test_vectors_are_those_of_sentence_transformers(precision: Precision, cosine: float, overlap: float) -> None:
    # What imitates bfloat16 takes a quarter of a second a text.
    texts = [*_texts(150 if precision == "f32" or _has_bfloat16() else 30), *HOSTILE]
    expected, found = packaged().encode(texts), _packaged(precision).encode(texts)
    assert (expected * found).sum(axis=1).min() >= cosine
    kept = [len(ours & theirs) / 10 for ours, theirs in zip(_nearest(found), _nearest(expected), strict=True)]
    # Random words are nearer to each other than texts are: see benchmarks/speed.py for those.
    assert np.mean(kept) >= overlap


@pytest.mark.no_cover  # others run the same lines; measured, it takes twice as long
@pytest.mark.parametrize("precision", ["f32", "bf16"])
def test_a_text_has_the_same_vector_to_the_last_bit_alone_and_in_any_company(precision: Precision) -> None:
    if precision == "bf16" and not _has_bfloat16():
        pytest.skip("this processor does not multiply in bfloat16; what imitates that is never chosen")
    encoder = _packaged(precision)
    texts = [*_texts(60), *HOSTILE, *["data scientist", "juriste", "architecte technique"] * 15]
    together = encoder.encode(texts)
    assert np.array_equal(together, np.concatenate([encoder.encode([text]) for text in texts]))
    assert np.array_equal(together[::-1], encoder.encode(texts[::-1]))


@pytest.mark.no_cover  # others run the same lines; measured, it takes twice as long
def test_the_number_of_threads_changes_no_vector(encoder: ContextualEncoder) -> None:
    texts = _texts(40)
    assert np.array_equal(_packaged(threads=1).encode(texts), encoder.encode(texts))


@pytest.mark.parametrize(("told", "threads"), [("1", 1), ("0", None), ("", None), ("two", None), ("9999", None)])
def test_a_process_uses_no_more_threads_than_it_is_told(
    monkeypatch: pytest.MonkeyPatch, told: str, threads: int | None
) -> None:
    monkeypatch.delenv("OMP_NUM_THREADS", raising=False)
    every = contextual._cores()
    monkeypatch.setenv("OMP_NUM_THREADS", told)
    assert contextual._cores() == (threads or every)


def test_more_texts_than_are_sorted_at_once_keep_their_order(
    encoder: ContextualEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    texts = _texts(50)
    at_once = encoder.encode(texts)
    monkeypatch.setattr(contextual, "WINDOW_TEXTS", 7)
    assert np.array_equal(encoder.encode(texts), at_once)


@pytest.mark.no_cover  # others run the same lines; measured, it takes twice as long
def test_threads_share_an_encoder_from_its_first_text_on() -> None:
    encoder, texts = _packaged(), _texts(40)
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda _: encoder.encode(texts), range(8)))
    assert all(np.array_equal(rows, found[0]) for rows in found)


def test_what_makes_no_sense_gets_a_finite_unit_row(encoder: ContextualEncoder) -> None:
    rows = encoder.encode(HOSTILE)
    assert (rows.dtype.name, rows.shape, rows.flags.c_contiguous) == ("float32", (len(HOSTILE), 384), True)
    assert np.allclose(np.linalg.norm(rows, axis=1), 1, atol=1e-5)


def test_a_text_is_cut_at_256_tokens(encoder: ContextualEncoder) -> None:
    # 254 words, and [CLS] and [SEP].
    cut, whole, shorter = encoder.encode(["job " * 254 + "baker", "job " * 254, "job " * 253])
    assert np.array_equal(cut, whole)
    assert not np.array_equal(whole, shorter)


@pytest.mark.no_cover  # others run the same lines; measured, it takes twice as long
def test_weights_stored_in_half_the_bytes_give_nearly_the_same_vectors(copied: Callable[..., Path]) -> None:
    folder = copied()
    halved = {
        name: array.astype(np.float16) if array.dtype == np.float32 else array
        for name, array in load_file(folder / "model.safetensors").items()
    }
    (folder / "model.safetensors").unlink()
    save_file(halved, folder / "model.safetensors")
    texts = _texts(30)
    expected = SentenceEncoder(name="halved", folder=folder, dimension=384, sha256={}).encode(texts)
    found = _packaged("f32", folder=folder).encode(texts)
    assert (found * packaged().encode(texts)).sum(axis=1).min() > 0.9999
    assert (found * expected).sum(axis=1).min() > 0.999


def test_the_layout_that_newer_versions_write_is_read(copied: Callable[..., Path], encoder: ContextualEncoder) -> None:
    folder = copied("1_Pooling/config.json")
    new = {"embedding_dimension": 384, "pooling_mode": "mean", "include_prompt": True}
    (folder / "1_Pooling" / "config.json").write_text(json.dumps(new), encoding="utf-8")
    assert np.array_equal(_packaged(folder=folder).encode(["juriste"]), encoder.encode(["juriste"]))


@pytest.mark.parametrize(
    ("file", "changes", "why"),
    [
        ("config.json", {"model_type": "roberta"}, "its model_type is 'roberta', not 'bert'"),
        ("config.json", {"hidden_act": "gelu_new"}, "its hidden_act is 'gelu_new'"),
        ("config.json", {"position_embedding_type": "relative_key"}, "its position_embedding_type"),
        ("config.json", {"hidden_size": 768}, "its vectors have 768 dimensions, not 384"),
        ("1_Pooling/config.json", {"pooling_mode_cls_token": True}, "does not pool by the mean"),
        ("1_Pooling/config.json", {"pooling_mode": "max"}, "does not pool by the mean"),
        ("config_sentence_transformers.json", {"default_prompt_name": "query"}, "puts a prompt before every text"),
    ],
)
def test_another_architecture_is_refused_with_the_reason(
    copied: Callable[..., Path], file: str, changes: dict[str, Any], why: str
) -> None:
    with pytest.raises(ModelUnavailable, match=why) as refused:
        _packaged(folder=copied(file, **changes)).encode(["juriste"])
    assert "Use models.sentence.SentenceEncoder" in str(refused.value)


def test_a_module_that_is_not_run_is_refused(copied: Callable[..., Path]) -> None:
    folder = copied()
    modules = json.loads((folder / "modules.json").read_text(encoding="utf-8"))
    modules.append({"idx": 3, "name": "3", "path": "3_Dense", "type": "sentence_transformers.models.Dense"})
    (folder / "modules.json").write_text(json.dumps(modules), encoding="utf-8")
    with pytest.raises(ModelUnavailable, match="it is made of Transformer, Pooling, Normalize, Dense"):
        _packaged(folder=folder).encode(["juriste"])


def test_a_tokenizer_of_another_model_is_refused(copied: Callable[..., Path]) -> None:
    folder = copied()
    path = folder / "tokenizer.json"
    tokenizer = json.loads(path.read_text(encoding="utf-8"))
    tokenizer["model"]["vocab"]["surplus"] = 40_000
    path.write_text(json.dumps(tokenizer), encoding="utf-8")
    with pytest.raises(ModelUnavailable, match="its tokenizer counts to 40000, its weights to 30521"):
        _packaged(folder=folder).encode(["juriste"])


def test_a_tokenizer_that_marks_no_ends_is_refused(copied: Callable[..., Path]) -> None:
    with pytest.raises(ModelUnavailable, match=r"adds no \[CLS\] and \[SEP\]"):
        _packaged(folder=copied("tokenizer.json", post_processor=None)).encode(["juriste"])


@pytest.mark.parametrize("file", ["model.safetensors", "tokenizer.json", "config.json", "modules.json"])
@pytest.mark.parametrize("content", [None, b"no such thing"])
def test_a_damaged_or_missing_file_is_refused(copied: Callable[..., Path], file: str, content: bytes | None) -> None:
    folder = copied()
    (folder / file).unlink()
    if content is not None:
        (folder / file).write_bytes(content)
    with pytest.raises(ModelUnavailable, match="contextual cannot be loaded"):
        _packaged(folder=folder).encode(["juriste"])


def test_files_that_are_not_the_known_ones_are_refused_at_the_first_text(tmp_path: Path) -> None:
    (tmp_path / "model.safetensors").write_bytes(b"other")
    digest = hashlib.sha256(b"weights").hexdigest()
    encoder = ContextualEncoder(name="mine", folder=tmp_path, dimension=8, sha256={"model.safetensors": digest})
    assert encoder.encode([]).shape == (0, 8)
    with pytest.raises(ModelUnavailable, match=r"model\.safetensors of mine is not the file that is known: install"):
        encoder.encode(["juriste"])


def test_the_fingerprint_follows_the_files_and_the_way_they_are_run() -> None:
    first, same = _packaged("f32"), _packaged("bf16", threads=1)
    other = ContextualEncoder(name="contextual", folder=FOLDER, dimension=384, sha256={"model.safetensors": "0"})
    sentence = SentenceEncoder(name="contextual", folder=FOLDER, dimension=384, sha256=ALL_MINILM_L6_V2.sha256)
    assert (first.name, first.dimension) == ("contextual", 384)
    assert first.fingerprint == same.fingerprint
    assert len({first.fingerprint, other.fingerprint, sentence.fingerprint}) == 3


def test_a_missing_library_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "openvino", None)
    with pytest.raises(ModelUnavailable, match="pip install openvino"):
        _packaged().encode(["juriste"])


def test_encoding_needs_no_torch_tells_nobody_and_ends_well(tmp_path: Path) -> None:
    code = (
        "import sys; from tests.models import test_contextual as t;"
        "t._packaged().encode(['juriste ' * n for n in range(30)]);"
        "loaded = {name.partition('.')[0] for name, module in sys.modules.items() if module};"
        "print(sorted(loaded & {'torch', 'transformers', 'sentence_transformers', 'openvino_telemetry'}))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "HOME": str(tmp_path)},
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        check=True,  # a queue with callbacks made one process in four abort at its exit
    )
    assert done.stdout.strip() == "[]"
    assert list(tmp_path.iterdir()) == []  # OpenVINO's telemetry would leave the id that it reports by


def test_a_process_that_was_forked_from_one_that_has_encoded_is_told_so() -> None:
    """It waited for ever, for OpenVINO's threads, which a fork has not."""
    code = (
        "import os, signal, models;"
        "from matcher.core.errors import ModelUnavailable;"
        "from models.catalogue import CONTEXTUAL;"
        "from models.contextual import ContextualEncoder as New;"
        "encode = models.load('contextual').encode; encode(['juriste']);"
        "fresh = New(name='contextual', folder=CONTEXTUAL.path(), dimension=384, sha256={}).encode;"
        "child = os.fork();"
        "child or signal.alarm(20);"
        "\nfor one in (encode, fresh) if child == 0 else ():"
        "\n    try: one(['juriste'])"
        "\n    except ModelUnavailable as error: print(error, flush=True)"
        "\nif child == 0: os._exit(0)"
        "\nprint('ended by', os.waitpid(child, 0)[1], len(encode(['juriste'])))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=Path(__file__).parents[2], capture_output=True, text=True, check=True
    )
    *told, ended = done.stdout.splitlines()
    assert ended == "ended by 0 1"
    assert len(told) == 2
    assert all("use spawn or forkserver" in line for line in told)


def test_the_shipped_model_reads_a_passage_to_its_end() -> None:
    """Training cuts texts at a few dozen word pieces; what ships must not."""
    start = "chef de projet " * 80
    one, other, cut = load("contextual").encode([f"{start}cuisinier", f"{start}data scientist", start * 2])
    assert float(one @ other) < 0.999
    assert np.array_equal(cut, load("contextual").encode([start * 3])[0])  # 256 pieces, as before


def test_the_shipped_model_is_sentence_transformers_own_to_the_tenth_of_a_per_cent() -> None:
    theirs = SentenceEncoder(name="contextual", folder=CONTEXTUAL.path(), dimension=384, sha256=CONTEXTUAL.sha256)
    texts = ["Boucher (h/f/x)", "RSSI", "chargée de la transformation numérique", f"{' '.join(WORDS)}. " * 9]
    assert (np.einsum("ij,ij->i", load("contextual").encode(texts), theirs.encode(texts)) > 0.999).all()
