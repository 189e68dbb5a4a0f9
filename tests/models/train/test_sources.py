"""The data's folders become concepts with all their names and passages."""

import gzip
import re
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest
from click.testing import CliRunner

from models.train import calibrate, data, frequencies, sources, taxonomy, trade_words, translations
from models.train.sources import both_genders
from tests.models.train import tiny


@pytest.mark.parametrize(
    ("label", "forms"),
    [
        ("Homme / Femme de chambre", ("Homme de chambre", "Femme de chambre")),
        ("boucher/bouchère", ("boucher", "bouchère")),
        ("Vendeur conseil / Vendeuse", ("Vendeur conseil / Vendeuse",)),
        ("géomètre", ("géomètre",)),
    ],
)
def test_a_label_gives_both_genders_where_it_names_both(label: str, forms: tuple[str, ...]) -> None:
    assert both_genders(label) == forms


def test_an_occupation_has_every_name_in_both_languages_and_both_genders(tmp_path: Path) -> None:
    butcher = tiny.concepts(tmp_path)[tiny.occupation(0)]
    assert butcher.french == ("boucher", "bouchère", "découpeur de viande", "découpeuse de viande")
    assert butcher.english == ("butcher", "meat cutter")
    assert (butcher.kind, butcher.group) == ("occupation", "2000")


def test_prose_is_cut_at_sentences_and_lists_only_essential_skills(tmp_path: Path) -> None:
    butcher = tiny.concepts(tmp_path)[tiny.occupation(0)]
    *passages, english, french = butcher.prose
    assert all(len(passage.split()) <= 40 and passage[-1] == "." for passage in passages)
    assert " ".join(passages) == tiny.DESCRIPTION
    assert english == "bake bread, cut meat"
    assert french == "cuire du pain, couper la viande"


def test_a_code_of_the_rome_has_its_appellations_its_definition_and_its_skills(tmp_path: Path) -> None:
    code = tiny.concepts(tmp_path)["D1101"]
    assert code.french[:3] == ("Boucherie", "Boucher", "Bouchère")
    # Doubled quotes are the file's way to write one; how to get into the occupation is no description of it.
    assert code.prose == ("Prépare l'étal et découpe les viandes selon les règles d'hygiène.", "Découpe de l'agneau")


def test_a_job_sheet_has_its_titles_and_its_mission(tmp_path: Path) -> None:
    sheet = tiny.concepts(tmp_path)["E1A01"]
    assert sheet.french == ("Architecte des systèmes d'information", "Urbaniste SI", "Architecte technique")
    assert sheet.prose[0].startswith("Concevoir l'architecture")


def test_a_file_that_was_unpacked_says_the_same(tmp_path: Path) -> None:
    packed = tiny.concepts(tmp_path)
    path = tmp_path / "rome" / data.ROME_CODES
    path.with_suffix("").write_bytes(gzip.decompress(path.read_bytes()))
    path.unlink()
    assert data.complaint(tmp_path) is None
    assert {
        one.id: one for one in sources.concepts(tmp_path, tiny.PARAMETERS.sources) if one.kind != "lexicon"
    } == packed


def test_a_missing_file_is_named_with_the_place_to_get_it(tmp_path: Path) -> None:
    tiny.write(tmp_path)
    (tmp_path / "esco" / "skills_fr.csv.gz").unlink()
    line = data.complaint(tmp_path)
    assert line
    assert "skills_fr.csv.gz missing" in line
    assert "https://esco.ec.europa.eu/en/use-esco/download" in line
    with pytest.raises(FileNotFoundError, match=r"skills_fr\.csv\.gz"):
        sources.concepts(tmp_path, tiny.PARAMETERS.sources)


def _text(path: Path) -> bytes:
    return gzip.decompress(path.read_bytes())


_DAMAGE: dict[str, tuple[str, Callable[[Path], bytes], str]] = {
    "cut off": ("esco/skills_en.csv.gz", lambda path: path.read_bytes()[:100], "cannot be read"),
    "no gzip": ("esco/skills_en.csv.gz", lambda path: b"hello", "cannot be read"),
    "of nothing": ("esco/occupations_fr.csv.gz", lambda path: gzip.compress(b""), "no column conceptUri"),
    "a page": ("rome/unix_texte_v347_utf8.csv.gz", lambda path: gzip.compress(b"<html>"), "no column code_rome"),
    "semicolons": (
        "rome/unix_referentiel_code_rome_v460_utf8.csv.gz",
        lambda path: gzip.compress(_text(path).replace(b",", b";")),
        "separated by ','",
    ),
    "latin-1": (
        "rome/unix_referentiel_appellation_v460_utf8.csv.gz",
        lambda path: gzip.compress(_text(path).decode().encode("latin-1")),
        "cannot be read",
    ),
    "a head alone": (
        "esco/occupations_en.csv.gz",
        lambda path: gzip.compress(_text(path).splitlines(keepends=True)[0]),
        "has no row",
    ),
    "a short row": ("esco/skills_en.csv.gz", lambda path: gzip.compress(_text(path)[:-300]), "line 11"),
    "another table": (
        "esco/skills_fr.csv.gz",
        lambda path: path.with_name("occupations_fr.csv.gz").read_bytes(),
        "no conceptUri of skills_en",
    ),
    "a pair of it": (
        "esco/occupations_fr.csv.gz",
        lambda path: path.with_name("skills_fr.csv.gz").read_bytes(),
        "no conceptUri of occupations_en",
    ),
    "sheets": (f"referens/{data.REFERENS}", lambda path: gzip.compress(b"a;b\n1;2\n"), "no column referens_id"),
    "random bytes": ("pep/garbage.csv", lambda path: bytes(range(256)) * 20, "no posting"),
}


@pytest.mark.parametrize("damage", _DAMAGE)
def test_wrong_data_is_refused_by_its_name_with_the_place_to_get_it(tmp_path: Path, damage: str) -> None:
    name, content, said = _DAMAGE[damage]
    path = tiny.write(tmp_path) / name
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(content(path))
    with pytest.raises(data.WrongData, match=re.escape(said)) as refused:
        sources.concepts(tmp_path, tiny.PARAMETERS.sources)
    assert str(path) in str(refused.value)
    assert "get it anew from https://" in str(refused.value)


@pytest.mark.parametrize("command", [calibrate, frequencies, taxonomy, trade_words, translations])
def test_the_commands_of_the_tables_end_with_one_line_where_data_is_wrong_or_missing(
    tmp_path: Path, command: ModuleType
) -> None:
    path = tiny.write(tmp_path) / "esco" / "skills_en.csv.gz"
    path.write_bytes(path.read_bytes()[:100])
    cut_off = CliRunner().invoke(command.main, ["--data", str(tmp_path)])
    path.unlink()
    missing = CliRunner().invoke(command.main, ["--data", str(tmp_path)])
    for done in (cut_off, missing):
        assert (done.exit_code, done.output.count("\n")) == (2, 1)
        assert "skills_en.csv.gz" in done.output


def test_what_may_be_left_out_may_be_absent_but_not_empty(tmp_path: Path) -> None:
    tiny.write(tmp_path)
    (tmp_path / "referens" / data.REFERENS).unlink()
    assert data.REFERENS in (data.complaint(tmp_path) or "")
    (tmp_path / "referens").rmdir()
    assert data.complaint(tmp_path) is None
    assert not [one for one in sources.concepts(tmp_path, tiny.PARAMETERS.sources) if one.kind == "sheet"]


def test_every_file_is_known_by_its_digest(tmp_path: Path) -> None:
    before = data.digests(tiny.write(tmp_path))
    assert set(before) == {
        f"{one.folder}/{name}" for one in data.DATA_SETS if one is not data.PEP for name in one.files
    }
    (tmp_path / "esco" / "skills_en.csv.gz").write_bytes(b"")
    changed = data.digests(tmp_path)
    assert {name for name in before if before[name] != changed[name]} == {"esco/skills_en.csv.gz"}


def test_titles_as_people_say_them_stand_beside_an_occupation_s_names(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = tmp_path / "titles.tsv"
    said.write_text("# ours\nid\tfr\ten\n0\tLoucherbem | BOUCHER\tMeat Cutter | Slaughterer\n", encoding="utf-8")
    monkeypatch.setattr(sources, "TITLES", said)
    monkeypatch.setattr(sources, "OCCUPATIONS", tiny.occupation(0)[:-1])
    found = tiny.concepts(tmp_path)
    butcher = found[tiny.occupation(0)]
    assert butcher.said == (("Loucherbem", True), ("Slaughterer", False)), "what is a name already is left out"
    assert butcher.french == ("boucher", "bouchère", "découpeur de viande", "découpeuse de viande")
    assert not any(one.said for one in found.values() if one is not butcher)


def test_the_titles_that_ship_are_in_order() -> None:
    lines = [line for line in sources.TITLES.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    rows = [line.split("\t") for line in lines[1:]]
    assert lines[0].split("\t") == ["id", "fr", "en"]
    assert len({row[0] for row in rows}) == len(rows) > 3000
    for uri, *columns in rows:
        assert re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", uri)
        assert len(columns) == 2
        for column in columns:
            titles = column.split(" | ")
            assert len(set(titles)) == len(titles) >= 4, uri
            assert all(title == title.strip() and 1 < len(title) < 120 for title in titles), uri
            assert not re.search(r"\b[HF]/[HFX]\b", column), uri
