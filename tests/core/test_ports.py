"""Which encoder makes which facet's vectors."""

import pytest

from matcher.core.domain import Facet
from matcher.core.ports import Encoders, Prose
from tests.fakes import FakeEncoder, FakeTerms


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
    assert encoders.terms_share == 0
    assert encoders.fingerprints == {Facet.TITLE: "t-16", Facet.SKILLS: "fake-8", Facet.BODY: "b-16"}


@pytest.mark.parametrize("facet", Facet)
def test_every_facet_is_a_field(facet: Facet) -> None:
    assert facet.value in Encoders.__dataclass_fields__


def test_terms_stand_beside_the_encoder_of_bodies() -> None:
    encoder = FakeEncoder()
    encoders = Encoders(encoder, encoder, encoder, Prose(FakeTerms("words"), 0.25))
    assert encoders.name == "title: fake, skills: fake, body: fake + words"
    assert encoders.terms_share == 0.25
    assert encoders.prose
    assert encoders.prose.fingerprint == "words-terms*0.2500"
