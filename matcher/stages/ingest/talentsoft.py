"""Place de l'emploi public's Talentsoft export: `;`, quoted cells of several lines, one posting a row.

`Offer_Reference_` identifies the posting in every layout (see pep.py). A municipality's name stands in a free cell
while `Origin_Entity_` only says `Communes`: the name is taken where the cell holds one line and the service is local.
"""

import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import date, datetime
from typing import Any

from matcher.core.domain import Contract
from matcher.core.places import department_of_postal_code, find_city, find_department, find_region
from matcher.fields import MAX_TITLE
from matcher.records import parse_posting
from matcher.stages.ingest.pep import SOURCE, department_of_reference, place, posting_id, with_occupation
from matcher.stages.ingest.prose import stated_contracts, stated_experience_years, stated_level, stated_remote
from matcher.stages.ingest.slug import slug
from matcher.stages.ingest.source import Read, Reader, finite
from matcher.stages.ingest.table import read_rows

HEADER_MARKS = ("Offer_Reference_", "JobDescriptionTranslation_JobTitle_")

_MISSIONS = "JobDescriptionTranslation_Description1_"
_PROFILE = "JobDescriptionTranslation_Description2_"
_CONTEXT = "JobDescription_CustomFieldsTranslation_LongText1_"
_CONDITIONS = "JobDescription_CustomFieldsTranslation_LongText2_"
_WORKPLACE = "JobDescription_CustomFieldsTranslation_LongText3_"
_EMPLOYER = "Offer_CustomFieldsTranslation_LongText2_"
_STATUS = {"diffusée": "open", "pourvue": "filled"}
_CONTRACTS = {
    "emploi ouvert aux titulaires et/ou aux contractuels": (Contract.CIVIL_SERVANT, Contract.CONTRACT_AGENT),
    "emploi ouvert aux titulaires et aux contractuels": (Contract.CIVIL_SERVANT, Contract.CONTRACT_AGENT),
    "emploi ouvert uniquement aux titulaires": (Contract.CIVIL_SERVANT,),
    "emploi ouvert aux titulaires": (Contract.CIVIL_SERVANT,),
    "emploi ouvert aux contractuels": (Contract.CONTRACT_AGENT,),
    "emploi ouvert uniquement aux contractuels": (Contract.CONTRACT_AGENT,),
}
_NOTHING_SAID = re.compile(
    r"\s*(?:(?:voir|cf\.?)\s+(?:la\s+)?fiche\s+de\s+poste(?:\s+jointe)?|commune|pour consulter le détail de l'offre.*)"
    r"[\s.]*",
    re.IGNORECASE,
)


def read(reader: Reader) -> Iterator[Read]:
    """Return a posting or a rejection a row."""
    return read_rows(reader, _read_row, needs=HEADER_MARKS)


def _read_row(reader: Reader, position: str, cells: Mapping[str, str]) -> Read:
    reference = cells["Offer_Reference_"] or cells.get("OfferID", "")
    title = cells["JobDescriptionTranslation_JobTitle_"]
    conditions = cells.get(_CONDITIONS, "")
    missions = "\n\n".join(_said(cells, name) for name in (_MISSIONS, _CONTEXT, _WORKPLACE) if _said(cells, name))
    profile = "\n\n".join(_said(cells, name) for name in (_PROFILE, _CONDITIONS) if _said(cells, name))
    prose = f"{missions}\n{profile}"
    stated = _CONTRACTS.get(" ".join(cells.get("JobDescription_Contract_", "").lower().split()), ())
    occupation = re.sub(r"\((?:FP|R)[^)]*\)\s*$", "", cells.get("JobDescription_PrimaryProfile_", "")[:500]).strip()
    begins, ends = (cells.get(f"SchedulingData_DefaultPublication{edge}Date_", "") for edge in ("Begin", "End"))
    fields: dict[str, Any] = {
        "id": posting_id(reference),
        "title": reader.clean_title(title),
        "organisation": _organisation(cells),
        "description": with_occupation(reader.clean(missions), occupation, reader.clean),
        "qualifications": reader.clean(profile),
        "languages": list(filter(None, [cells.get("RequiredLanguage_Language_")])),
        "locations": _locations(cells, reference),
        "remote": stated_remote(prose),
        "contracts": stated or stated_contracts(title, prose),
        "experience_years_min": stated_experience_years(conditions),
        "education_level_min": stated_level(cells.get("ApplicantCriteria_EducationLevel_", "") or conditions),
        "valid_from": _date(begins) or _date(cells.get("FirstPublicationDate", "")),
        # A day that cannot be read is the record's to refuse: without one the posting is open for ever.
        "valid_through": _date(ends) or ends or None,
        "status": _STATUS.get(cells.get("Offer_OfferStatus_", "diffusée").lower(), "closed"),
        "source": SOURCE,
    }
    return reader.parse(position, parse_posting, fields)


def _said(cells: Mapping[str, str], name: str) -> str:
    """Return a cell's prose, or nothing where it only points elsewhere."""
    text = cells.get(name, "")
    return "" if _NOTHING_SAID.fullmatch(text) else text


def _organisation(cells: Mapping[str, str]) -> dict[str, str] | None:
    entity, employer = cells.get("Origin_Entity_", ""), cells.get(_EMPLOYER, "")
    is_local = "territoriale" in cells.get("Origin_Entity_With2", "").lower()
    name = employer if is_local and employer and "\n" not in employer else entity
    name = " ".join(name.split())[:MAX_TITLE]
    identity = slug(name)[:200]
    return {"id": identity, "name": name} if identity else None


def _locations(cells: Mapping[str, str], reference: str) -> list[dict[str, Any]]:
    address = (
        f"{cells.get('Location_CustomFieldsTranslation_ShortText1_', '')} {cells.get('Location_JobLocation_', '')}"
    )
    town = cells.get("Location_CustomFieldsTranslation_ShortText1_", "")
    department = (
        find_department(cells.get("Location_Department_Department_", ""))
        or department_of_reference(reference)
        or department_of_postal_code(address)
        or find_city(town)
    )
    # The cell holds a town's name or a whole address; a digit gives the address away.
    town = " ".join(town[:500].split())
    city = re.sub(r" cedex\b.*", "", town, flags=re.IGNORECASE) if not re.search(r"\d", town) else ""
    latitude, longitude = (finite(cells.get(f"Offer_Coord{axis}_", "")) for axis in ("Lat", "Long"))
    known = place(department, city=city, latitude=latitude, longitude=longitude)
    if not department and (region := find_region(cells.get("Location_Region_Region_", ""))):
        known = [{"region": region.name} | (known[0] if known else {})]
    return known


def _date(text: str) -> date | None:
    """Return the date of `05/03/2021 17:13`, or `2021-03-05 17:13` where it was saved anew; None for anything else."""
    for form in ("%d/%m/%Y", "%Y-%m-%d"):
        with suppress(ValueError):
            return datetime.strptime(text.partition(" ")[0], form).date()  # noqa: DTZ007 - a calendar day has no time zone
    return None
