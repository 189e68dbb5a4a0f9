"""Texts to concepts: exact names on the shipped table, nearness and confidence on a small one."""

import gzip
import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from matcher.core.errors import ModelUnavailable
from matcher.core.ports import Linker as Port
from matcher.stages.text import neutral
from models import concepts, linker
from models.catalogue import ENTRIES
from models.concepts import Concept
from models.linker import FEATURES, Calibration, Linker, probe
from tests.fakes import FakeEncoder

BAKER = Concept("uri:baker", "occupation", "boulanger", "baker", ("boulanger", "artisan boulanger"), ("baker",))
DRIVER = Concept("uri:driver", "occupation", "chauffeur de camion", "truck driver", ("chauffeur de camion",), ())
BREAD = Concept("uri:bread", "skill", "cuire du pain", "bake bread", ("cuire du pain",), ("bake bread",))
BREADS = Concept("uri:breads", "skill", "cuire des pains", "bake breads", ("cuire des pains",), ("bake bread daily",))
GO = Concept("lexicon:go", "technology", "Go", "Go", ("Go", "golang"), ())
SMALL = [BAKER, DRIVER, BREAD, BREADS, GO]


def _calibration(encoder: FakeEncoder, *, probes: Sequence[float] | None = None) -> Calibration:
    """Confident from a score of 0.4 on, a cosine of 0.7 with a concept's one name, and more so the farther the next."""
    weights = dict.fromkeys(FEATURES, 0.0) | {"score": 20.0, "margin": 4.0}
    families = ("occupation", "skill", "code")
    return Calibration(
        weights={name: list(weights.values()) for name in families},
        intercepts=dict.fromkeys(families, -8.0),
        exact=dict.fromkeys(families, 0.95),
        shared=dict.fromkeys(families, 0.45),
        thresholds=dict.fromkeys(families, 0.5),
        probes=probe(encoder) if probes is None else probes,
    )


@pytest.fixture
def small() -> Linker:
    encoder = FakeEncoder(dimension=64)
    return Linker(SMALL, encoder=encoder, neutral=neutral, calibration=_calibration(encoder))


@pytest.fixture(scope="module")
def shipped() -> list[Concept]:
    return concepts.read(neutral)


@pytest.fixture(scope="module")
def names(shipped: list[Concept]) -> Linker:
    """The shipped table, for exact names: nothing is encoded for them."""
    return Linker(shipped, encoder=FakeEncoder(), neutral=neutral, calibration=_calibration(FakeEncoder()))


def _ids(linking: Linker, *texts: str, kind: str) -> list[str | None]:
    return [links[0].id if links else None for links in linking.link(texts, kind=kind)]


def test_it_is_what_the_engine_s_port_asks_for(small: Linker) -> None:
    port: Port = small
    (link,) = port.link(["Boulangère"], kind="occupation")[0]
    assert (link.id, link.label_fr, link.label_en, link.confidence) == ("uri:baker", "boulanger", "baker", 0.95)


def test_a_name_is_found_whatever_its_gender_case_and_accents(small: Linker) -> None:
    texts = ("BOULANGER", "boulangère", "Boulanger·ère", "Boulanger (H/F)", "artisane boulangère", "Baker")
    assert _ids(small, *texts, kind="occupation") == ["uri:baker"] * len(texts)


@pytest.mark.parametrize("kind", ["occupation", "skill"])
def test_a_soft_hyphen_does_not_hide_a_name(small: Linker, kind: str) -> None:
    links = {"occupation": "bou\u00adlanger", "skill": "cuire du\u00ad pain"}
    (found,) = small.link([links[kind]], kind=kind)
    assert [link.confidence for link in found] == [0.95]


def test_a_text_near_a_name_goes_to_its_concept_with_less_confidence(small: Linker) -> None:
    exact, near = (links[0] for links in small.link(["chauffeur de camion", "chauffeur camion"], kind="occupation"))
    assert near.id == exact.id == "uri:driver"
    assert near.confidence >= 0.5
    assert near.surface == "chauffeur de camion"


def test_what_names_nothing_gets_none(small: Linker) -> None:
    assert small.link(["zanzibar", "Jean Dupont", "", "  ", "!!!", "2021"]) == [[]] * 6


def test_no_text_gives_no_answer(small: Linker) -> None:
    assert small.link([]) == []


def test_an_ambiguous_name_counts_only_as_it_is_written(small: Linker) -> None:
    assert _ids(small, "Go", "go", "GO", "golang", "Golang", kind="skill") == [
        *("lexicon:go", None, None, "lexicon:go", "lexicon:go"),
    ]


def test_a_second_concept_as_near_makes_it_less_sure() -> None:
    encoder = FakeEncoder(dimension=64)
    twin = Concept("uri:twin", "skill", "faire cuire du pain", "", ("faire cuire du pain",), ())
    alone, beside = (
        Linker(table, encoder=encoder, neutral=neutral, calibration=_calibration(encoder)).link(
            ["cuire le pain du jour"], kind="skill"
        )[0]
        for table in ([BREAD], [BREAD, twin])
    )
    assert alone[0].id == "uri:bread"
    assert not beside or beside[0].confidence < alone[0].confidence


def test_two_near_names_of_a_concept_go_before_one_that_is_nearer() -> None:
    names = ("conduire bus nuit", "piloter bus nuit")
    nearer = Concept("uri:nearer", "skill", "bus nuit express rapide", "", ("bus nuit express rapide",), ())
    meant = Concept("uri:meant", "skill", names[0], "", names, ())
    linking = Linker([nearer, meant, BREAD], encoder=FakeEncoder(dimension=64), neutral=neutral, calibration=None)
    (candidate,) = linking.candidates(["bus nuit express"], kind="skill")
    assert candidate is not None
    assert candidate.concept.id == "uri:meant"
    assert candidate.surface in names


def test_the_features_say_how_a_text_is_spelled() -> None:
    linking = Linker(SMALL, encoder=FakeEncoder(dimension=64), neutral=neutral, calibration=None)
    texts = ["camion", "chauffeur de camion zélé", "camion zélé", "boulanger zélé"]
    found = linking.candidates(texts, kind="occupation")
    spelled = [
        {name: one.features[FEATURES.index(name)] for name in ("within", "holds", "head", "unknown")}
        for one in found
        if one is not None
    ]
    assert spelled == [
        {"within": 1.0, "holds": 0.0, "head": 0.0, "unknown": 0.0},
        {"within": 0.0, "holds": 1.0, "head": 1.0, "unknown": 0.25},
        {"within": 0.0, "holds": 0.0, "head": 0.0, "unknown": 0.5},
        {"within": 0.0, "holds": 1.0, "head": 1.0, "unknown": 0.5},
    ]


@pytest.mark.parametrize("names", [1, 31, 40, 511, 512, 1000, 5003])
def test_the_nearest_names_are_those_that_sorting_all_finds(names: int) -> None:
    cosines = np.random.default_rng(names).standard_normal(names, dtype=np.float32) / np.float32(4)
    cosines[:: names // 7 + 1] = cosines.max()  # equals too
    places, near = linker.nearest(cosines)
    rounded = cosines.astype(np.float64).round(linker.SAME_NEARNESS)
    expected = np.argsort(-rounded, kind="stable")[: linker.NEAREST]
    assert places.tolist() == expected.tolist()
    assert near.tolist() == cosines[expected].tolist()


def test_a_name_of_several_concepts_has_a_confidence_of_its_own() -> None:
    encoder = FakeEncoder()
    other = Concept("uri:other", "skill", "pain", "", ("pain", "cuire du pain"), ())
    same = Concept("uri:same", "skill", "cuire du pain", "", ("cuire du pain",), ())
    linking = Linker([BREAD, other, same], encoder=encoder, neutral=neutral, calibration=_calibration(encoder))
    (candidate,) = linking.candidates(["cuire du pain"], kind="skill")
    assert candidate is not None
    assert (candidate.concept.id, candidate.shared) == ("uri:bread", True)
    assert linking.link(["cuire du pain"], kind="skill") == [[]]
    linking = Linker([other, BREAD], encoder=encoder, neutral=neutral, calibration=_calibration(encoder))
    assert _ids(linking, "cuire du pain", kind="skill") == ["uri:bread"], "a preferred name goes before another one"


def test_of_the_concepts_with_a_name_the_lexicon_s_goes_first() -> None:
    encoder = FakeEncoder()
    theirs = [
        Concept(f"uri:{name}", "occupation", name, "", (name, "chief baker"), ()) for name in ("pastry cook", "baker")
    ]
    ours = Concept("lexicon:head", "occupation", "head baker", "", ("head baker", "chief baker"), ())
    lending = Concept("lexicon:baker", "occupation", "baker", "", ("baker", "chief baker"), ())
    for entry, expected in ((ours, "lexicon:head"), (lending, "uri:baker")):
        table = concepts.merged(theirs, [entry])
        linking = Linker(table, encoder=encoder, neutral=neutral, calibration=_calibration(encoder))
        assert _ids(linking, "Chief baker", kind="occupation") == [expected]
    linking = Linker(theirs, encoder=encoder, neutral=neutral, calibration=_calibration(encoder))
    assert _ids(linking, "Chief baker", kind="occupation") == [None], "of two equals neither is sure"


def test_a_label_s_halves_for_a_man_and_a_woman_go_before_alternative_names() -> None:
    encoder = FakeEncoder()
    steward = Concept("uri:steward", "occupation", "steward", "steward/stewardess", ("steward",), ("stewardess",))
    ship = Concept("uri:ship", "occupation", "hôte", "", ("hôte", "stewardess"), ())
    linking = Linker([ship, steward], encoder=encoder, neutral=neutral, calibration=_calibration(encoder))
    assert _ids(linking, "Stewardess", kind="occupation") == ["uri:steward"]


def test_a_short_word_that_no_name_has_is_compared_with_none(small: Linker) -> None:
    found = small.candidates(["bou", "PACA", "pain", "pain bio", "boula"], kind="skill")
    assert [one is not None for one in found] == [False, False, True, True, True]


def test_without_a_kind_each_family_answers_and_the_surest_comes_first(small: Linker) -> None:
    (links,) = small.link(["cuire pain boulanger"])
    assert [link.confidence for link in links] == sorted((link.confidence for link in links), reverse=True)
    (links,) = small.link(["Boulanger"])
    assert [link.kind for link in links] == ["occupation"]


def test_the_same_text_gets_the_same_answer_alone_and_in_a_batch(small: Linker) -> None:
    texts = ["chauffeur camion", "boulanger", "du pain", "conduire un camion", "go"] * 60
    together = small.link(texts)
    assert together == [small.link([text])[0] for text in texts]


def test_an_unknown_kind_is_refused_by_name(small: Linker) -> None:
    with pytest.raises(ValueError, match="'company' is no kind of concept: use one of occupation, skill, code, term"):
        small.link(["Boulanger"], kind="company")


def test_another_encoder_than_the_fitted_one_is_refused() -> None:
    encoder = FakeEncoder()
    wrong = _calibration(encoder, probes=[-1.0, -1.0, -1.0, -1.0])
    linking = Linker(SMALL, encoder=encoder, neutral=neutral, calibration=wrong)
    assert _ids(linking, "Boulanger", kind="occupation") == ["uri:baker"], "an exact name needs no encoder"
    with pytest.raises(ModelUnavailable, match=r"models\.train\.calibrate --data DIR fits them anew"):
        linking.link(["chauffeur camion"], kind="occupation")


@pytest.mark.no_cover  # others run the same lines; measured, it takes twice as long
@pytest.mark.parametrize(
    ("one", "other", "kind"),
    [
        ("développeuse web", "web developer", "occupation"),
        ("Conducteur de poids lourd", "truck driver", "occupation"),
        ("délégué à la protection des données", "DPO", "occupation"),
        ("RSSI", "chief information security officer", "occupation"),
        ("apprentissage automatique", "machine learning", "skill"),
        ("Kubernetes", "k8s", "skill"),
        ("langage Python", "Python (computer programming)", "skill"),
        ("Bûcheronne", "BUCHERON", "code"),
        ("CTO", "directeur technique", "occupation"),
        ("CISO", "RSSI", "occupation"),
        ("PMO", "project management officer", "occupation"),
        ("sysadmin", "administratrice système", "occupation"),
        ("Ingénieure réseau", "ingénieur réseaux", "occupation"),
        ("product designer", "UX/UI designer", "occupation"),
        ("Sage-femme", "midwife", "occupation"),
        ("Sage-femme", "homme sage-femme", "code"),
        ("actress", "acteur", "occupation"),
        ("nun", "moine", "occupation"),
    ],
)
def test_two_names_in_the_shipped_table_are_one_concept(names: Linker, one: str, other: str, kind: str) -> None:
    first, second = _ids(names, one, other, kind=kind)
    assert first is not None
    assert first == second


@pytest.mark.parametrize("text", ["C", "R", "Go", "Word", "Express", "IA", "C#", "C++"])
def test_short_names_are_known_as_they_are_written(names: Linker, text: str) -> None:
    assert _ids(names, text, kind="skill") != [None]


@pytest.mark.parametrize(
    "text",
    [
        *("c", "r", "go", "GO", "word", "express", "EXPRESS", "ia", "spring", "rest"),
        *("Paris", "PARIS", "camembert", "Camembert", "Moulins"),
    ],
)
def test_words_of_a_sentence_are_no_tools(names: Linker, text: str) -> None:
    assert _ids(names, text, kind="skill") == [None]


def test_a_language_does_not_go_for_all_programming(names: Linker) -> None:
    assert _ids(names, "Bash", "OCaml", kind="skill") == ["lexicon:bash-shell", "lexicon:ocaml"]


def test_the_shipped_table_has_all_kinds_and_says_whose_it_is(shipped: list[Concept]) -> None:
    kinds = {kind: sum(one.kind == kind for one in shipped) for kind in ("occupation", "skill", "code")}
    assert kinds["occupation"] > 3000
    assert kinds["skill"] > 13_000
    assert kinds["code"] == 1584
    assert concepts.TABLE.stat().st_size < 3_000_000
    heading = gzip.decompress(concepts.TABLE.read_bytes())[:1000].decode()
    assert "European Union, CC BY 4.0" in heading
    assert "France Travail, Licence Ouverte 2.0" in heading


def test_the_lexicon_is_read_from_its_own_file(shipped: list[Concept]) -> None:
    assert b"lexicon:" not in gzip.decompress(concepts.TABLE.read_bytes())
    assert any(one.id == "lexicon:fastapi" for one in shipped)


def test_a_table_is_written_as_it_is_read_and_always_the_same(tmp_path: Path) -> None:
    path, again = tmp_path / "one.tsv.gz", tmp_path / "two.tsv.gz"
    for file in (path, again):
        concepts.write(SMALL, file, heading="first\nsecond")
    assert path.read_bytes() == again.read_bytes()
    lexicon = tmp_path / "lexicon.tsv"
    lexicon.write_text("id\tkind\tfr\ten\tother\nbaking\tmethod\tcuisson\tbaking\tcuisson du pain\n", encoding="utf-8")
    found = concepts.read(neutral, table=path, lexicon=lexicon)
    assert found[:-1] == SMALL
    assert found[-1].id == "lexicon:baking"


def test_the_lexicon_lends_its_names_to_the_concept_with_its_label() -> None:
    same = Concept(
        "lexicon:driver", "occupation", "chauffeur de camion", "lorry driver", ("chauffeur de camion", "routier")
    )
    found = concepts.merged(SMALL, [same])
    assert [one.id for one in found] == [one.id for one in SMALL]
    assert "routier" in found[1].forms


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (None, "is missing: install it again, or python -m models.train.taxonomy"),
        (b"", "has not the columns id, kind"),
        (b"no gzip", "is damaged"),
        (gzip.compress(b"id\tkind\tfr\n", mtime=0), "has not the columns"),
        (
            gzip.compress(b"id\tkind\tfr\ten\tforms_fr\tforms_en\nA\tplanet\ta\tb\tc\td\n", mtime=0),
            "concept 1 cannot be read",
        ),
        (gzip.compress(b"id\tkind\tfr\ten\tforms_fr\tforms_en\nA\tskill\n", mtime=0), "concept 1 cannot be read"),
        (gzip.compress(b"\xff\xfe" * 40, mtime=0), "is damaged"),
    ],
)
def test_a_missing_or_damaged_table_says_how_to_mend_it(tmp_path: Path, damage: bytes | None, said: str) -> None:
    table = tmp_path / "concepts.tsv.gz"
    if damage is not None:
        table.write_bytes(damage)
    with pytest.raises(ModelUnavailable, match=said):
        concepts.read(neutral, table=table)


def test_a_truncated_table_is_refused(tmp_path: Path) -> None:
    table = tmp_path / "concepts.tsv.gz"
    table.write_bytes(concepts.TABLE.read_bytes()[:100_000])
    with pytest.raises(ModelUnavailable, match="is damaged"):
        concepts.read(neutral, table=table)


@pytest.mark.parametrize("damage", [None, "", "[]", "{}", '{"families": {"skill": {}}, "probes": []}'])
def test_a_missing_or_damaged_calibration_says_how_to_mend_it(tmp_path: Path, damage: str | None) -> None:
    path = tmp_path / "calibration.json"
    if damage is not None:
        path.write_text(damage, encoding="utf-8")
    with pytest.raises(ModelUnavailable, match=r"`python -m models\.train\.calibrate --data DIR` makes it"):
        Calibration.read(path)


def test_the_shipped_calibration_says_what_it_is() -> None:
    found = Calibration.read()
    assert set(found.weights) == {"occupation", "skill", "code"}
    assert all(0.2 <= least < 1 for least in found.thresholds.values())
    assert all(found.weights[kind][FEATURES.index("score")] > 0 for kind in found.weights)
    assert json.loads(linker.CALIBRATION.read_text(encoding="utf-8"))["about"]


@pytest.mark.no_cover  # others run the same lines; measured, it takes twice as long
@pytest.mark.skipif(linker.ENCODER not in ENTRIES, reason="the static model is not in the catalogue yet")
def test_the_shipped_linker_links_in_both_languages_and_says_none() -> None:
    linking = Linker.load(neutral=neutral)
    french, english, person = linking.link(["scientifique de données", "beekeepers", "Jean Dupont"], kind="occupation")
    assert (french[0].label_en, english[0].label_fr) == ("data scientist", "apiculteur")
    assert 0.5 < french[0].confidence < 1
    assert person == []


@pytest.mark.no_cover  # others run the same lines; measured, it takes twice as long
@pytest.mark.skipif(linker.ENCODER not in ENTRIES, reason="the static model is not in the catalogue yet")
def test_how_well_a_skill_is_known_does_not_matter_to_a_link() -> None:
    linking = Linker.load(neutral=neutral)
    plain, levels = linking.link(["Excel", "Excel avancé"], kind="skill")
    assert plain == levels
    assert plain[0].id == "lexicon:excel"
