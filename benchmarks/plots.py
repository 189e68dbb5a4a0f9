"""Plots as SVG, drawn with the standard library: the same figures give the same bytes, so a test can compare them.

No background, and colours of middling lightness: they are legible on a light page and on a dark one.
"""

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from xml.etree import ElementTree as ET

Point = tuple[float, float]

NAMESPACE = "http://www.w3.org/2000/svg"
WIDTH, PLOT_HEIGHT = 760, 300
LEFT, RIGHT, TOP, BOTTOM = 70, 20, 58, 48
ROW_HEIGHT, VALUE_WIDTH = 24, 70
INK, FAINT, EDGE = "#7d8590", "#7d859055", "#565d66"
COLOURS = ("#3d8bfd", "#e0701a", "#2f9e5b", "#c254b5", "#b59a00", "#1a9fa8", "#e5534b", "#8a70d6")
CHARACTER_PX = 6.6
"""The width of a character of 12 px, about: there is no font here to ask."""


@dataclass(frozen=True, slots=True)
class Axis:
    """What an axis shows, with its unit."""

    label: str
    is_log: bool = False
    start: float | None = None
    """Where it begins; None is below the lowest value, at 0 where that is linear."""


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar, with an interval where there is one."""

    label: str
    value: float
    interval: tuple[float, float] | None = None
    colour: int = 0
    """Its place among the colours; the legend's is the same."""


@dataclass(frozen=True, slots=True)
class Dot:
    """One value in a row of dots."""

    value: float
    colour: int = 0
    is_hollow: bool = False


def lines(title: str, series: Mapping[str, Sequence[Point]], *, x: Axis, y: Axis) -> str:
    """Draw one line a series through its points, left to right."""
    plot = _Plot.over([point for points in series.values() for point in points], title, x, y)
    _legend(plot.svg, list(series))
    for (name, points), colour in zip(series.items(), _colours(), strict=False):
        path = " ".join(f"{plot.across(one):.1f},{plot.up(two):.1f}" for one, two in sorted(points))
        _element(plot.svg, "polyline", points=path, fill="none", stroke=colour, stroke_width="2")
        for one, two in points:
            drawn = _circle(plot.svg, plot.across(one), plot.up(two), 3, colour, stroke=colour)
            _element(drawn, "title").text = f"{name}: {_short(one)}, {_short(two)}"
    return _text_of(plot.svg)


def bars(title: str, given: Sequence[Bar], *, axis: Axis, legend: Sequence[str] = ()) -> str:
    """Draw horizontal bars, the first on top, each with its value."""
    ends = [max(bar.value, *(bar.interval or (0.0,))) for bar in given]
    values = [*(bar.value for bar in given), *ends]
    svg, scale, left, top = _rows(title, [bar.label for bar in given], values, axis=axis, legend=legend)
    for place, (bar, end) in enumerate(zip(given, ends, strict=True)):
        middle = top + ROW_HEIGHT * (place + 0.5)
        _rectangle(svg, left, middle - 8, scale(bar.value) - left, 16, COLOURS[bar.colour % len(COLOURS)])
        if bar.interval:
            _interval(svg, scale(bar.interval[0]), scale(bar.interval[1]), middle)
        _words(svg, scale(end) + 6, middle + 4, f"{bar.value:.3g}")
    return _text_of(svg)


def dots(title: str, rows: Mapping[str, Sequence[Dot]], *, axis: Axis, legend: Sequence[str]) -> str:
    """Draw a row of dots a name, the first on top; hollow ones are those that something is held against."""
    values = [dot.value for row in rows.values() for dot in row]
    svg, scale, _, top = _rows(title, list(rows), values, axis=axis, legend=legend)
    for place, (name, row) in enumerate(rows.items()):
        middle = top + ROW_HEIGHT * (place + 0.5)
        for dot in row:
            colour = COLOURS[dot.colour % len(COLOURS)]
            drawn = _circle(svg, scale(dot.value), middle, 5, "none" if dot.is_hollow else colour, stroke=colour)
            _element(drawn, "title").text = f"{name}, {legend[dot.colour]}: {_short(dot.value)}"
    return _text_of(svg)


def _rows(
    title: str, labels: Sequence[str], values: Sequence[float], *, axis: Axis, legend: Sequence[str]
) -> tuple[ET.Element, "_Scale", float, float]:
    """Draw what bars and dots stand in; return it with the scale, where the rows begin on the left, and on top."""
    top = TOP if legend else TOP - 20
    bottom = top + ROW_HEIGHT * len(labels)
    left = 20 + CHARACTER_PX * max(len(label) for label in labels)
    svg = _svg(title, bottom + BOTTOM)
    _legend(svg, legend)
    scale = _Scale.over(values, axis, left, WIDTH - VALUE_WIDTH)
    for tick in scale.ticks():
        _line(svg, scale(tick), top, scale(tick), bottom, FAINT)
        _words(svg, scale(tick), bottom + 16, _short(tick), anchor="middle")
    _words(svg, (left + WIDTH - VALUE_WIDTH) / 2, bottom + 36, axis.label, anchor="middle")
    for place, label in enumerate(labels):
        _words(svg, left - 8, top + ROW_HEIGHT * (place + 0.5) + 4, label, anchor="end")
    return svg, scale, left, top


@dataclass(frozen=True, slots=True)
class _Scale:
    """Values to pixels."""

    low: float
    high: float
    is_log: bool
    first_px: float
    last_px: float

    @classmethod
    def over(cls, values: Sequence[float], axis: Axis, first_px: float, last_px: float) -> "_Scale":
        """Return a scale that all values lie on, a logarithmic one from tick to tick."""
        low, high = min(values), max(values)
        if axis.is_log:
            if low <= 0:
                raise ValueError(f"{axis.label}: a logarithmic axis has no place for {low}")
            low = axis.start or _rounded(low, down=True)
            return cls(low, max(_rounded(high, down=False), low * 2.5), axis.is_log, first_px, last_px)
        low = min(low, 0.0) if axis.start is None else axis.start
        return cls(low, high + (high - low or 1.0) * 0.04, axis.is_log, first_px, last_px)

    def __call__(self, value: float) -> float:
        low, high, at = (math.log(one) if self.is_log else one for one in (self.low, self.high, value))
        return self.first_px + (at - low) / (high - low) * (self.last_px - self.first_px)

    def ticks(self) -> list[float]:
        """Return round values: 1, 2 and 5 of each decade (its 1 alone where there are many), or some six in steps."""
        if self.is_log:
            decades = range(math.floor(math.log10(self.low)), math.ceil(math.log10(self.high)) + 1)
            of_each = (1, 2, 5) if len(decades) <= 4 else (1,)
            found = [part * 10.0**decade for decade in decades for part in of_each]
        else:
            step = _rounded((self.high - self.low) / 6, down=False)
            found = [step * place for place in range(math.ceil(self.low / step), math.floor(self.high / step) + 1)]
        return [tick for tick in found if self.low * 0.999 <= tick <= self.high * 1.001]


@dataclass(frozen=True, slots=True)
class _Plot:
    """A drawn frame with both axes, ready for what is plotted."""

    svg: ET.Element
    across: Callable[[float], float]
    up: Callable[[float], float]

    @classmethod
    def over(cls, points: Sequence[Point], title: str, x: Axis, y: Axis) -> "_Plot":
        bottom = TOP + PLOT_HEIGHT
        svg = _svg(title, bottom + BOTTOM)
        across = _Scale.over([one for one, _ in points], x, LEFT, WIDTH - RIGHT)
        up = _Scale.over([two for _, two in points], y, bottom, TOP)
        for tick in across.ticks():
            _line(svg, across(tick), TOP, across(tick), bottom, FAINT)
            _words(svg, across(tick), bottom + 16, _short(tick), anchor="middle")
        for tick in up.ticks():
            _line(svg, LEFT, up(tick), WIDTH - RIGHT, up(tick), FAINT)
            _words(svg, LEFT - 6, up(tick) + 4, _short(tick), anchor="end")
        _words(svg, (LEFT + WIDTH - RIGHT) / 2, bottom + 36, x.label, anchor="middle")
        turned = _words(svg, 0, 0, y.label, anchor="middle")
        turned.set("transform", f"translate(16 {TOP + PLOT_HEIGHT / 2:.1f}) rotate(-90)")
        return cls(svg, across, up)


def _svg(title: str, height: float) -> ET.Element:
    svg = ET.Element(
        "svg",
        {
            "xmlns": NAMESPACE,
            "viewBox": f"0 0 {WIDTH} {height:.0f}",
            "width": str(WIDTH),
            "height": f"{height:.0f}",
            "font-family": "system-ui, sans-serif",
            "font-size": "12",
            "role": "img",
        },
    )
    _element(svg, "title").text = title
    _words(svg, 8, 18, title).set("font-weight", "600")
    return svg


def _legend(svg: ET.Element, names: Sequence[str]) -> None:
    left = 8.0
    for name, colour in zip(names, _colours(), strict=False):
        _rectangle(svg, left, 31, 10, 10, colour)
        _words(svg, left + 15, 40, name)
        left += 33 + CHARACTER_PX * len(name)


def _circle(svg: ET.Element, x: float, y: float, radius: float, fill: str, *, stroke: str) -> ET.Element:
    return _element(
        svg, "circle", cx=f"{x:.1f}", cy=f"{y:.1f}", r=f"{radius}", fill=fill, stroke=stroke, stroke_width="2"
    )


def _rectangle(svg: ET.Element, x: float, y: float, width: float, height: float, colour: str) -> None:
    place = {"x": f"{x:.1f}", "y": f"{y:.1f}", "width": f"{width:.1f}", "height": f"{height:.1f}"}
    _element(svg, "rect", **place, fill=colour, fill_opacity="0.75")


def _interval(svg: ET.Element, first: float, last: float, middle: float) -> None:
    _line(svg, first, middle, last, middle, EDGE)
    for end in (first, last):
        _line(svg, end, middle - 4, end, middle + 4, EDGE)


def _line(svg: ET.Element, x1: float, y1: float, x2: float, y2: float, stroke: str) -> None:
    _element(svg, "line", x1=f"{x1:.1f}", y1=f"{y1:.1f}", x2=f"{x2:.1f}", y2=f"{y2:.1f}", stroke=stroke)


def _words(svg: ET.Element, x: float, y: float, text: str, *, anchor: str = "start") -> ET.Element:
    found = _element(svg, "text", x=f"{x:.1f}", y=f"{y:.1f}", fill=INK, text_anchor=anchor)
    found.text = text
    return found


def _element(parent: ET.Element, tag: str, **attributes: str) -> ET.Element:
    return ET.SubElement(parent, tag, {name.replace("_", "-"): value for name, value in attributes.items()})


def _text_of(svg: ET.Element) -> str:
    ET.indent(svg)
    return ET.tostring(svg, encoding="unicode") + "\n"


def _colours() -> Iterator[str]:
    while True:
        yield from COLOURS


def _rounded(value: float, *, down: bool) -> float:
    """Return the next of 1, 2 and 5 times a power of ten."""
    decade = 10.0 ** math.floor(math.log10(value))
    steps = [part * decade for part in (1, 2, 5, 10)]
    if down:
        return max(step for step in steps if step <= value * (1 + 1e-9))
    return min(step for step in steps if step >= value * (1 - 1e-9))


def _short(value: float) -> str:
    """Write a number for a tick: 1M, 50k, 300, 0.05."""
    for unit, name in ((1e6, "M"), (1e3, "k")):
        if abs(value) >= unit and abs(value) >= 10_000:
            return f"{value / unit:.4g}{name}"
    return f"{value:.4g}"
