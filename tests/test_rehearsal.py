"""A rehearsal makes ready what answers need, and leaves nothing behind."""

from matcher.core.domain import Kind
from matcher.core.ports import Encoders
from matcher.core.scoring import Weights
from matcher.derive import Deriver
from matcher.rehearsal import rehearse
from tests.engines import KNOWN, TODAY
from tests.fakes import FakeEncoder, FakeStore


def test_a_rehearsal_asks_every_encoder_and_stores_nothing() -> None:
    store = FakeStore()
    title, skills, body = (FakeEncoder(name=name) for name in ("title", "skills", "body"))
    deriver = Deriver(Encoders(title, skills, body), thesaurus=KNOWN, store=store)
    rehearse(deriver, weights=Weights(), today=TODAY)
    assert all(encoder.encoded for encoder in (title, skills, body))
    assert [store.count(kind) for kind in Kind] == [0, 0]
    assert store.last_sequence() == 0
