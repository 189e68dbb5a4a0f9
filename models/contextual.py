"""A BERT in the sentence-transformers format, run by OpenVINO: torch's vectors, in a fraction of the time.

The network is built from `config.json` and `model.safetensors`: one copy of the weights, and no export step. Texts are
never padded: a text runs alone or beside texts of exactly its length, which gives it the same vector, to the last bit,
alone and in any company. Where the processor multiplies in bfloat16, the products and the attention use it (sums and
normalisations stay in float32); elsewhere everything is float32.
"""

import json
import os
import sys
import threading
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from matcher.core.errors import ModelUnavailable
from matcher.core.ports import Vectors
from models.files import check_digests, fingerprint_of
from models.texts import listed, once

if TYPE_CHECKING:
    from openvino import CompiledModel, InferRequest, Model, Node, Output
    from tokenizers import Tokenizer

Precision = Literal["bf16", "f32"]
Weights = Mapping[str, np.ndarray[Any, Any]]

MOST_TOKENS = 256
BATCH_TOKENS = 512
"""Of a request: more does not fill the units of a core better."""
WINDOW_TEXTS = 4096
"""Tokenised and sorted by length together: what is in memory beside the vectors."""
CACHED_KERNELS = 200
"""OpenVINO keeps what it compiles for each shape that it meets: 600 MB after a thousand shapes if nobody stops it."""
PARTS = ("Transformer", "Pooling", "Normalize")
NEEDED: Mapping[str, Any] = {"model_type": "bert", "hidden_act": "gelu", "position_embedding_type": "absolute"}

_started_in: set[int] = set()
"""The process in which OpenVINO runs: a fork has its memory and none of its threads, and would wait for ever."""


class ContextualEncoder:
    """Encodes with OpenVINO; the weights are read at the first text. Any number of threads may share it.

    The fingerprint follows the files alone: bfloat16 and float32 vectors of a text have a cosine above .999, and a
    database may move between machines of both kinds.
    """

    def __init__(
        self,
        *,
        name: str,
        folder: Path,
        dimension: int,
        sha256: Mapping[str, str],
        precision: Precision | None = None,
        threads: int | None = None,
    ) -> None:
        """Take a folder on trust until the first text.

        Args:
            name: what a person calls this model.
            folder: the model; mean pooling over a BERT with the `gelu` activation.
            dimension: columns of what `encode` returns.
            sha256: digest of each file that counts, by its path inside the folder; checked at load.
            precision: of the products; None is bfloat16 where the processor has it, else float32.
            threads: texts that are encoded at once, one thread each; None is every core of the process, or as many as
                OMP_NUM_THREADS says.
        """
        self._name = name
        self._folder = folder
        self._dimension = dimension
        self._sha256 = dict(sha256)
        self._precision = precision
        self._threads = threads
        self._loaded: tuple[Tokenizer, CompiledModel] | None = None
        self._lock = threading.Lock()

    @property
    def name(self) -> str:
        """What a person calls this model."""
        return self._name

    @property
    def fingerprint(self) -> str:
        """The files' digest: the same files give the same vectors."""
        return fingerprint_of(self._name, self._sha256, runtime="contextual")

    @property
    def dimension(self) -> int:
        """Columns of what `encode` returns."""
        return self._dimension

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Return one unit row a text, float32, in order; no text gives shape (0, dimension).

        A text longer than the model reads, or than 256 word pieces, is cut.

        Raises:
            ModelUnavailable: the files are not the known ones, this class cannot run them, OpenVINO is missing, or this
                process was forked from one that has encoded.
            TypeError: it is no list of texts.
        """
        return once(self._rows, listed(texts))

    def _rows(self, texts: list[str]) -> Vectors:
        rows: Vectors = np.empty((len(texts), self._dimension), dtype=np.float32)
        if texts:
            tokenizer, network = self._load()
            for start in range(0, len(texts), WINDOW_TEXTS):
                window = slice(start, start + WINDOW_TEXTS)
                _run(network, _tokenise(tokenizer, texts[window]), rows[window])
        return rows

    def _load(self) -> "tuple[Tokenizer, CompiledModel]":
        _refuse_a_fork()
        with self._lock:
            if self._loaded is None:
                check_digests(self._folder, self._sha256, model=self._name)
                # On import, OpenVINO reports its use to Google Analytics, unless this package is missing.
                sys.modules.setdefault("openvino_telemetry", None)  # type: ignore[arg-type]
                try:
                    import openvino  # noqa: F401, PLC0415 - 50 MB, and only who encodes needs it
                    import safetensors  # noqa: F401, PLC0415 - likewise
                    import tokenizers  # noqa: F401, PLC0415 - likewise
                except ImportError as error:
                    raise ModelUnavailable(
                        f"{self._name} needs a library that is not here ({error.name}): "
                        "pip install openvino tokenizers safetensors"
                    ) from error
                self._loaded = self._open()
            return self._loaded

    def _open(self) -> "tuple[Tokenizer, CompiledModel]":
        try:
            config = _read(self._folder / "config.json")
            self._refuse_what_is_no_such_model(config)
            weights = _weights(self._folder / "model.safetensors")
            tokenizer = _tokenizer(self._folder, int(config["max_position_embeddings"]))
            self._refuse_a_strange_tokenizer(tokenizer, len(weights["embeddings.word_embeddings.weight"]))
            return tokenizer, _compile(_network(config, weights), self._precision, self._threads)
        except ModelUnavailable:
            raise
        except Exception as error:  # tokenizers raises no narrower class, safetensors one of its own
            raise ModelUnavailable(
                f"{self._name} cannot be loaded ({type(error).__name__}): "
                "the folder must hold a model in the sentence-transformers format"
            ) from error

    def _refuse_what_is_no_such_model(self, config: Mapping[str, Any]) -> None:
        for key, needed in NEEDED.items():
            if (found := config.get(key, NEEDED["position_embedding_type"])) != needed:
                raise self._unfit(f"its {key} is {found!r}, not {needed!r}")
        modules = _read(self._folder / "modules.json")
        parts = tuple(module["type"].rpartition(".")[2] for module in modules)
        if parts not in (PARTS, PARTS[:2]):
            raise self._unfit(f"it is made of {', '.join(parts)}, not of {', '.join(PARTS)}")
        if not _pools_means(_read(self._folder / modules[1]["path"] / "config.json")):
            raise self._unfit("it does not pool by the mean of the tokens")
        if _read(self._folder / "config_sentence_transformers.json", optional=True).get("default_prompt_name"):
            raise self._unfit("it puts a prompt before every text")
        if config["hidden_size"] != self._dimension:
            raise self._unfit(f"its vectors have {config['hidden_size']} dimensions, not {self._dimension}")

    def _refuse_a_strange_tokenizer(self, tokenizer: "Tokenizer", tokens: int) -> None:
        # A token beyond the table would read as a row of zeros.
        if (highest := max(tokenizer.get_vocab().values())) >= tokens:
            raise self._unfit(f"its tokenizer counts to {highest}, its weights to {tokens - 1}")
        if not tokenizer.encode("").ids:
            raise self._unfit("its tokenizer adds no [CLS] and [SEP]")

    def _unfit(self, why: str) -> ModelUnavailable:
        return ModelUnavailable(
            f"{self._name} is not a model that ContextualEncoder runs: {why}. Use models.sentence.SentenceEncoder"
        )


def _refuse_a_fork() -> None:
    if _started_in and os.getpid() not in _started_in:
        raise ModelUnavailable(
            "this process was forked from one that had encoded, and OpenVINO does not run on in a fork: use spawn or "
            "forkserver (multiprocessing.get_context), or encode first in the child"
        )


def _read(path: Path, *, optional: bool = False) -> Any:
    if optional and not path.is_file():
        return {}
    return json.loads(path.read_text(encoding="utf-8"))


def _pools_means(pooling: Mapping[str, Any]) -> bool:
    """Tell from either layout: `pooling_mode: mean`, or a switch a mode."""
    if "pooling_mode" in pooling:
        return bool(pooling["pooling_mode"] == "mean")
    return [mode for mode, on in pooling.items() if mode.startswith("pooling_mode_") and on] == [
        "pooling_mode_mean_tokens"
    ]


def _weights(path: Path) -> Weights:
    from safetensors.numpy import load_file  # noqa: PLC0415 - see _load

    return {name.removeprefix("bert."): array for name, array in load_file(path).items()}


def _tokenizer(folder: Path, positions: int) -> "Tokenizer":
    from tokenizers import Tokenizer  # noqa: PLC0415 - see _load

    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    lengths = (
        _read(folder / "sentence_bert_config.json", optional=True).get("max_seq_length"),
        _read(folder / "tokenizer_config.json", optional=True).get("model_max_length"),
    )
    tokenizer.no_padding()
    tokenizer.enable_truncation(min(MOST_TOKENS, positions, *(int(length) for length in lengths if length)))
    return tokenizer


def _tokenise(tokenizer: "Tokenizer", texts: Sequence[str]) -> list[list[int]]:
    # Half of a character (a lone surrogate) is refused; to a model it says nothing anyway.
    whole = [text.encode("utf-8", "replace").decode() for text in texts]
    return [encoding.ids for encoding in tokenizer.encode_batch_fast(whole)]


def _batches(lengths: Sequence[int]) -> Iterator[list[int]]:
    """Yield places of texts of one length, the longest texts first.

    Sizes are powers of two, because every new shape costs milliseconds and memory.
    """
    by_length: dict[int, list[int]] = {}
    for place, length in enumerate(lengths):
        by_length.setdefault(length, []).append(place)
    for length in sorted(by_length, reverse=True):
        places = by_length[length]
        size = 1 << (max(1, BATCH_TOKENS // length).bit_length() - 1)
        while places:
            while size > len(places):
                size //= 2
            yield places[:size]
            places = places[size:]


def _run(network: "CompiledModel", tokens: Sequence[Sequence[int]], rows: Vectors) -> None:
    """Fill `rows`, one a text: float32 of shape (texts, dimension)."""

    def keep(request: "InferRequest", places: list[int]) -> None:
        request.wait()
        rows[places] = request.get_output_tensor(0).data

    # Requests of this call alone cost 0.01 ms each, and threads that share an encoder need not wait for each other. Not
    # OpenVINO's AsyncInferQueue with its callbacks: in 2026.4.1, one process in four aborted at its exit with it.
    most = 2 * int(network.get_property("NUM_STREAMS"))
    running: deque[tuple[InferRequest, list[int]]] = deque()
    for places in _batches([len(ids) for ids in tokens]):
        if len(running) < most:
            request = network.create_infer_request()
        else:
            request, done = running.popleft()
            keep(request, done)
        request.start_async([np.array([tokens[place] for place in places], dtype=np.int32)])
        running.append((request, places))
    for request, places in running:
        keep(request, places)


def _compile(network: "Model", precision: Precision | None, threads: int | None) -> "CompiledModel":
    """Compile with one thread a stream: no request is split, so the number of cores changes no vector."""
    from openvino import Core  # noqa: PLC0415 - see _load

    _started_in.add(os.getpid())
    core = Core()
    if precision is None:
        precision = "bf16" if "BF16" in core.get_property("CPU", "OPTIMIZATION_CAPABILITIES") else "f32"
    streams = threads or _cores()
    return core.compile_model(
        network,
        "CPU",
        {
            "INFERENCE_PRECISION_HINT": precision,
            "NUM_STREAMS": streams,
            "INFERENCE_NUM_THREADS": streams,
            "ENABLE_CPU_PINNING": False,
            "CPU_RUNTIME_CACHE_CAPACITY": CACHED_KERNELS,
        },
    )


def _cores() -> int:
    """Return how many threads may run: of many processes on one machine, each is told so, as Spark's workers are."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    told = os.environ.get("OMP_NUM_THREADS", "")
    return min(cores, int(told)) if told.isdecimal() and int(told) else cores


def _network(config: Mapping[str, Any], weights: Weights) -> "Model":
    """Build token ids, int32 (texts, length) -> unit rows, float32 (texts, hidden).

    Source: Devlin et al., NAACL 2019; names of the weights as in transformers' BertModel.
    """
    import openvino.opset13 as op  # noqa: PLC0415 - see _load
    from openvino import Model  # noqa: PLC0415 - likewise

    layers = _Layers(config, weights)
    ids = op.parameter([-1, -1], np.int32, name="ids")
    x = layers.embed(ids)
    for number in range(int(config["num_hidden_layers"])):
        x = layers.layer(x, f"encoder.layer.{number}.")
    mean = op.reduce_mean(x, _integers(1), keep_dims=False)
    return Model([op.result(op.normalize_l2(mean, _integers(1), 1e-12, "max"))], [ids], "contextual")


def _integers(*values: int) -> "Node":
    import openvino.opset13 as op  # noqa: PLC0415 - see _load

    return op.constant(np.array(values, dtype=np.int64))


class _Layers:
    """The parts of a BERT: each method adds nodes to the graph and returns their end."""

    def __init__(self, config: Mapping[str, Any], weights: Weights) -> None:
        import openvino.opset13 as op  # noqa: PLC0415 - see _load

        self._op = op
        self._weights = weights
        self._hidden = int(config["hidden_size"])
        self._heads = int(config["num_attention_heads"])
        self._epsilon = float(config["layer_norm_eps"])

    def embed(self, ids: "Node") -> "Node":
        """Sum what a token, its place and its segment (always the first) say."""
        op, weights = self._op, self._weights
        # The table keeps the type it is stored in; only the rows that a text needs become float32.
        words = op.convert(
            op.gather(op.constant(weights["embeddings.word_embeddings.weight"]), ids, _integers(0)), "f32"
        )
        segment = weights["embeddings.token_type_embeddings.weight"][0].astype(np.float32)
        places = op.constant(weights["embeddings.position_embeddings.weight"].astype(np.float32) + segment)
        length = op.gather(op.shape_of(ids), _integers(1), _integers(0))
        near = op.unsqueeze(op.slice(places, _integers(0), length, _integers(1), _integers(0)), _integers(0))
        return self._norm(op.add(words, near), "embeddings.LayerNorm")

    def layer(self, x: "Node", prefix: str) -> "Node":
        """Attend, then feed forward; both are added to what came in."""
        op = self._op
        attended = self._dense(self._attend(x, f"{prefix}attention.self."), f"{prefix}attention.output.dense")
        x = self._norm(op.add(x, attended), f"{prefix}attention.output.LayerNorm")
        wide = op.gelu(self._dense(x, f"{prefix}intermediate.dense"), "erf")
        return self._norm(op.add(x, self._dense(wide, f"{prefix}output.dense")), f"{prefix}output.LayerNorm")

    def _attend(self, x: "Node", prefix: str) -> "Node":
        op = self._op
        together = self._dense(x, *(f"{prefix}{name}" for name in ("query", "key", "value")))
        query, key, value = (
            self._split_heads(part) for part in op.split(together, op.constant(np.int64(2)), 3).outputs()
        )
        attended = op.scaled_dot_product_attention(query, key, value)
        return op.reshape(op.transpose(attended, _integers(0, 2, 1, 3)), _integers(0, 0, self._hidden), True)

    def _split_heads(self, x: "Output") -> "Node":
        shape = _integers(0, 0, self._heads, self._hidden // self._heads)
        return self._op.transpose(self._op.reshape(x, shape, True), _integers(0, 2, 1, 3))

    def _dense(self, x: "Node", *names: str) -> "Node":
        """One product for all the names, whose outputs stand side by side."""
        weight = np.concatenate([self._weights[f"{name}.weight"] for name in names]).astype(np.float32)
        bias = np.concatenate([self._weights[f"{name}.bias"] for name in names]).astype(np.float32)
        op = self._op
        return op.add(op.matmul(x, op.constant(weight), False, True), op.constant(bias[None, None]))

    def _norm(self, x: "Node", name: str) -> "Node":
        op = self._op
        scale, shift = (self._weights[f"{name}.{part}"].astype(np.float32)[None, None] for part in ("weight", "bias"))
        normed = op.mvn(x, _integers(-1), True, self._epsilon, "inside_sqrt")
        return op.add(op.multiply(normed, op.constant(scale)), op.constant(shift))
