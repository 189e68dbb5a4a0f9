"""The packaged model, loaded once a process: its libraries take six seconds."""

from matcher.core.ports import Encoder
from models import load
from models.catalogue import ALL_MINILM_L6_V2


def packaged() -> Encoder:
    """Return the model whose weights a package carries."""
    return load(ALL_MINILM_L6_V2.name)
