r"""Place de l'emploi public's feed: `|` between cells, no quoting, `\n` as two characters, two column orders.

A spreadsheet that has saved it anew has quoted it, and has put commas or semicolons between the cells: it is read, too.

What identifies a posting. In the layout of 2021-03 the column `Par_ref_offre` does not: of 334 values 72 stand beside
two different postings, while the reference that ends the address stands beside one description, and is the one by
which the Talentsoft export and the later layout name that same description (2021-527980 and 2021-538950 are in two of
the files, with equal texts, and `Par_ref_offre` points elsewhere for both). So the address decides. The few
addresses that lost their reference (`t-reference-t`) get a digest of label and description instead.

What is not read, because it is the same in every row and false for some: CDD, E1, 36 months, `Debutant`, and the
creation date, which is the export's (2021-527980 was published two months before it).

A posting repeated in several rows, or in two files, has one id; a later row with other content updates it (in
2021-03 two postings stand under two addresses, one of them without a title to read).
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import unquote

from matcher.core.places import Department, find_department
from matcher.records import parse_posting
from matcher.stages.ingest.prose import stated_contracts, stated_experience_years, stated_remote
from matcher.stages.ingest.slug import readable, slug
from matcher.stages.ingest.source import Clean, Read, Reader, text_digest
from matcher.stages.ingest.table import read_rows

HEADER_MARKS = ("Par_ref_offre", "Par_URL_offre", "Description")
SOURCE = "Place de l'emploi public"

_SLUG_AND_REFERENCE = re.compile(r"/offre-emploi/(.+?)-reference-([^/?#]+)/?$")
_REFERENCE = re.compile(r"(?:/offre-emploi/|[?&]id=)([^/?#&]+)/?$")
_MINISTRY_CODE = re.compile(r"MINT_[A-Z]{2}([0-9]{2,3}|02[AB]|2[AB])[A-Z]{2,}")
"""The interior ministry's references hold the département: it agrees with the column in 73 rows of 73."""


def read(reader: Reader) -> Iterator[Read]:
    """Return a posting or a rejection a row."""
    return read_rows(reader, _read_row, needs=HEADER_MARKS, bare="|")


def posting_id(reference: str) -> str:
    """Return the id that a reference has in every layout."""
    return "pep-" + re.sub(r"[^\w.~-]+", "-", unquote(reference).strip())


def department_of_reference(reference: str) -> Department | None:
    """Return the département that a reference of the interior ministry holds, if it does."""
    found = _MINISTRY_CODE.match(reference)
    return find_department(found.group(1)) if found else None


def place(department: Department | None, **rest: Any) -> list[dict[str, Any]]:
    """Return the native locations of a posting in that département; what is unknown is left out."""
    known = {name: value for name, value in rest.items() if value not in {None, ""}}
    if department:
        known = {"region": department.region.name, "department": department.name} | known
    return [known] if known else []


def _read_row(reader: Reader, position: str, cells: Mapping[str, str]) -> Read:
    url = cells["Par_URL_offre"][:2000]
    label, prose = cells.get("Libelle_metier_OGR", ""), cells["Description"]
    reference, title = _reference_and_title(url, label, prose)
    # Quotes around a whole description are what is left of the quoting that this feed has dropped.
    description = reader.clean(prose[1:-1].replace('""', '"') if re.fullmatch(r'".+"', prose) else prose)
    department = find_department(cells.get("DEP_cle", "")) or find_department(cells.get("DEP_libelle", ""))
    cleaned = reader.clean_title(title)
    fields: dict[str, Any] = {
        "id": posting_id(reference),
        # A title whose leading code was stripped starts anew: `DGGN 92 – technicien` becomes `Technicien`.
        "title": cleaned[:1].upper() + cleaned[1:],
        "description": with_occupation(description, label if title != label else "", reader.clean),
        "locations": place(department or department_of_reference(reference)),
        "remote": stated_remote(prose),
        "contracts": stated_contracts(title, prose),
        "experience_years_min": stated_experience_years(prose),
        "url": url,
        "source": SOURCE,
    }
    return reader.parse(position, parse_posting, fields)


def _reference_and_title(url: str, label: str, prose: str) -> tuple[str, str]:
    """Return what identifies a row's posting, and its title: the address's, where it has one, else the label."""
    if found := _SLUG_AND_REFERENCE.search(url):
        words, reference = found.groups()
        title = readable(words, f"{label}\n{prose}")
        if any(letter.isdigit() for letter in reference):
            return reference, title or label
    elif found := _REFERENCE.search(url):
        return found.group(1), label
    return "sha256-" + text_digest(f"{label}\n{prose}"), label


def with_occupation(description: str, label: str, clean: Clean) -> str:
    """Return a description with the reference occupation that its publisher filed it under, as its last line."""
    label = clean(label)
    if not label or slug(label) in {"non-renseigne", "non-renseignee"}:
        return description
    return f"{description}\n\nMétier de référence : {label}".strip()
