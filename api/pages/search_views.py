"""What a search page shows beside those who were found: what was understood of the text, and the filters."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from api.pages.views import Fact, Json
from api.pages.words import Words
from matcher.core.places import REGIONS
from matcher.search import UNKNOWN

_REGIONS = {region.code: region.name for region in REGIONS}
BY_NUMBER = frozenset({"region", "contract"})
"""The facets whose values come by how many have them; the others have an order of their own."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One value of a facet."""

    value: str
    label: str
    count: int
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class FacetView:
    """One facet with its values."""

    name: str
    choices: Sequence[Choice]

    @property
    def is_used(self) -> bool:
        """Whether any value is chosen."""
        return any(choice.is_chosen for choice in self.choices)


def facets(counts: Mapping[str, Mapping[str, int]], chosen: Mapping[str, Sequence[str]], t: Words) -> list[FacetView]:
    """Return the filters; what is chosen is among them even where nobody has it."""
    return [FacetView(name, [*_choices(name, counts[name], chosen[name], t)]) for name in counts]


def _choices(name: str, counts: Mapping[str, int], chosen: Sequence[str], t: Words) -> Iterator[Choice]:
    every = {**counts, **{value: counts.get(value, 0) for value in chosen}}

    def place(value: str) -> tuple[bool, int, str]:
        return value == UNKNOWN, -every[value] if name in BY_NUMBER else 0, f"{value.partition('-')[0].rjust(3)}"

    for value in sorted(every, key=place) if name != "remote" else every:
        label = _REGIONS[value] if value in _REGIONS and name == "region" else t(f"{name}.{value}")
        yield Choice(value, label, every[value], value in chosen)


def understood(query: Json, t: Words) -> list[Fact]:
    """Return what was understood of a text; what it does not say is left out."""
    low, high = query["experience_years"], query["experience_years_max"]
    years = [
        *([t("search.at_least", years=t.years(low))] if low is not None else []),
        *([t("search.at_most", years=t.years(high))] if high is not None else []),
    ]
    said = {
        "words": [query["words"]] if query["words"] else [],
        "phrases": [
            t("search.or").join(f"« {one} »" if t.language == "fr" else f"“{one}”" for one in some)
            for some in (*([one] for one in query["phrases"]), *query["either"])
        ],
        "excluded": query["excluded"],
        "places": query["places"],
        "excluded_places": query["excluded_places"],
        "contracts": [t(f"contract.{one}") for one in query["contracts"]],
        "excluded_contracts": [t(f"contract.{one}") for one in query["excluded_contracts"]],
        "remote": [t(f"remote.{query['remote']}")] if query["remote"] else [],
        "languages": query["languages"],
        "experience": years,
        "terms": query["terms"],
    }
    return [(t(f"search.{name}"), ", ".join(values)) for name, values in said.items() if values]
