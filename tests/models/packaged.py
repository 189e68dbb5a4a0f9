"""The packaged model, loaded once a process: its libraries take six seconds."""

from functools import cache

from models.catalogue import DEFAULT
from models.sentence import SentenceEncoder


@cache
def packaged() -> SentenceEncoder:
    """The catalogue's default."""
    return SentenceEncoder.find(DEFAULT)
