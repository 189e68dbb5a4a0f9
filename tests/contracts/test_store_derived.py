"""Vectors and full-text rows: what every `Store` promises of what is derived from records."""

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from matcher.core.domain import Kind
from matcher.core.storing import Store
from tests.contracts.documents import MODEL, digest_of, posting, profile, vector_of, vectors_of

HOSTILE_WORDS = [
    "",
    " ",
    "\x00",
    "\ud800",
    "'\"; DROP TABLE document; --",
    '"',
    '""',
    "*",
    "python*",
    "title:",
    "title : python",
    "{title skills}: python",
    "NEAR(python sql, 2)",
    "python AND",
    "NOT",
    "OR OR OR",
    "^python",
    "(python",
    "python)",
    "-python",
    "python & | ! <-> sql",
    "a:*",
    "\\",
    "$1 :1 ? %s %(a)s {x}",
    "…·’•–",
    "́",
    "²½Ⅷ①",
    "mot " * 5000,
    " ".join(f"mot{number}" for number in range(3000)),
    "x" * 5000,
    "ﬁﬀß İstanbul",
    "日本語 Ελλάδα हिन्दी",
]


def ids(store: Store, words: str, kind: Kind = Kind.PROFILE) -> list[str]:
    return [hit.id for hit in store.search_text(kind, words)]


def test_a_vector_comes_back_bit_for_bit(store: Store) -> None:
    store.put([profile("ana", "A", "texte")], vectors={MODEL: vectors_of("texte")})
    found = store.vectors([digest_of("texte"), digest_of("autre")], model=MODEL)
    assert [*found] == [digest_of("texte")]
    vector = found[digest_of("texte")]
    assert (vector.dtype.name, vector.shape) == ("float32", (8,))
    assert np.array_equal(vector, vector_of("texte"))
    vector[0] = 0  # it is the caller's own
    assert np.array_equal(store.vectors([digest_of("texte")], model=MODEL)[digest_of("texte")], vector_of("texte"))


def test_a_vector_that_is_stored_is_kept_until_it_is_mended(store: Store) -> None:
    store.put([profile("ana", "A", "texte")], vectors={MODEL: vectors_of("texte")})
    store.put([profile("bob", "A", "texte")], vectors={MODEL: {digest_of("texte"): vector_of("autre")}})
    assert np.array_equal(store.vectors([digest_of("texte")], model=MODEL)[digest_of("texte")], vector_of("texte"))
    store.add_vectors({MODEL: {digest_of("texte"): vector_of("autre")}})
    assert np.array_equal(store.vectors([digest_of("texte")], model=MODEL)[digest_of("texte")], vector_of("autre"))


def test_a_model_never_gets_another_models_vectors(store: Store) -> None:
    store.insert(profile("ana", "A", "texte"), vectors={MODEL: vectors_of("texte")})
    assert store.vectors([digest_of("texte")], model="model-2") == {}
    store.add_vectors({"model-2": {digest_of("texte"): vector_of("autre")}})
    assert np.array_equal(store.vectors([digest_of("texte")], model="model-2")[digest_of("texte")], vector_of("autre"))


def test_a_text_that_was_linked_with_another_models_vector_alone_gets_this_models(store: Store) -> None:
    store.put([profile("ana", "A", "texte")], vectors={"model-2": {digest_of("texte"): vector_of("autre")}})
    store.put([profile("ana", "B", "texte")], vectors={MODEL: vectors_of("texte")})
    for model, made_of in ((MODEL, "texte"), ("model-2", "autre")):
        assert np.array_equal(store.vectors([digest_of("texte")], model=model)[digest_of("texte")], vector_of(made_of))


@pytest.mark.no_cover  # others run the same lines; measured, it takes twice as long
def test_thousands_of_vectors_come_at_once(store: Store) -> None:
    texts = [f"texte {number}" for number in range(2500)]
    store.put([profile("ana", "A", *texts)], vectors={MODEL: vectors_of(*texts)})
    found = store.vectors([digest_of(text) for text in texts], model=MODEL)
    assert all(np.array_equal(found[digest_of(text)], vector_of(text)) for text in texts)


def test_a_vector_that_no_document_uses_is_not_kept(store: Store) -> None:
    store.put([profile("ana", "A", "à elle")], vectors={MODEL: vectors_of("à elle", "à personne")})
    store.add_vectors({MODEL: vectors_of("à personne non plus")})
    store.add_vectors({MODEL: {}})
    asked = [digest_of(text) for text in ("à elle", "à personne", "à personne non plus")]
    assert [*store.vectors(asked, model=MODEL)] == [digest_of("à elle")]


def test_deleting_a_document_deletes_the_vectors_that_only_it_used(store: Store) -> None:
    store.put(
        [profile("ana", "A", "à elle", "à deux", "à elle"), posting("1", "A", "à deux")],
        vectors={MODEL: vectors_of("à elle", "à deux")},
    )
    store.add_vectors({"model-2": vectors_of("à elle", "à deux")})
    store.delete(Kind.PROFILE, ["ana"])
    for model in (MODEL, "model-2"):
        assert [*store.vectors([digest_of("à elle"), digest_of("à deux")], model=model)] == [digest_of("à deux")]
    store.delete(Kind.POSTING, ["1"])
    assert store.vectors([digest_of("à deux")], model=MODEL) == {}


def test_updating_a_document_deletes_the_vectors_it_has_let_go(store: Store) -> None:
    store.put([profile("ana", "A", "avant", "toujours")], vectors={MODEL: vectors_of("avant", "toujours")})
    store.put([profile("ana", "B", "après", "toujours")], vectors={MODEL: vectors_of("après")})
    found = store.vectors([digest_of(text) for text in ("avant", "après", "toujours")], model=MODEL)
    assert found.keys() == {digest_of("après"), digest_of("toujours")}


def test_changing_the_model_drops_the_others_vectors(store: Store) -> None:
    store.put([profile("ana", "A", "un", "deux")], vectors={MODEL: vectors_of("un", "deux")})
    store.add_vectors({"model-2": vectors_of("un")})
    assert store.drop_vectors(keep_models=["model-2"]) == 2
    assert store.drop_vectors(keep_models=["model-2"]) == 0
    assert store.vectors([digest_of("un")], model=MODEL) == {}
    assert [*store.vectors([digest_of("un"), digest_of("deux")], model="model-2")] == [digest_of("un")]


def test_one_text_keeps_a_vector_of_each_model_whatever_their_dimensions(store: Store) -> None:
    narrow, wide = vector_of("un", dimension=3), vector_of("un", dimension=900)
    store.put(
        [profile("ana", "A", "un", "deux")],
        vectors={"narrow": {digest_of("un"): narrow}, "wide": {digest_of("un"): wide, digest_of("sans"): wide}},
    )
    store.insert(profile("bob", "A", "trois"), vectors={"narrow": vectors_of("trois"), "wide": vectors_of("trois")})
    store.add_vectors({"narrow": vectors_of("deux"), "third": vectors_of("deux")})
    asked = [digest_of(text) for text in ("un", "deux", "trois", "sans")]
    assert store.vectors(asked, model="narrow").keys() == {*asked[:3]}
    assert np.array_equal(store.vectors(asked, model="narrow")[digest_of("un")], narrow)
    found = store.vectors(asked, model="wide")
    assert found.keys() == {digest_of("un"), digest_of("trois")}
    assert np.array_equal(found[digest_of("un")], wide)
    assert store.drop_vectors(keep_models={"narrow", "wide"}) == 1
    assert store.vectors(asked, model="third") == {}
    assert store.drop_vectors(keep_models=[]) == 5


def test_rewriting_what_is_derived_leaves_the_log_alone(store: Store) -> None:
    store.put([profile("ana", "A", "avant", title="avant")], vectors={MODEL: vectors_of("avant")})
    before = store.last_sequence()
    store.rewrite_derived([profile("ana", "A", "après", title="après")])
    store.add_vectors({MODEL: vectors_of("avant", "après")})
    assert store.last_sequence() == before
    assert ids(store, "après") == ["ana"]
    assert ids(store, "avant") == []
    assert [*store.vectors([digest_of("avant"), digest_of("après")], model=MODEL)] == [digest_of("après")]


def test_rewriting_passes_over_documents_that_have_changed_or_gone(store: Store) -> None:
    store.put([profile("ana", "nouvelle", title="nouvelle")])
    store.rewrite_derived([profile("ana", "ancienne", title="ancienne"), profile("nobody", title="ancienne")])
    store.rewrite_derived([])
    assert ids(store, "ancienne nouvelle") == ["ana"]
    assert ids(store, "ancienne") == []
    assert store.count(Kind.PROFILE) == 1


def test_any_of_the_words_finds_a_document(store: Store) -> None:
    store.put(
        [
            profile("ana", "A", title="data scientist", skills="python pandas", body="statistiques publiques"),
            profile("bob", "B", title="urbaniste", skills="togaf"),
            profile("cam", "C", title="juriste"),
        ]
    )
    assert set(ids(store, "togaf pandas inconnu")) == {"ana", "bob"}
    assert ids(store, "publiques") == ["ana"]
    assert ids(store, "inconnu") == []


@pytest.mark.parametrize("word", ["ingénieur", "INGÉNIEUR", "ingenieur", "inge\u0301nieur"])
def test_case_and_accents_do_not_matter(store: Store, word: str) -> None:
    store.put([profile("ana", "A", title="Ingénieur"), profile("bob", "B", title="inge\u0301nieur")])
    assert ids(store, word) == ["ana", "bob"]


@pytest.mark.parametrize(
    ("written", "asked"),
    [("UX/UI", "ui"), ("node.js", "js"), ("C++ et C#", "c"), ("e-mail", "mail"), ("OAuth2.0", "oauth2"), ("a_b", "b")],
)
def test_signs_part_words(store: Store, written: str, asked: str) -> None:
    store.put([profile("ana", "A", skills=written)])
    assert ids(store, asked) == ["ana"]
    assert ids(store, written) == ["ana"]


def test_the_title_outranks_the_skills_and_the_skills_the_body(store: Store) -> None:
    filler = {"title": "un deux", "skills": "trois quatre", "body": "cinq six"}
    store.put(
        [
            profile("in body", "A", **filler | {"body": "python six"}),
            profile("in skills", "B", **filler | {"skills": "python quatre"}),
            profile("in title", "C", **filler | {"title": "python deux"}),
            *(profile(f"other {number}", "D", **filler) for number in range(10)),
        ]
    )
    hits = store.search_text(Kind.PROFILE, "python")
    assert [hit.id for hit in hits] == ["in title", "in skills", "in body"]
    assert hits[0].score > hits[1].score > hits[2].score > 0


def test_equal_hits_come_by_id_and_the_limit_cuts_the_last(store: Store) -> None:
    store.put([profile(id_, "A", title="python") for id_ in ("cam", "ana", "éli", "Bob")])
    assert ids(store, "python") == ["Bob", "ana", "cam", "éli"]
    assert [hit.id for hit in store.search_text(Kind.PROFILE, "python", limit=2)] == ["Bob", "ana"]
    assert store.search_text(Kind.PROFILE, "python", limit=0) == []


def test_a_word_counts_what_it_weighs_by_where_and_how_often_it_stands(store: Store) -> None:
    store.put(
        [
            profile("ana", "A", title="python", skills="python", body="python python"),
            profile("bob", "A", body="python cobol"),
            profile("cam", "A", title="python", body="de la prose"),
        ]
    )
    even, weighed = (
        {hit.id: hit.score for hit in store.search_text(Kind.PROFILE, "python cobol", weigh=weights.__getitem__)}
        for weights in ({"python": 1.0, "cobol": 1.0}, {"python": 1.0, "cobol": 5.0})
    )
    times = {"ana": 10 + 4 + 1 + 1, "bob": 1, "cam": 10}
    shares = {name: times[name] / (times[name] + 1.2) for name in times}
    unit = even["cam"] / shares["cam"]
    assert even == pytest.approx({name: unit * shares[name] * (1 + (name == "bob")) for name in times}, rel=0.005)
    assert weighed["bob"] == pytest.approx(3 * even["bob"])
    assert [*weighed] == ["bob", "ana", "cam"]


def test_a_score_hangs_on_no_other_document(store: Store) -> None:
    store.put([profile("ana", "A", title="data scientist", body="python")])
    before = store.search_text(Kind.PROFILE, "data python")
    store.put([profile(f"other {number}", "A", title="data", body="long " * number) for number in range(9)])
    assert [hit for hit in store.search_text(Kind.PROFILE, "data python") if hit.id == "ana"] == before


def test_a_query_of_many_words_is_no_harm(store: Store) -> None:
    store.put([profile("ana", "A", title="mot0 mot1")])
    assert ids(store, " ".join(f"mot{number}" for number in range(400))) == ["ana"]


def test_a_search_sees_one_kind_only(store: Store) -> None:
    store.put([profile("1", "A", title="python"), posting("2", "A", title="python")])
    assert ids(store, "python") == ["1"]
    assert ids(store, "python", Kind.POSTING) == ["2"]


def test_a_search_follows_updates_and_deletes(store: Store) -> None:
    store.put([profile("ana", "A", title="python"), profile("bob", "B", title="python")])
    store.put([profile("ana", "B", title="cobol")])
    assert ids(store, "python") == ["bob"]
    store.put([profile("ana", "C")])
    assert ids(store, "cobol") == []
    store.delete(Kind.PROFILE, ["bob"])
    assert ids(store, "python") == []


@pytest.mark.no_cover  # others run the same lines; measured, it takes twice as long
@pytest.mark.parametrize("words", HOSTILE_WORDS, ids=lambda words: ascii(words)[:30])
def test_words_are_never_taken_for_orders(store: Store, words: str) -> None:
    store.put([profile("ana", "A", title="python sql"), profile("bob", "B", title="juriste")])
    assert set(ids(store, words)) <= {"ana", "bob"}
    assert ids(store, f"juriste {words}")[:1] != []
    assert store.count(Kind.PROFILE) == 2


@pytest.mark.no_cover  # others run the same lines; measured, it takes twice as long
@given(words=st.text(), written=st.text())
@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
def test_no_text_at_all_raises(store: Store, words: str, written: str) -> None:
    store.put([profile("ana", written or "A", title=written, body=words)])
    store.search_text(Kind.PROFILE, words)
    store.delete(Kind.PROFILE, ["ana"])


def test_texts_that_no_database_can_hold_are_stored_without_what_breaks_them(store: Store) -> None:
    store.put([profile("ana", "A", title="python\x00sql", skills="half \ud800")])
    assert ids(store, "sql") == ["ana"]
    assert ids(store, "half") == ["ana"]


def test_full_text_rows_come_back_as_they_were_written_by_ascending_id(store: Store) -> None:
    store.put(
        [
            profile("cam", "A", title="Élève", body="Où ?"),
            profile("ana", "A", skills="C++"),
            profile("bob", "A"),
            profile("dan", "A", title="", skills=""),
            posting("1", "A", title="autre"),
        ]
    )
    pages = [*store.full_text(Kind.PROFILE, batch=1)]
    assert pages == [[("ana", {"skills": "C++"})], [("cam", {"title": "Élève", "body": "Où ?"})]]
