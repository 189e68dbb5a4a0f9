"""The comparison with peers: a known population, exact truth, and this project's own adapter."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from benchmarks import machine, report, tables
from benchmarks import population as made
from benchmarks.machine import RESULTS
from benchmarks.peers import __main__ as peers
from benchmarks.peers.catalogue import CONTROL, OURS, PEERS
from benchmarks.peers.libraries import Columns
from benchmarks.population import CONTRACT_SHARES, Constraint, conditions, population
from matcher import comparison

DOCUMENTS, ASKING = population(4000, 32, seed=7, questions=20)


def test_the_same_seed_makes_the_same_population() -> None:
    again, _ = population(4000, 32, seed=7, questions=20)
    other, _ = population(4000, 32, seed=8, questions=20)
    np.testing.assert_array_equal(again.vectors, DOCUMENTS.vectors)
    assert not np.array_equal(other.vectors, DOCUMENTS.vectors)
    np.testing.assert_allclose(np.linalg.norm(DOCUMENTS.vectors, axis=1), 1.0, rtol=1e-5)


def test_about_as_many_pass_a_constraint_as_it_says() -> None:
    documents, asking = population(60_000, 8, seed=1, questions=20)
    for name, constraints in conditions(asking).items():
        shares = [constraint.mask(documents).mean() for constraint in constraints]
        said = 1.0 if name == "none" else float(name.split()[1]) / 100
        assert np.median(shares) == pytest.approx(said, rel=0.35), name


def test_who_is_near_in_occupation_is_nearer_in_vectors_than_who_is_far() -> None:
    scores = ASKING.vectors @ DOCUMENTS.vectors.T
    asked = conditions(ASKING)
    near, far = (
        np.mean([scores[at, constraint.mask(DOCUMENTS)].mean() for at, constraint in enumerate(asked[name])])
        for name in ("near 5 %", "far 5 %")
    )
    assert near > far + 0.2


def test_a_list_of_contract_sets_says_the_same_as_bits() -> None:
    constraint = Constraint(contracts=0b010100)
    assert 0 not in constraint.contract_sets
    assert len(constraint.contract_sets) == 3 * 2 ** (len(CONTRACT_SHARES) - 2)
    np.testing.assert_array_equal(np.isin(DOCUMENTS.contracts, constraint.contract_sets), constraint.mask(DOCUMENTS))


def test_eligibility_by_bits_is_eligibility() -> None:
    columns = Columns(DOCUMENTS)
    for constraints in conditions(ASKING).values():
        mask = constraints[0].mask(DOCUMENTS)
        np.testing.assert_array_equal(columns.mask(constraints[0]), mask)
        np.testing.assert_array_equal(columns.rows(constraints[0]), np.flatnonzero(mask))


def test_a_saved_population_is_loaded_as_it_was(tmp_path: Path) -> None:
    DOCUMENTS.save(tmp_path)
    found = made.Documents.load(tmp_path)
    for name in DOCUMENTS.__dataclass_fields__:
        np.testing.assert_array_equal(getattr(found, name), getattr(DOCUMENTS, name))


@pytest.mark.parametrize("name", [OURS, CONTROL])
def test_an_exact_peer_has_all_of_the_truth(name: str, tmp_path: Path) -> None:
    peer = PEERS[name].load()(DOCUMENTS, tmp_path)
    scores = ASKING.vectors @ DOCUMENTS.vectors.T
    for constraints in conditions(ASKING).values():
        truth = peers.truth(scores, DOCUMENTS, constraints)
        for at, constraint in enumerate(constraints):
            answer = peer.search(ASKING.vectors[at], constraint, k=10, effort=0)
            assert len(answer) == truth.wanted[at]
            assert not answer or truth.recall(at, answer) == 1.0


def test_an_answer_that_is_not_eligible_is_a_failure() -> None:
    constraints = conditions(ASKING)["random 5 %"]
    truth = peers.truth(ASKING.vectors @ DOCUMENTS.vectors.T, DOCUMENTS, constraints)
    outside = int(np.flatnonzero(~truth.masks[0])[0])
    with pytest.raises(peers.Failed, match="not eligible"):
        truth.recall(0, [outside])
    inside = int(np.flatnonzero(truth.masks[0])[0])
    with pytest.raises(peers.Failed, match="twice"):
        truth.recall(0, [inside, inside])


def test_who_is_handed_the_rows_is_no_peer_that_filters() -> None:
    found = {
        "this project": {"p50_ms": 0.1, "recall_at_10": 1.0},
        "usearch exact": {"p50_ms": 0.2, "recall_at_10": 1.0},
        "hnswlib 64": {"p50_ms": 0.5, "recall_at_10": 1.0},
    }
    assert peers.best(found) == {"peer": "usearch exact", "p50_ms": 0.2, "times_ours": 2.0}
    assert peers.best(found, filtering=True) == {"peer": "hnswlib 64", "p50_ms": 0.5, "times_ours": 5.0}


def test_the_best_peer_is_the_fastest_of_those_that_find_enough() -> None:
    found: dict[str, dict[str, Any]] = {
        OURS: {"p50_ms": 2.0, "recall_at_10": 1.0},
        CONTROL: {"p50_ms": 0.5, "recall_at_10": 1.0},
        "careless": {"p50_ms": 1.0, "recall_at_10": 0.9},
        "careful": {"p50_ms": 3.0, "recall_at_10": 0.96},
        "slow": {"p50_ms": 9.0, "recall_at_10": 1.0},
        "broken": {"error": "it ended"},
    }
    assert peers.best(found) == {"peer": "careful", "p50_ms": 3.0, "times_ours": 1.5}
    assert peers.best({OURS: found[OURS], "careless": found["careless"]}) is None


def test_peers_are_measured_in_processes_of_their_own() -> None:
    found = peers.compare(300, [OURS, CONTROL], questions=8)
    assert set(found["build_s"]) == {OURS, CONTROL}
    assert found["left_out"] == {}
    for condition, measured in found["conditions"].items():
        for name in (OURS, CONTROL):
            assert measured[name]["questions"] == 8, condition
            assert measured[name]["recall_at_10"] in (1.0, None)
    result = {"k": peers.K, "left_out": {"absent": "not installed"}, "sizes": {"300": found}}
    assert "left out: absent: not installed" in peers.table(result)


def test_what_a_server_says_of_its_versions_counts_before_its_client_s_package() -> None:
    sizes: dict[str, dict[str, Any]] = {
        "2000": {"versions": {"pgvector exact": {"pgvector": "0.8.1", "PostgreSQL": "17.5"}}},
        "50000": {"versions": {}},
    }
    assert {"pgvector": "0.5.1"} | peers.told("pgvector exact", sizes) == {"pgvector": "0.8.1", "PostgreSQL": "17.5"}
    assert peers.told(OURS, sizes) == {}


def test_the_table_says_in_how_many_conditions_a_peer_is_faster_and_has_the_control() -> None:
    recorded = json.loads((RESULTS / "peers.json").read_text(encoding="utf-8"))
    best = recorded["sizes"]["50000"]["best_peer"]
    section = tables.SECTIONS["peers"](recorded)
    assert section
    faster = sum(one["times_ours"] < 1 for one in best.values())
    assert f"A peer is faster in {faster} of these {len(best)} conditions." in section.about
    assert section.table[0][-1] == "numpy (control), p50 ms"
    for one in best.values():
        one["times_ours"] = 2.0
    again = tables.SECTIONS["peers"](recorded)
    assert again
    assert "No peer is faster in any of these" in again.about


def test_without_the_size_that_is_told_nothing_is_told() -> None:
    recorded = json.loads((RESULTS / "peers.json").read_text(encoding="utf-8"))
    del recorded["sizes"]["50000"]
    assert tables.SECTIONS["peers"](recorded) is None


def test_of_few_questions_it_is_told_how_many() -> None:
    figures = {"p50_ms": 0.5, "recall_at_10": 1.0, "questions": 12}
    assert report._peer(figures) == "0.5 (1.000, 12 questions)"
    assert report._peer(figures | {"questions": 50}) == "0.5 (1.000)"
    assert tables._asked(figures) == "0.500 of 12 questions"


@pytest.mark.parametrize(
    "words", [["--sizes", "abc"], ["--sizes", "2000,"], ["--sizes", "0"], ["--queries", "0"], ["--only", "nobody"]]
)
def test_what_makes_no_sense_is_refused_before_anything_runs(words: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.argv", ["peers", *words])
    with pytest.raises(SystemExit) as stopped:
        peers.main()
    assert stopped.value.code == 2


def test_a_trial_leaves_the_committed_result_as_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "peers.json").write_text("{}")
    monkeypatch.setattr(machine, "RESULTS", tmp_path)
    monkeypatch.setattr("sys.argv", ["peers", "--sizes", "300", "--queries", "4", "--only", CONTROL])
    peers.main()
    assert (tmp_path / "peers.json").read_text() == "{}"
    found = json.loads((tmp_path / "peers-partial.json").read_text())
    assert found["command"] == f"python -m benchmarks.peers --sizes 300 --queries 4 --only {CONTROL}"
    assert [*found["sizes"]] == ["300"]


def test_our_own_row_has_the_engine_s_numbers() -> None:
    for number in (comparison.MANY, comparison.MANY_FLAT, comparison.SEEDS, comparison.SEEDS_FLAT):
        assert f"{number:,}" in PEERS[OURS].setting


def test_a_peer_that_is_not_installed_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    absent = {**PEERS, "absent": PEERS["hnswlib"].__class__("libraries:Hnswlib", ("no-such-package-anywhere",), "")}
    monkeypatch.setattr(peers, "PEERS", absent)
    versions, left_out = peers.installed([CONTROL, "absent"])
    assert set(versions) == {CONTROL}
    assert left_out == {"absent": "not installed: no-such-package-anywhere"}


def test_every_adapter_is_there_without_its_package() -> None:
    for name, peer in PEERS.items():
        assert callable(peer.load()), name
