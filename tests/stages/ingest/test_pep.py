"""Place de l'emploi public's exports: small ones made here, and the real ones where they are at hand."""

import csv
import io
from pathlib import Path

import pytest

from matcher.core.domain import Contract, Posting, Remote
from matcher.stages.ingest import Format, detect
from matcher.stages.ingest.prose import stated_contracts, stated_experience_years, stated_level, stated_remote
from matcher.stages.ingest.slug import readable
from tests.stages.ingest.reading import (
    accepted,
    only_posting,
    only_rejection,
    read_all,
    read_bytes,
    rejections,
    shared_data,
)

SITE = "https://place-emploi-public.gouv.fr/offre-emploi/"
FIRST = (
    "Par_ref_offre|Par_URL_offre|Code_ogr|Libelle_metier_OGR|Description|Par_cle|Par_nom|Off_experience_duree_min|Exp_cle"
    "|Exp_libelle|Dur_cle_experience|NTC_cle|TCO_cle|Off_contrat_duree_MO|Pay_cle|Off_date_creation|Off_date_modification"
)
SECOND = (
    "Par_URL_offre|Code_OGR|Par_ref_offre|Description|Libelle_metier_OGR|DEP_libelle|DEP_cle|Par_cle|Par_nom"
    "|Off_experience_duree_min|Exp_cle|Exp_libelle|Dur_cle_experience|NTC_cle|TCO_cle|Off_contrat_duree_MO|Pay_cle"
    "|Off_date_creation|Off_date_modification"
)
CONSTANT = "PEP|PEP|0|D|Debutant|AN|E1|CDD|36|1|01/03/2021|"
TALENTSOFT = (
    "OfferID;Offer_Reference_;Offer_OfferStatus_;JobDescriptionTranslation_JobTitle_;JobDescription_Contract_;"
    "JobDescriptionTranslation_Description1_;JobDescriptionTranslation_Description2_;"
    "JobDescription_CustomFieldsTranslation_LongText2_;JobDescription_PrimaryProfile_;Location_JobLocation_;"
    "Location_CustomFieldsTranslation_ShortText1_;Location_Region_Region_;Location_Department_Department_;"
    "Offer_CoordLat_;Offer_CoordLong_;Origin_Entity_;Origin_Entity_With2;Offer_CustomFieldsTranslation_LongText2_;"
    "SchedulingData_DefaultPublicationBeginDate_;SchedulingData_DefaultPublicationEndDate_"
)


def first_row(url: str, label: str = "Acheteur / Acheteuse", prose: str = "Acheter.", reference: str = "1") -> str:
    return f"{reference}|{url}|1|{label}|{prose}|{CONSTANT}"


def second_row(reference: str, title: str, prose: str, name: str = "Paris ", code: str = "75") -> str:
    return f"{SITE}{reference}|1|{reference}|{prose}|{title}|{name}|{code}|{CONSTANT}"


def talentsoft(**cells: str) -> str:
    values = {"Offer_Reference_": "2021-9", "JobDescriptionTranslation_JobTitle_": "Juriste"} | cells
    return TALENTSOFT + "\n" + ";".join(f'"{values.get(name, "")}"' for name in TALENTSOFT.split(";")) + "\n"


def test_the_addresss_reference_identifies_a_posting_and_its_words_are_the_title(tmp_path: Path) -> None:
    url = f"{SITE}dggn-92---charge-e-d-etudes-si-hf-hf-reference-MINT_BS092GNA-7"
    posting = only_posting(read_bytes(tmp_path, f"{FIRST}\n{first_row(url, prose='Les études du SI.')}"))
    assert posting.id == "pep-MINT_BS092GNA-7"
    assert posting.title == "DGGN 92 – chargé·e d'études SI"
    assert posting.description == "Les études du SI.\n\nMétier de référence : Acheteur / Acheteuse"
    assert posting.locations[0].department == "Hauts-de-Seine"


def test_constant_columns_are_no_information(tmp_path: Path) -> None:
    posting = only_posting(read_bytes(tmp_path, f"{FIRST}\n{first_row(SITE + 'acheteur-hf-reference-2021-1')}"))
    assert posting.contracts == ()
    assert posting.experience_years_min is None
    assert posting.valid_from is None


def test_the_same_posting_has_the_same_id_in_both_layouts_and_in_talentsoft(tmp_path: Path) -> None:
    ids = {
        only_posting(
            read_bytes(tmp_path, f"{FIRST}\n{first_row(SITE + 'juriste-hf-reference-2021-9', reference='3')}")
        ).id,
        only_posting(read_bytes(tmp_path, f"{SECOND}\n{second_row('2021-9', 'Juriste', 'Du droit.')}")).id,
        only_posting(read_bytes(tmp_path, talentsoft())).id,
    }
    assert ids == {"pep-2021-9"}


def test_an_address_that_lost_its_reference_gets_an_id_from_the_content(tmp_path: Path) -> None:
    broken = SITE + "t-reference-t"
    rows = [
        first_row(broken),
        first_row(broken, reference="2"),
        first_row(broken, prose="Autre."),
        first_row("nowhere"),
    ]
    found = accepted(read_bytes(tmp_path, "\n".join([FIRST, *rows])))
    assert len(set(found)) == 2
    assert found[0] == found[1] == found[3]
    assert found[0].startswith("pep-sha256-")


def test_an_address_with_the_reference_alone_takes_the_label_as_title(tmp_path: Path) -> None:
    posting = only_posting(read_bytes(tmp_path, f"{FIRST}\n{first_row('https://api.example/geturl?id=2021-543563')}"))
    assert (posting.id, posting.title) == ("pep-2021-543563", "Acheteur / Acheteuse")


def test_the_second_layout_has_titles_departments_and_leftover_quotes(tmp_path: Path) -> None:
    row = second_row(
        "MINT_SIDSIC 2A-5", "Chef de projet", '"Piloter ""X"".\\nPoste télétravaillable"', "Corse du Sud ", "2a"
    )
    posting = only_posting(read_bytes(tmp_path, f"{SECOND}\n{row}"))
    assert posting.id == "pep-MINT_SIDSIC-2A-5"
    assert posting.description == 'Piloter "X".\nPoste télétravaillable'
    assert posting.remote is Remote.PARTIAL
    assert (posting.locations[0].region, posting.locations[0].department) == ("Corse", "Corse-du-Sud")


def test_rows_with_too_few_cells_or_no_title_are_rejected_and_the_others_read(tmp_path: Path) -> None:
    rows = [SECOND, second_row("2021-1", "", "x"), "only|three|cells", second_row("2021-2", "Juriste", "x", "", "")]
    found = read_bytes(tmp_path, "\n".join(rows))
    assert accepted(found) == ["pep-2021-2"]
    assert [rejection.position for rejection in rejections(found)] == ["row 1 (line 2)", "row 2 (line 3)"]
    assert rejections(found)[0].field == "title"


def test_a_talentsoft_row_gives_organisation_contract_level_experience_place_and_dates(tmp_path: Path) -> None:
    posting = only_posting(
        read_bytes(
            tmp_path,
            talentsoft(
                JobDescription_Contract_="Emploi ouvert aux titulaires et/ou aux contractuels",
                JobDescriptionTranslation_Description1_="Vos missions\nsur deux lignes",
                JobDescriptionTranslation_Description2_="Voir fiche de poste",
                JobDescription_CustomFieldsTranslation_LongText2_="Niveau II - Expérience souhaitée : de 1 à 3 ans",
                JobDescription_PrimaryProfile_="Juriste d'entreprise (FPT - A7A/08)",
                Location_JobLocation_="N.C 92522 NEUILLY SUR SEINE CEDEX",
                Location_CustomFieldsTranslation_ShortText1_="NEUILLY SUR SEINE CEDEX",
                Offer_CoordLat_="48,85303",
                Offer_CoordLong_="2,35202",
                Origin_Entity_="Communes",
                Origin_Entity_With2="Fonction Publique Territoriale",
                Offer_CustomFieldsTranslation_LongText2_="Mairie de NEUILLY-SUR-SEINE",
                SchedulingData_DefaultPublicationBeginDate_="31/12/2020",
                SchedulingData_DefaultPublicationEndDate_="05/03/2021 17:13",
                Offer_OfferStatus_="Diffusée",
            ),
        )
    )
    assert posting.contracts == (Contract.CIVIL_SERVANT, Contract.CONTRACT_AGENT)
    assert posting.organisation is not None
    assert posting.organisation.id == "mairie-de-neuilly-sur-seine"
    assert (posting.education_level_min, posting.experience_years_min) == (6, 1.0)
    assert posting.description == "Vos missions\nsur deux lignes\n\nMétier de référence : Juriste d'entreprise"
    assert posting.qualifications.startswith("Niveau II")
    place = posting.locations[0]
    assert (place.department, place.city, place.latitude) == ("Hauts-de-Seine", "NEUILLY SUR SEINE", 48.85303)
    assert (str(posting.valid_from), str(posting.valid_through)) == ("2020-12-31", "2021-03-05")


def test_days_of_a_talentsoft_row_are_read_as_saved_anew_too_and_a_last_one_that_is_none_is_refused(
    tmp_path: Path,
) -> None:
    begin, end = (f"SchedulingData_DefaultPublication{edge}Date_" for edge in ("Begin", "End"))
    posting = only_posting(read_bytes(tmp_path, talentsoft(**{begin: "2020-12-31", end: "2021-03-05 17:13:00"})))
    assert (str(posting.valid_from), str(posting.valid_through)) == ("2020-12-31", "2021-03-05")
    assert only_posting(read_bytes(tmp_path, talentsoft(**{begin: "hier"}))).valid_from is None
    assert only_rejection(read_bytes(tmp_path, talentsoft(**{end: "03-05-21"}))).field == "valid_through"


def test_coordinates_that_are_no_numbers_do_not_refuse_a_talentsoft_row(tmp_path: Path) -> None:
    row = talentsoft(Location_Region_Region_="Normandie", Offer_CoordLat_="NaN", Offer_CoordLong_="2,3")
    (place,) = only_posting(read_bytes(tmp_path, row)).locations
    assert (place.region, place.latitude) == ("Normandie", None)


def test_a_talentsoft_row_that_says_little_stays_unknown(tmp_path: Path) -> None:
    row = talentsoft(
        Offer_Reference_="",
        OfferID="77",
        Location_Region_Region_="Normandie",
        JobDescription_PrimaryProfile_="Non renseigné",
    )
    posting = only_posting(read_bytes(tmp_path, row))
    assert posting.id == "pep-77"
    assert posting.organisation is None
    assert posting.description == ""
    assert posting.locations[0].region == "Normandie"
    found = read_bytes(tmp_path, row + "a;row;of;another;width\n")
    assert len(rejections(found)) == 1


def resaved(text: str, old: str, new: str, *, quoted: bool) -> str:
    """Return an export as a spreadsheet saves it anew, with another delimiter or with quotes around every cell."""
    cells = csv.reader(io.StringIO(text), delimiter=old, quoting=csv.QUOTE_NONE if old == "|" else csv.QUOTE_MINIMAL)
    target = io.StringIO()
    csv.writer(target, delimiter=new, quoting=csv.QUOTE_ALL if quoted else csv.QUOTE_MINIMAL).writerows(cells)
    return target.getvalue()


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("quoted", [True, False])
def test_an_export_that_was_saved_anew_is_the_same_postings(tmp_path: Path, delimiter: str, *, quoted: bool) -> None:
    feed = f"{SECOND}\n" + second_row("2021-1", "Juriste", 'Du droit ; des avis, des "notes".\\nParis')
    rows = talentsoft(JobDescriptionTranslation_Description1_="Vos missions ; sur\ndeux lignes, ou | trois")
    for text, old in ((feed, "|"), (rows, ";")):
        posting = only_posting(read_bytes(tmp_path, text))
        assert only_posting(read_bytes(tmp_path, resaved(text, old, delimiter, quoted=quoted))) == posting


@pytest.mark.parametrize("text", ['"Des avis", des "notes"', '"Juriste"'])
def test_an_export_of_which_only_cells_with_quotes_were_quoted_is_the_same_postings(tmp_path: Path, text: str) -> None:
    feed = "\n".join([SECOND, *(second_row(f"2021-{number}", "Juriste", text) for number in range(3)), ""])
    postings = [record for record in read_bytes(tmp_path, feed) if isinstance(record, Posting)]
    assert len(postings) == 3
    assert read_bytes(tmp_path, resaved(feed, "|", "|", quoted=False)) == postings


@pytest.mark.parametrize("header", [FIRST.replace("|", " | "), f"  {FIRST} ", TALENTSOFT.replace(";", " ;")])
def test_spaces_around_the_names_of_columns_do_not_matter(tmp_path: Path, header: str) -> None:
    row = talentsoft().splitlines()[1] if ";" in header else first_row(SITE + "juriste-hf-reference-2021-9")
    assert accepted(read_bytes(tmp_path, f"{header}\n{row}\n")) == ["pep-2021-9"]


@pytest.mark.parametrize(
    ("header", "words"),
    [
        ('Par_ref_offre; "Par_URL_offre";Description', "no column Par_URL_offre: write it without quotes"),
        ('"Par_ref_offre" | "Par_URL_offre" | "Description"', "quotes make no sense"),
        ('Par_ref_offre,Par_URL_offre,Description,"Titre', "never closed"),
    ],
)
def test_a_header_that_cannot_be_read_refuses_the_export_once(tmp_path: Path, header: str, words: str) -> None:
    rejection = only_rejection(read_bytes(tmp_path, f"{header}\na|b|c\na,b,c\na;b;c\n"))
    assert rejection.is_of_file
    assert words in rejection.reason


@pytest.mark.parametrize(
    ("text", "remote"),
    [
        ("Télétravail possible 2 jours par semaine", Remote.PARTIAL),
        ("possibilité de télétravail", Remote.PARTIAL),
        ("Poste télétravaillable : Oui", Remote.PARTIAL),
        ("Poste éligible au télétravail", Remote.PARTIAL),
        ("2 jours de télétravail", Remote.PARTIAL),
        ("100 % télétravail", Remote.FULL),
        ("100% en télétravail possible, télétravail possible", Remote.FULL),
        ("full remote", Remote.FULL),
        ("Pas de télétravail sur ce poste", Remote.NONE),
        ("poste non télétravaillable", Remote.NONE),
        ("Télétravail : non", Remote.NONE),
        ("non éligible au télétravail", Remote.NONE),
        ("Le télétravail n'est pas possible", Remote.NONE),
        ("pas de télétravail le lundi, 2 jours de télétravail ensuite", None),
        ("référent télétravail, suivi du télétravail et du CET", None),
        ("une équipe en présentiel ou en télétravail", None),
        ("", None),
    ],
)
def test_remote_work_is_read_only_where_it_is_stated(text: str, remote: Remote | None) -> None:
    assert stated_remote(text) is remote


@pytest.mark.parametrize(
    ("title", "text", "contracts"),
    [
        ("Apprenti(e) développeur", "", (Contract.APPRENTICESHIP,)),
        ("Stage – appui au projet", "", (Contract.INTERNSHIP,)),
        ("Chargé de mission - CDD de 6 mois", "", (Contract.CONTRACT_AGENT,)),
        ("Data scientist (fixed-term contract)", "", (Contract.CONTRACT_AGENT,)),
        ("Data scientist - permanent position", "", (Contract.CONTRACT_AGENT,)),
        ("Juriste, contrat à durée déterminée", "", (Contract.CONTRACT_AGENT,)),
        ("Head of permanent staff", "manages fixed-term contracts", ()),
        ("Secrétaire général (réservé fonctionnaire cat. A)", "", (Contract.CIVIL_SERVANT,)),
        ("Juriste", "candidatures réservées aux titulaires de la FP", (Contract.CIVIL_SERVANT,)),
        ("Responsable des stages", "encadre des apprentis et des CDD", ()),
        ("Data analyst alternance (H/F)", "", (Contract.APPRENTICESHIP,)),
        ("Technicienne réseaux - apprentissage", "", (Contract.APPRENTICESHIP,)),
        ("Contrat d’apprentissage : géomaticien", "", (Contract.APPRENTICESHIP,)),
        ("Référent-e alternance", "", ()),
        ("Responsable des relations avec les entreprises et de l'alternance", "", ()),
        ("Chargée de mission apprentissage", "", ()),
        ("Chercheuse en apprentissage automatique", "", ()),
    ],
)
def test_a_contract_is_read_only_where_it_is_stated(title: str, text: str, contracts: tuple[Contract, ...]) -> None:
    assert stated_contracts(title, text) == contracts


@pytest.mark.parametrize(
    ("text", "years"),
    [
        ("Expérience souhaitée : de 5 à 10 ans", 5.0),
        ("Expérience souhaitée : Moins de 1 an", 0.0),
        ("minimum 3 ans d'expérience", 3.0),
        ("Expérience d'au moins 3 à 5 ans en logistique", 3.0),
        ("une expérience professionnelle d'au moins 2 ans", 2.0),
        ("4 années d'expérience minimum", 4.0),
        ("minimum 18 mois d'expérience", 1.5),
        ("minimum six mois d'expérience", 0.5),
        ("au moins deux ans et demi d'expérience", 2.5),
        ("expérience d'au moins 18 mois", 1.5),
        ("deux ans d'expérience minimum exigés", 2.0),
        ("at least 18 months of experience", 1.5),
        ("at least three years of relevant experience", 3.0),
        ("a minimum of 5 years' experience", 5.0),
        ("3 years of experience required", 3.0),
        ("our team has 3 years of experience", None),
        ("contrat de 18 mois", None),
        ("notre service a 10 ans d'expérience", None),
    ],
)
def test_experience_is_read_only_where_it_is_asked_for(text: str, years: float | None) -> None:
    assert stated_experience_years(text) == years


@pytest.mark.parametrize(
    ("text", "level"), [("Niveau I (bac+5)", 7), ("Niveau 6", 6), ("niveau V : CAP", 3), ("bon niveau", None)]
)
def test_a_level_is_read_in_old_and_new_numbers(text: str, level: int | None) -> None:
    assert stated_level(text) == level


@pytest.mark.parametrize(
    ("words", "context", "title"),
    [
        ("ingenieur-d-etudes-fh", "", "Ingénieur d'études"),
        ("architecte-technique-fh---ref-dsi-cdd-2021-01", "", "Architecte technique"),
        ("responsable-communication-fh-refsc2", "", "Responsable communication"),
        ("gestionnaire-paie-fh---site-de-lyon", "", "Gestionnaire paie – site de lyon"),
        ("infirmier-referent-covid-19", "", "Infirmier référent covid 19"),
        ("chef-fe-du-groupe", "", "Chef·fe du groupe"),
        ("redacteur-mobilite", "La mobilité des agents", "Rédacteur mobilité"),
        ("gestionnaire-rh", "La RH du ministère", "Gestionnaire RH"),
        ("ta-31---correspondant", "", "TA 31 – correspondant"),
        ("t", "", ""),
    ],
)
def test_an_addresss_words_read_as_a_title(words: str, context: str, title: str) -> None:
    assert readable(words, context) == title


@pytest.mark.no_cover  # others run the same lines; measured, it takes twice as long
@pytest.mark.parametrize(
    ("name", "kind", "rows", "postings"),
    [
        ("place-emploi-public-2021-03-03.csv", Format.PEP_FEED, 406, 292),
        ("place-emploi-public-2021-04-20.csv", Format.PEP_FEED, 606, 566),
        ("talentsoft-2021-01.csv", Format.TALENTSOFT, 50, 50),
    ],
)
def test_every_row_of_the_real_exports_is_accepted(name: str, kind: Format, rows: int, postings: int) -> None:
    path = shared_data("pep", name)
    found = read_all(path)
    assert detect(path) is kind
    assert len(found) == rows
    assert rejections(found) == []
    assert len(set(accepted(found))) == postings


@pytest.mark.no_cover  # others run the same lines; measured, it takes twice as long
def test_the_real_exports_name_the_same_postings_alike() -> None:
    first, second, third = (
        {record.id: record for record in read_all(shared_data("pep", name)) if isinstance(record, Posting)}
        for name in (
            "place-emploi-public-2021-03-03.csv",
            "place-emploi-public-2021-04-20.csv",
            "talentsoft-2021-01.csv",
        )
    )
    assert first.keys() & second.keys() == {"pep-2021-538950"}
    assert first.keys() & third.keys() == {"pep-2021-527980"}
