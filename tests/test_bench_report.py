"""benchmarks/README.md and its plots are what the committed results say, and say all of it."""

import random
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks import plots, report
from benchmarks.pictures import pictures
from benchmarks.plots import Axis, Bar

MACHINE = {"date": "2026-11-24", "commit": "abc", "python": "3.11", "processor": "AMD EPYC", "cores": 2}
X, Y = Axis("profiles", is_log=True), Axis("ms", is_log=True)


def test_the_readme_and_the_plots_are_those_of_the_committed_results() -> None:
    expected = report.generate(report.results())
    drifted = [name for name, text in expected.items() if _read(report.FOLDER / name) != text]
    stale = {f"{report.PLOTS}/{path.name}" for path in (report.FOLDER / report.PLOTS).glob("*.svg")} - set(expected)
    assert (drifted, stale) == ([], set()), "run `make bench-report`"


def test_every_committed_result_is_shown_with_its_command_and_its_machine() -> None:
    text = report.generate(report.results())[report.README]
    for name, result in report.results().items():
        assert f"](results/{name}.json)" in text
        assert f"`{result['command']}`" in text
        assert str(result["machine"]["commit"]) in text


def test_every_plot_is_in_the_readme() -> None:
    text, *pictures = (files := report.generate(report.results())).values()
    assert pictures
    assert all(f"]({name})" in text for name in files if name != report.README)


def test_the_order_in_which_results_are_found_changes_nothing() -> None:
    found = report.results()
    names = random.sample(sorted(found), len(found))
    again = report.generate({name: found[name] for name in names})
    assert again == report.generate(found)


def test_a_result_that_is_not_there_is_left_out_and_one_that_nobody_planned_is_shown() -> None:
    text = report.generate(
        {"moon": {"machine": MACHINE, "command": "python -m moon", "phases": {"full": {"p50_ms": 2}}}}
    )
    readme = text[report.README]
    assert "## Latency" not in readme
    assert "## moon" in readme
    assert "| phases | p50 ms |\n| --- | ---: |\n| full | 2 |" in readme


def test_a_table_holds_the_rows_with_the_same_columns_and_a_line_what_stands_alone() -> None:
    found = {
        "seed": 7,
        "forum": {"postings": 300, "profiles": 20_000},
        "engine": {"suggestions": {"p50_ms": 1.25, "stages": {"rank": 0.5}}, "search": {"p50_ms": None}},
        "peers": [{"name": "a|b", "recall": 0.99999}, {"name": "c", "recall": [0.1, 0.2, 0.3, 0.4, 0.5]}],
    }
    assert list(report.tables(found)) == [
        "- **seed**: 7\n- **forum**: postings 300, profiles 20,000\n",
        "| engine | p50 ms |\n| --- | ---: |\n| suggestions | 1.25 |\n| search | — |\n",
        "| engine | rank |\n| --- | ---: |\n| suggestions · stages | 0.5 |\n",
        "| name | recall |\n| ---: | ---: |\n| a\\|b | 0.99999 |\n| c | 0.1, 0.2, 0.3, 0.4, … (5) |\n",
    ]


def test_units_are_written_as_readers_know_them() -> None:
    found = {"sizes": {"2000": {"put_us": 54.9, "peak_mb": 904}}}
    assert list(report.tables(found)) == [
        "| sizes | put µs | peak MB |\n| --- | ---: | ---: |\n| 2000 | 54.9 | 904 |\n"
    ]


def test_peers_have_one_table_a_size_and_a_hollow_dot_where_none_of_their_settings_finds_enough() -> None:
    def found(p50_ms: float, recall: float | None) -> dict[str, float | None]:
        return {"p50_ms": p50_ms, "p99_ms": None, "recall_at_10": recall, "questions": 200}

    conditions = {
        "none": {"ours": found(0.1, 1.0), "other 10": found(0.2, 0.5), "other 90": found(0.7, 0.99)},
        "random 5 %": {"ours": found(0.03, 1.0), "other 10": found(0.2, 0.5), "other 90": {"error": "it ended"}},
        "far 0.05 %": {"ours": found(0.01, None)},
    }
    result = {
        "machine": MACHINE,
        "command": "python -m benchmarks.peers",
        "k": 10,
        "peers": {"ours": {"setting": "", "versions": {}}, "other": {"setting": "ef {}", "versions": {"other": "1"}}},
        "left_out": {},
        "sizes": {
            "2000": {
                "left_out": {"third": "not installed"},
                "conditions": conditions,
                "best_peer": {"none": {"times_ours": 7.0}, "random 5 %": {"times_ours": 0.03}, "far 0.05 %": None},
                "best_filtering_peer": {"none": {"times_ours": 9.0}, "random 5 %": None, "far 0.05 %": None},
            }
        },
    }
    files = report.generate({"peers": result})
    assert set(files) == {report.README, "plots/peers-2000-random.svg", "plots/peers-2000-far.svg"}
    assert "| ours | 0.1 (1.000) | 0.03 (1.000) | 0.01 (—) |" in files[report.README]
    assert "| other 90 | 0.7 (0.990) | error | — |" in files[report.README]
    assert "| **the best peer's time over ours** | 7.0× | 0.03× | — |" in files[report.README]
    assert "| **of those that filter themselves** | 9.0× | — | — |" in files[report.README]
    assert "left out: third: not installed" in files[report.README]
    drawn = files["plots/peers-2000-random.svg"]
    assert "<title>other, no constraint: 0.7</title>" in drawn
    assert "<title>other, 5 % eligible: 0.2</title>" in drawn
    hollow = [one for one in ET.fromstring(drawn).iter(f"{{{plots.NAMESPACE}}}circle") if one.get("fill") == "none"]  # noqa: S314
    assert len(hollow) == 1


def test_a_percentile_that_is_not_told_at_some_rates_is_drawn_at_the_others() -> None:
    def figures(p99_ms: float | None) -> dict[str, float | None]:
        return {"requests_per_s": 1.0, "p50_ms": 1.0, "p99_ms": p99_ms, "p99.9_ms": None}

    http = {"200 requests/s": figures(None), "300 requests/s": figures(2.0), "450 requests/s": figures(7.0)}
    ((_, drawn),) = pictures("latency", {"http": http})
    assert drawn.count("<circle") == 5
    assert ">p99</" in drawn
    assert ">p99.9</" not in drawn


positive = st.floats(1e-4, 1e7)


@given(st.lists(st.tuples(positive, positive), min_size=1, max_size=9))
def test_every_point_lies_inside_its_plot_and_both_axes_have_ticks(points: list[tuple[float, float]]) -> None:
    for x, y in ((X, Y), (Axis("profiles"), Axis("ms"))):
        svg = ET.fromstring(plots.lines("a < b", {"one & two": points}, x=x, y=y))  # noqa: S314 - our own
        dots = [
            (float(dot.get("cx", "")), float(dot.get("cy", ""))) for dot in svg.iter(f"{{{plots.NAMESPACE}}}circle")
        ]
        assert len(dots) == len(points)
        bottom = plots.TOP + plots.PLOT_HEIGHT
        assert all(plots.LEFT - 1 <= one <= plots.WIDTH - plots.RIGHT + 1 for one, _ in dots)
        assert all(plots.TOP - 1 <= two <= bottom + 1 for _, two in dots)
        for anchor in ("middle", "end"):
            words = [text for text in svg.iter(f"{{{plots.NAMESPACE}}}text") if text.get("text-anchor") == anchor]
            assert len(words) >= 2


def test_plots_say_what_their_axes_are_and_are_the_same_each_time() -> None:
    given_bars = [Bar("ours", 0.5, (0.4, 0.6)), Bar("theirs", 0.2, colour=1)]
    made = plots.bars("quality", given_bars, axis=Axis("MRR"), legend=("this service", "others"))
    assert made == plots.bars("quality", given_bars, axis=Axis("MRR"), legend=("this service", "others"))
    for words in ("quality", "MRR", "this service", "others", "ours", "theirs", "0.5", "0.2"):
        assert f">{words}</" in made


def test_a_logarithmic_axis_refuses_what_it_cannot_show() -> None:
    with pytest.raises(ValueError, match="ms: a logarithmic axis has no place for 0"):
        plots.lines("", {"": [(1, 0)]}, x=X, y=Y)


def _read(path: Path) -> str:
    return path.read_text(encoding="utf-8") if path.is_file() else ""
