"""Every number that the recipe depends on stands in one file, with a word on what it is."""

import ast
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any

import pytest

from models.train import hyperparameters

FOLDER = Path(hyperparameters.__file__).parent
MODULES = sorted(path for path in FOLDER.glob("*.py") if path.name != "hyperparameters.py")
NO_HYPERPARAMETERS = {
    ("__main__.py", "NO_DATA"): "an exit code",
    ("__main__.py", "NOT_MEASURED"): "an exit code",
    ("publish.py", "LIMIT_BYTES"): "what may ship, whatever was trained",
}
NO_SETTINGS = {
    0.0: "nothing",
    0.5: "an even chance",
    1.0: "one",
    1e-9: "no division by 0",
    1e3: "bytes of a kB",
    1e6: "bytes of a MB",
}
"""Fractions that may stand in a function."""


def _numbers(node: ast.AST) -> Iterator[int | float]:
    for one in ast.walk(node):
        if isinstance(one, ast.Constant) and isinstance(one.value, int | float) and not isinstance(one.value, bool):
            yield one.value


def test_no_other_module_of_the_recipe_holds_a_number_of_its_own() -> None:
    found = set()
    for path in MODULES:
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
            names = [one.id for one in targets if isinstance(one, ast.Name)]
            found |= {(path.name, name) for name in names if name.lstrip("_").isupper() and any(_numbers(node))}
    assert found == NO_HYPERPARAMETERS.keys(), "belongs into hyperparameters.py, or into this list with a reason"


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.name)
def test_no_function_of_the_recipe_holds_a_fraction_that_somebody_chose(path: Path) -> None:
    found = {number for number in _numbers(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(number, float)}
    assert found <= NO_SETTINGS.keys(), "belongs into hyperparameters.py, or into this list with a reason"


def test_the_whole_recipe_holds_every_group_of_hyperparameters() -> None:
    groups = {one for one in vars(hyperparameters).values() if isinstance(one, type) and is_dataclass(one)}
    assert {type(one) for one in _held(hyperparameters.Hyperparameters())} == groups


def _held(group: Any) -> Iterator[Any]:
    yield group
    for field in fields(group):
        if is_dataclass(inner := getattr(group, field.name)):
            yield from _held(inner)
