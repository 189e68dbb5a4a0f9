"""What constraints and preferences look at, as numbers in columns: one row a document, rows shared with the index.

Texts are compared by vectors; everything else about a document (place, contract, dates, salary…) is compared here,
for thousands of rows at once. `Traits` is one row or many, so that the same rule serves a posting against profiles and
a profile against postings.
"""

import math
import re
from collections.abc import Collection, Iterable
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple, Self
from zlib import crc32

import numpy as np
import numpy.typing as npt

from matcher.core import archive
from matcher.core.domain import Contract, Location, Organisation, Posting, PostingStatus, Profile, Record, Remote
from matcher.core.languages import language_bits
from matcher.core.letters import fold, without_accents
from matcher.core.places import DEPARTMENTS, NEIGHBOURS, REGIONS, understood

Rows = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]

NOBODY: Rows = np.empty(0, dtype=np.int64)

NOWHERE = -1
"""Remote work of which nothing is said; an organisation that is not named."""
NO_DAY = 0
"""A date that is not given (no ordinal is 0)."""

PARTLY_REMOTE = 1
FULL_REMOTE = 2
"""Remote work without a place."""

_REMOTE = {Remote.NONE: 0, Remote.PARTIAL: PARTLY_REMOTE, Remote.FULL: FULL_REMOTE}
_CONTRACT = {contract: 1 << bit for bit, contract in enumerate(Contract)}
_REGION_BIT = {region.code: 1 << bit for bit, region in enumerate(REGIONS)}
ELSEWHERE = 1 << len(REGIONS)
"""The bit beside those of regions that are named, where another place is named that is not understood."""
_AROUND = {
    code: bit | sum(_REGION_BIT[other] for other in NEIGHBOURS.get(code, ())) for code, bit in _REGION_BIT.items()
}
_DEPARTMENT_PLACE = {department.code: place for place, department in enumerate(DEPARTMENTS)}
_LOW = 0xFFFF_FFFF_FFFF_FFFF

_WORD = re.compile(r"\w+")
_NO_PLACE = frozenset(
    """
    a connu defini definir determiner distance distanciel full home indifferent mobile n na neant non nr office partiel
    possible precise remote renseigne sans teletravail total
    """.split()
)
"""Words of which what stands for no place consists, without accents."""
_BEHIND_A_TOWN = re.compile(r"[,(/]| [-–] |\bcedex\b", re.IGNORECASE)
_EVERYWHERE = ("france", "toute la france", "partout", "monde")

LEVELS = (
    re.compile(r"(?<!\w)(?:juniors?|debutante?s?|entry[- ]level|jeunes? diplome)(?![a-z])"),
    re.compile(r"(?<!\w)(?:seniors?|(?:confirme|experimente)e?s?)(?![a-z])"),
)
"""How a title without accents names beginners, and those who are none."""

COLUMNS = np.dtype(
    [
        ("alive", np.bool_),
        ("listed", np.bool_),  # a posting that is open, a profile that is visible
        ("regions", np.uint32),  # bits, by place in REGIONS, and ELSEWHERE
        ("reach", np.uint32),  # bits of the same regions and those that touch them
        ("vague", np.uint32),  # bits of those in which a place is named without its département
        ("departments", np.uint64),  # bits 0 to 63, by place in DEPARTMENTS
        ("departments_high", np.uint64),  # bits 64 and up
        ("towns", np.uint32),  # a digest of the names that are not understood, 0 where there is none
        ("levels", np.uint8),  # bits: whom a posting's title asks for, by place in LEVELS
        ("contracts", np.uint8),  # bits, by place in Contract
        ("remote", np.int8),  # NOWHERE, or 0 none, 1 partial, 2 full
        ("languages", np.uint64),  # bits, by place in LANGUAGES
        ("education", np.int8),  # EQF level, 0 unknown
        ("experience", np.float32),  # years, NaN unknown
        ("salary_min", np.float32),  # euros a year, NaN unknown
        ("salary_max", np.float32),
        ("latitude", np.float32),  # degrees, NaN unknown
        ("longitude", np.float32),
        ("first_day", np.int32),  # ordinal: posting valid_from, profile available_from
        ("last_day", np.int32),  # ordinal: posting valid_through
        ("organisation", np.int32),  # number in the table's own list
    ]
)


ROW_BYTES = COLUMNS.itemsize
_NAMES = sorted(COLUMNS.names or (), key=lambda name: -COLUMNS[name].itemsize)
"""The widest first: so each column of a block begins where its numbers may."""
STARTS = {name: sum(COLUMNS[other].itemsize for other in _NAMES[:place]) for place, name in enumerate(_NAMES)}
"""Where in a block each column begins, in bytes for each row that the block has room for."""


class Held(NamedTuple):
    """The traits of one document, or of many, for compiled loops: to hand over each column takes them too long."""

    block: npt.NDArray[np.uint8]
    """A table's columns one after another, as STARTS says. No view of it may outlive a write to the table."""
    first: int
    """The row of the one document, or of the first of many."""
    step: int
    """How many rows further the next one lies: 0 where one document is compared with many."""


class Traits(NamedTuple):
    """Documents' columns: arrays of one length, 1 where there is one document."""

    listed: Any
    regions: Any
    reach: Any
    departments: Any
    departments_high: Any
    towns: Any
    levels: Any
    contracts: Any
    remote: Any
    languages: Any
    education: Any
    experience: Any
    salary_min: Any
    salary_max: Any
    latitude: Any
    longitude: Any
    first_day: Any
    last_day: Any
    organisation: Any


_FIELDS = Traits._fields


class TraitTable:
    """Columns that grow, with rows put, replaced and removed in place; and who hides from whom."""

    def __init__(self, *, capacity: int = 1024) -> None:
        self._block = np.empty(0, dtype=np.uint8)
        self._columns: dict[str, npt.NDArray[Any]] = {}
        self._viewed: tuple[tuple[int, int, int], Traits] | None = None
        self._resize(capacity)
        self._organisations: dict[str, int] = {}
        self._names: list[str] = []
        self._hides: dict[int, frozenset[str]] = {}
        self._hidden: dict[str, set[int]] = {}
        self._hidden_rows: dict[str, Rows] = {}
        """The same in order, of those that were asked for since they changed."""

    def put(self, row: int, record: Record) -> None:
        """Write a document's traits at its row of the index."""
        if row >= len(self.alive):
            self._resize(max(row + 1, 2 * len(self.alive)))
        self._reveal(row)
        values = _posting_values(record) if isinstance(record, Posting) else _profile_values(record)
        values["organisation"] = self._number(record.organisation) if isinstance(record, Posting) else NOWHERE
        for name, value in values.items():
            self._columns[name][row] = value
        if isinstance(record, Profile) and record.hidden_from:
            self._hides[row] = frozenset(record.hidden_from)
            for organisation in record.hidden_from:
                self._hidden.setdefault(organisation, set()).add(row)
                self._hidden_rows.pop(organisation, None)
        self._columns["alive"][row] = True

    def remove(self, row: int) -> None:
        """Take a row out of every answer."""
        # Wiped, not just marked: what is erased must not stay behind in the next snapshot.
        for column in self._columns.values():
            column[row] = 0
        self._reveal(row)

    @property
    def alive(self) -> Mask:
        """Which rows hold a document; longer than the index where there is spare room."""
        return self._columns["alive"]

    @property
    def vague(self) -> npt.NDArray[np.uint32]:
        """In which regions a document names a place without its département, as bits; as long as `alive`."""
        vague: npt.NDArray[np.uint32] = self._columns["vague"]
        return vague

    def one(self, row: int) -> Traits:
        """Return one document's traits, as columns of one row: views, which show what is written later."""
        return Traits(*[self._columns[name][row : row + 1] for name in _FIELDS])

    def held(self, row: int | None = None) -> Held:
        """Return one document's traits, or all, for compiled loops."""
        return Held(self._block, 0, 1) if row is None else Held(self._block, row, 0)

    def many(self, rows: Rows | slice) -> Traits:
        """Return the traits of some rows, in their order; a slice's are views, which show what is written later."""
        if not isinstance(rows, slice):
            return Traits(*[self._columns[name][rows] for name in _FIELDS])
        # Kept: a question asks for the same three times, and seventeen views take as long as to look through a forum.
        span = rows.indices(len(self.alive))
        if self._viewed is None or self._viewed[0] != span:
            self._viewed = span, Traits(*[self._columns[name][rows] for name in _FIELDS])
        return self._viewed[1]

    def columns(self, rows: Rows) -> dict[str, npt.NDArray[Any]]:
        """Return all that is kept of some rows, by the names in COLUMNS, in their order."""
        return {name: column[rows] for name, column in self._columns.items()}

    def hidden_from(self, organisation: str) -> Rows:
        """Return the rows of the profiles that hide from an organisation, ascending."""
        if organisation not in self._hidden:
            return NOBODY
        if organisation not in self._hidden_rows:
            self._hidden_rows[organisation] = np.array(sorted(self._hidden[organisation]), dtype=np.int64)
        return self._hidden_rows[organisation]

    def hides(self, row: int) -> frozenset[str]:
        """Return the organisations that a profile hides from."""
        return self._hides.get(row, frozenset())

    def organisation_of(self, row: int) -> str | None:
        """Return a posting's organisation, None when it names none."""
        number = int(self._columns["organisation"][row])
        return None if number == NOWHERE else self._names[number]

    def count_by_organisation(self, rows: Mask) -> dict[str, int]:
        """Return how many of the marked rows each organisation has; one without any row is absent."""
        numbers = self._columns["organisation"][: len(rows)][rows]
        counts = np.bincount(numbers[numbers != NOWHERE], minlength=len(self._names))
        return {name: int(count) for name, count in zip(self._names, counts, strict=True) if count}

    def numbers_of(self, organisations: Iterable[str]) -> npt.NDArray[np.int32]:
        """Return how this table numbers those of the organisations that it knows."""
        return np.array(
            [self._organisations[name] for name in organisations if name in self._organisations], dtype=np.int32
        )

    def save(self, path: Path, *, rows: int) -> None:
        """Write the first `rows` rows; `load` brings them back."""
        hides = [(row, name) for row in sorted(self._hides) for name in sorted(self._hides[row])]
        arrays: dict[str, Any] = {f"column_{name}": values[:rows] for name, values in self._columns.items()}
        arrays["hiding_rows"] = np.array([row for row, _ in hides], dtype=np.int64)
        archive.write(path, arrays, texts={"organisations": self._names, "hiding_names": [name for _, name in hides]})

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read what `save` wrote.

        Raises:
            ValueError: the file cannot be read, or is not what `save` writes.
        """
        names = COLUMNS.names or ()
        arrays = [*(f"column_{name}" for name in names), "hiding_rows"]
        saved = archive.read(path, arrays, texts=("organisations", "hiding_names"))
        *columns, hiding_rows = saved.arrays.values()
        organisations, hiding_names = saved.texts.values()
        rows = columns[0].size
        if any(
            column.shape != (rows,) or column.dtype != COLUMNS[name]
            for name, column in zip(names, columns, strict=True)
        ):
            raise ValueError("the traits' columns are of another kind, or differ in length")
        if hiding_rows.dtype != np.int64 or hiding_rows.shape != (len(hiding_names),):
            raise ValueError("the traits' rows that hide are of another kind, or not as many as the names")
        if np.any((hiding_rows < 0) | (hiding_rows >= rows)):
            raise ValueError("the traits say who hides of rows that are not there")
        table = cls(capacity=max(rows, 1))
        for name, column in zip(names, columns, strict=True):
            table._columns[name][:rows] = column
        numbers = table._columns["organisation"][table.alive]
        if np.any((numbers < NOWHERE) | (numbers >= len(organisations))):
            raise ValueError("the traits speak of organisations that are not there")
        table._names = organisations
        table._organisations = {name: number for number, name in enumerate(organisations)}
        hides: dict[int, set[str]] = {}
        for row, name in zip(hiding_rows.tolist(), hiding_names, strict=True):
            hides.setdefault(row, set()).add(name)
            table._hidden.setdefault(name, set()).add(row)
        table._hides = {row: frozenset(names) for row, names in hides.items()}
        return table

    def _resize(self, capacity: int) -> None:
        self._viewed = None
        self._block = np.zeros(capacity * ROW_BYTES, dtype=np.uint8)
        for name, start in STARTS.items():
            old, size = self._columns.get(name), COLUMNS[name].itemsize
            new = self._block[start * capacity : (start + size) * capacity].view(COLUMNS[name])
            if old is not None:
                new[: len(old)] = old
            self._columns[name] = new

    def _reveal(self, row: int) -> None:
        for organisation in self._hides.pop(row, ()):
            self._hidden[organisation].discard(row)
            self._hidden_rows.pop(organisation, None)

    def _number(self, organisation: Organisation | None) -> int:
        if organisation is None:
            return NOWHERE
        number = self._organisations.setdefault(organisation.id, len(self._names))
        if number == len(self._names):
            self._names.append(organisation.id)
        return number


def _posting_values(posting: Posting) -> dict[str, Any]:
    salary = posting.salary_eur_year
    return {
        **_common_values(posting),
        "listed": posting.status is PostingStatus.OPEN,
        "levels": _levels(posting.title),
        "education": posting.education_level_min or 0,
        "experience": _number(posting.experience_years_min),
        "salary_min": _number(salary.min if salary else None),
        "salary_max": _number(salary.max if salary else None),
        "first_day": _day(posting.valid_from),
        "last_day": _day(posting.valid_through),
    }


def _profile_values(profile: Profile) -> dict[str, Any]:
    return {
        **_common_values(profile),
        "listed": profile.visible_to_recruiters,
        "levels": 0,
        "education": max((degree.level or 0 for degree in profile.education), default=0),
        "experience": _number(profile.experience_years),
        "salary_min": _number(profile.salary_eur_year_min),
        "salary_max": math.nan,
        "first_day": _day(profile.available_from),
        "last_day": NO_DAY,
    }


def _common_values(record: Record) -> dict[str, Any]:
    regions, vague, departments = _place_bits(record.locations)
    # One spot cannot speak for several places: those are compared by département and region.
    spot = record.locations[0].spot if len(record.locations) == 1 else None
    latitude, longitude = spot or (None, None)
    return {
        "regions": regions,
        "reach": sum(bit for code, bit in _REGION_BIT.items() if regions & _AROUND[code]),
        "vague": vague,
        "departments": departments & _LOW,
        "departments_high": departments >> 64,
        "towns": _unknown_towns(record.locations),
        "contracts": contract_bits(record.contracts),
        "remote": NOWHERE if record.remote is None else _REMOTE[record.remote],
        "languages": language_bits(record.languages, either=isinstance(record, Posting)),
        "latitude": _number(latitude),
        "longitude": _number(longitude),
    }


def contract_bits(contracts: Iterable[Contract]) -> int:
    """Return kinds of contracts as the column `contracts` holds them."""
    return sum({_CONTRACT[contract] for contract in contracts})


def bits_within(departments: Collection[str]) -> tuple[int, int, int]:
    """Return some départements, by their codes, as the columns hold places: whole regions, low and high bits."""
    outside = {department.region.code for department in DEPARTMENTS if department.code not in departments}
    whole = sum(bit for code, bit in _REGION_BIT.items() if code not in outside)
    named = sum(1 << place for code, place in _DEPARTMENT_PLACE.items() if code in departments)
    return whole, named & _LOW, named >> 64


def _place_bits(locations: tuple[Location, ...]) -> tuple[int, int, int]:
    """Return regions, those that a place names without its département, and départements as bits.

    A département brings its region. A name that is not understood, and coordinates alone, have no bit; beside regions
    that are named they may lie in any other one, which is ELSEWHERE.
    """
    regions = vague = departments = 0
    is_elsewhere = False
    for place in locations:
        named, department = understood(place.region, place.department, place.city)
        is_given = bool(place.region or place.department or place.city or place.spot)
        is_elsewhere = is_elsewhere or (is_given and not named and not _is_no_place(place))
        for region in named:
            regions |= _REGION_BIT[region.code]
            vague |= 0 if department else _REGION_BIT[region.code]
        if department:
            departments |= 1 << _DEPARTMENT_PLACE[department.code]
    return regions | (ELSEWHERE if regions and is_elsewhere else 0), vague, departments


def _is_no_place(place: Location) -> bool:
    """Tell whether what stands for a place names none: `Télétravail possible`, `À distance`, `n/a`."""
    names = without_accents(f"{place.region or ''} {place.department or ''} {place.city or ''}").lower()
    return place.spot is None and _NO_PLACE.issuperset(_WORD.findall(names))


def _unknown_towns(locations: Collection[Location]) -> int:
    """Return a digest of a town of which no region is known, 0 where there is none, or another place beside it.

    Of several, one digest cannot tell whether any is shared; a country is no other place than a town of it.
    """
    if len(locations) != 1:
        return 0
    (place,) = locations
    if not place.city or _is_no_place(place) or understood(place.region, place.department, place.city)[0]:
        return 0
    town = _BEHIND_A_TOWN.split(place.city, maxsplit=1)[0]
    name = fold("".join(sign for sign in town if not sign.isdigit())).strip()
    return 0 if not name or name.startswith(_EVERYWHERE) else crc32(name.encode())


def _levels(title: str) -> int:
    plain = without_accents(title).lower()
    return sum(1 << bit for bit, level in enumerate(LEVELS) if level.search(plain))


def _number(value: float | None) -> float:
    return math.nan if value is None else value


def _day(value: date | None) -> int:
    return NO_DAY if value is None else value.toordinal()
