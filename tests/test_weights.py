"""The file of weights."""

from pathlib import Path

import pytest

from matcher.core.errors import UnreadableFile
from matcher.core.scoring import ASPECTS, Weights
from matcher.weights import SHIPPED, read_weights, written


def test_the_shipped_file_says_why_and_adds_up_to_one() -> None:
    text = SHIPPED.read_text(encoding="utf-8")
    assert text.startswith("# ")
    assert "docs/decisions/0016" in text
    assert sum(getattr(read_weights(), name) for name in ASPECTS) == pytest.approx(1.0)


def test_what_is_written_is_read_again(tmp_path: Path) -> None:
    weights = Weights().changed({"title": 0.2, "place": 0.4})
    path = tmp_path / "weights.toml"
    path.write_text(written(weights, ["why", "", "and how"]), encoding="utf-8")
    read = read_weights(path)
    assert [getattr(read, name) for name in ASPECTS] == pytest.approx(
        [getattr(weights, name) for name in ASPECTS], abs=1e-4
    )
    assert path.read_text(encoding="utf-8").startswith("# why\n#\n# and how\n[weights]\n")


FULL = "[weights]\n" + "\n".join(f"{name} = 1" for name in ASPECTS)


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("", "must name each of title"),
        ("[weights]\ntitle = 1", "must name each of title"),
        (f"{FULL}\nzorglub = 1", "and no other"),
        (FULL.replace("title = 1", 'title = "1"'), "title is no number"),
        (FULL.replace("title = 1", "title = true"), "title is no number"),
        (FULL.replace("title = 1", "title = -1"), "not negative"),
        (FULL.replace("title = 1", "title = nan"), "finite"),
        (FULL.replace("title = 1", "title = inf"), "finite"),
        (FULL.replace("title = 1", f"title = {'9' * 400}"), "finite"),
        (FULL.replace("title = 1", f"title = {'9' * 5000}"), "is no TOML file"),
        (FULL.replace("= 1", "= 0"), "not all zero"),
        ("weights = 1", "must name each of"),
        ("title = ", "is no TOML file"),
    ],
)
def test_a_file_that_makes_no_sense_is_refused_with_what_to_mend(tmp_path: Path, text: str, complaint: str) -> None:
    path = tmp_path / "weights.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(UnreadableFile, match=complaint):
        read_weights(path)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFile, match=r"gone\.toml"):
        read_weights(tmp_path / "gone.toml")
