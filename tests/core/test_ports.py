"""Which encoder makes which facet's vectors."""

import pytest

from matcher.core.domain import Facet
from matcher.core.ports import Encoders
from tests.fakes import FakeEncoder


def test_encoders_that_are_alike_are_one_for_every_facet() -> None:
    encoder = FakeEncoder()
    encoders = Encoders.alike(encoder)
    assert all(encoders[facet] is encoder for facet in Facet)
    assert encoders.name == "fake"
    assert encoders.dimensions == dict.fromkeys(Facet, 16)
    assert encoders.fingerprints == dict.fromkeys(Facet, "fake-16")


def test_each_facet_has_the_encoder_of_its_name() -> None:
    encoders = Encoders(title=FakeEncoder(name="t"), skills=FakeEncoder(dimension=8), body=FakeEncoder(name="b"))
    assert encoders[Facet.SKILLS] is encoders.skills
    assert encoders.name == "title: t, skills: fake, body: b"
    assert encoders.dimensions == {Facet.TITLE: 16, Facet.SKILLS: 8, Facet.BODY: 16}
    assert encoders.fingerprints == {Facet.TITLE: "t-16", Facet.SKILLS: "fake-8", Facet.BODY: "b-16"}


@pytest.mark.parametrize("facet", Facet)
def test_every_facet_is_a_field(facet: Facet) -> None:
    assert facet.value in Encoders.__dataclass_fields__
