"""The mean reciprocal rank on tasks that were worked out by hand."""

from collections.abc import Sequence

import numpy as np
import pytest

from matcher.core.ports import Vectors
from models.train import evaluation
from models.train.hyperparameters import ValidationParameters
from models.train.validation import Task

ROWS = {"a": (1.0, 0.0), "b": (0.8, 0.6), "c": (0.6, 0.8), "d": (0.0, 1.0), "d again": (0.0, 1.0)}
CORPUS = ("a", "b", "c", "d")


def _encode(texts: Sequence[str]) -> Vectors:
    return np.array([ROWS[text] for text in texts], dtype=np.float32)


def test_the_rank_counts_from_the_best_right_answer_and_not_oneself() -> None:
    asks = Task("asks", ("a",), CORPUS, (frozenset({2, 3}),))
    alone = Task("alone", ("a",), CORPUS, (frozenset({2}),), own=(0,))
    empty = Task("empty", (), CORPUS, ())
    found = evaluation.measure(_encode, [asks, alone, empty], ValidationParameters(depth=10))
    assert found == pytest.approx({"asks": 1 / 3, "alone": 1 / 2, "mean": 5 / 12})


def test_what_is_as_near_is_not_before_what_is_right_and_what_is_too_far_counts_nothing() -> None:
    corpus = ("d", "a", "d again")
    tasks = [Task(str(right), ("d",), corpus, (frozenset({right}),)) for right in range(3)]
    found = evaluation.measure(_encode, tasks, ValidationParameters(depth=2))
    assert {name: found[name] for name in "012"} == {"0": 1, "1": 0, "2": 1}


def test_the_figures_are_those_of_counting_what_is_nearer() -> None:
    chance = np.random.default_rng(3)
    rows = chance.normal(size=(400, 8)).astype(np.float32)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    texts = tuple(map(str, range(len(rows))))
    right = tuple(frozenset(chance.choice(len(rows), 3, replace=False).tolist()) for _ in range(50))
    task = Task("any", texts[:50], texts, right, own=tuple(range(50)))
    scores = rows[:50] @ rows.T
    scores[np.arange(50), np.arange(50)] = -1
    ranks = [1 + (row > row[list(one)].max()).sum() for row, one in zip(scores, right, strict=True)]
    found = evaluation.measure(
        lambda asked: rows[[int(text) for text in asked]], [task], ValidationParameters(depth=400)
    )
    assert found["any"] == pytest.approx(np.mean(1 / np.array(ranks)))
