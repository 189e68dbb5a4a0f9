"""What several tests of the models read with."""

import pytest

from matcher.stages.text import neutral
from models.thesaurus import Thesaurus


@pytest.fixture(scope="module")
def thesaurus() -> Thesaurus:
    return Thesaurus(neutral)
