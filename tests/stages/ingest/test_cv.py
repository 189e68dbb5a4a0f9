"""CV files: what is found in them, who is left out, and what a hostile one cannot do."""

import io
import json
import os
import resource
import signal
import subprocess
import sys
import threading
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matcher.core.errors import MissingExtra, UnreadableFile
from matcher.stages.ingest import Format, Limits, cv, cv_worker, detect
from matcher.stages.ingest.cv_profile import fields_of
from matcher.stages.ingest.cv_text import prepare, text_of
from matcher.stages.ingest.degrees import level_of_degree
from tests.stages.ingest.cv_samples import PRIVATE, TEXT, docx, odt, pdf
from tests.stages.ingest.reading import only_profile, only_rejection, read_all, read_bytes

BIG = 10_000_000
KINDS = {"pdf": pdf, "docx": docx, "odt": odt}


@pytest.fixture
def no_limits(monkeypatch: pytest.MonkeyPatch) -> list[tuple[int, Any]]:
    """Note the limits that the worker would set, without setting them on the tests' own process."""
    noted: list[tuple[int, Any]] = []
    monkeypatch.setattr(resource, "setrlimit", lambda which, limits: noted.append((which, limits)))
    return noted


def in_process(kind: str, data: bytes, *, unpacked_bytes: int = BIG) -> dict[str, Any]:
    prepare(kind)
    target = io.StringIO()
    assert cv_worker.answer(kind, io.BytesIO(data), target, unpacked_bytes=unpacked_bytes) == 0
    result: dict[str, Any] = json.loads(target.getvalue())
    return result


@pytest.mark.parametrize("kind", KINDS)
def test_a_cv_is_read_in_a_process_of_its_own_and_nobody_is_in_it(tmp_path: Path, kind: str) -> None:
    steps: list[int] = []
    path = tmp_path / "sample"
    path.write_bytes(KINDS[kind]())
    assert detect(path) is Format(kind)
    profile = only_profile(read_all(path, on_bytes=steps.append))
    assert profile.id.startswith("cv-")
    assert profile.headline == "Développeuse Python senior"
    assert profile.skills == ("python", "JavaScript", "SQL", "Git (GitHub  GitLab)", "Docker", "CI/CD")
    assert [(job.title, job.organisation, job.start, job.end) for job in profile.experiences] == [
        ("Développeuse backend", "Ministère des Exemples", date(2020, 1, 1), None),
        ("Ingénieure logiciel", "Société Fictive", date(2018, 3, 1), date(2019, 6, 1)),
        ("Développeuse web", "Agence Modèle", date(2015, 1, 1), date(2018, 1, 1)),
    ]
    assert profile.experiences[1].summary == "Maintenance d'un moteur de recherche."
    assert [(degree.title, degree.level) for degree in profile.education] == [
        ("Master informatique, Université de Rennes", 7),
        ("BTS SIO", 5),
    ]
    assert profile.languages == ("Français", "Anglais")
    assert "API Django et PostgreSQL" in profile.summary
    assert not profile.visible_to_recruiters
    for private in PRIVATE:
        assert private not in repr(profile).replace("Ministère des Exemples", "")
    assert sum(steps) == path.stat().st_size


def test_an_english_cv_is_read_too() -> None:
    text = (
        "CURRICULUM VITAE\nJOHN DOE\n1 Sample Street, London\n+44 20 7946 0958 john@example.org\nData engineer\n"
        "Work experience\nSenior data engineer at Sample Ltd\nMarch 2019 to now\nPipelines.\n"
        "2021 - 2019 Analyst, Else\nSince 2015\nIntern, Start-up\n2010 - 2011\n"
        "Education\nMSc Computer Science 2014\nSkills: Python, Airflow\nLanguages\nEnglish, French\n"
    )
    fields = fields_of(text)
    assert fields["headline"] == "Data engineer"
    jobs = [(job["title"], job["organisation"], job["start"], job["end"]) for job in fields["experiences"]]
    assert jobs[0] == ("Senior data engineer", "Sample Ltd", "2019-03-01", None)
    assert jobs[1] == ("Analyst", "Else", None, None)
    assert jobs[2] == ("Intern", "Start-up", "2015-01-01", None)
    assert fields["skills"] == ["Python", "Airflow"]
    assert fields["languages"] == ["English", "French"]
    for private in ("DOE", "JOHN", "7946", "Street", "example.org"):
        assert private not in json.dumps(fields)


def test_a_cv_without_headline_takes_the_last_experience_and_without_either_is_refused() -> None:
    assert fields_of("Expérience\n2019 - 2020 Juriste, Mairie de X")["headline"] == "Juriste"
    with pytest.raises(UnreadableFile, match="job title"):
        fields_of("Expérience\nrien de daté 123.")


def test_dates_that_are_no_telephone_stay_and_months_that_are_none_are_unknown() -> None:
    fields = fields_of("Chef de projet\nExpérience\n01.2018 - 06.2019 Chef de projet\n13/2011 - 14/2012 Testeur")
    assert [(job["start"], job["end"]) for job in fields["experiences"]] == [("2018-01-01", "2019-06-01"), (None, None)]


def test_an_experience_whose_line_holds_dates_alone_at_the_end_is_left_out() -> None:
    assert fields_of("Chef de projet\nExpérience\n2018 - 2019")["experiences"] == []


@pytest.mark.parametrize("piece", ["a.", "0 ", "ab@", "1 a. ", "Jean ", "2019 - "])
def test_a_line_without_end_is_read_in_pieces(piece: str) -> None:
    fields = fields_of("Chef de projet\n" + piece * (100_000 // len(piece)))
    assert fields["headline"] == "Chef de projet"


@given(st.text(max_size=400))
@settings(deadline=None)
def test_no_text_makes_the_heuristics_fail(text: str) -> None:
    try:
        fields = fields_of(text + TEXT[:60])
    except UnreadableFile:
        return
    json.dumps(fields)


@pytest.mark.parametrize(
    ("title", "level"),
    [
        ("Doctorat en informatique", 8),
        ("Diplôme d'ingénieur", 7),
        ("Licence pro", 6),
        ("BUT informatique", 6),
        ("but not a degree", None),
        ("DUT", 5),
        ("Baccalauréat", 4),
        ("CAP cuisine", 3),
        ("Certification", None),
    ],
)
def test_a_degrees_name_gives_its_level(title: str, level: int | None) -> None:
    assert level_of_degree(title) == level


def test_tables_tabs_breaks_text_boxes_and_deletions_of_a_docx(tmp_path: Path) -> None:
    word = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    xml = (
        f'<w:document xmlns:w="{word}" xmlns:mc="urn:mc"><w:body><w:p><w:r><w:t>Chef</w:t><w:tab/><w:t>de projet</w:t>'
        "<w:br/><w:t>numérique et données</w:t></w:r></w:p><mc:AlternateContent><mc:Choice><w:p><w:t>boîte</w:t></w:p>"
        "</mc:Choice><mc:Fallback><w:p><w:t>boîte</w:t></w:p></mc:Fallback></mc:AlternateContent>"
        "<w:del><w:t>supprimé</w:t></w:del></w:body></w:document>"
    )
    assert text_of("docx", docx(xml=xml), unpacked_bytes=BIG) == "Chef\tde projet\nnumérique et données\nboîte\n"


def test_spans_tabs_and_notes_of_an_odt() -> None:
    xml = (
        '<office:d xmlns:office="urn:o" xmlns:text="urn:t"><text:h>Cheffe<text:tab/>de <text:span>projet</text:span> SI'
        "<text:note>une note</text:note> et<text:s/>données<text:line-break/>numériques</text:h> hors</office:d>"
    )
    assert text_of("odt", odt(xml=xml), unpacked_bytes=BIG) == "Cheffe\tde projet SI et données\nnumériques\n"


def bomb(kind: str) -> bytes:
    """Return a document of a few kB whose text unpacks to 80 MB."""
    return KINDS[kind](xml=b"<w>" + b" " * 80_000_000 + b"</w>")  # type: ignore[call-arg]


@pytest.mark.no_cover  # others run the same lines; measured, it takes twice as long
@pytest.mark.parametrize("kind", ["docx", "odt"])
def test_a_zip_bomb_is_rejected_by_name(tmp_path: Path, kind: str) -> None:
    packed = bomb(kind)
    assert len(packed) < 200_000
    assert "unpacks to more" in only_rejection(read_bytes(tmp_path, packed)).reason


def test_a_zip_bomb_whose_header_lies_about_its_size_is_damaged() -> None:
    honest = docx()
    plain = len(text_of("docx", honest, unpacked_bytes=BIG))
    assert plain
    central = honest.rindex(b"PK\x01\x02")
    lying = honest[: central + 24] + (10).to_bytes(4, "little") + honest[central + 28 :]
    assert "damaged" in in_process("docx", lying)["reason"]


def test_entities_are_refused() -> None:
    laughs = '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><x>&b;</x>'
    assert "entities" in in_process("docx", docx(xml=laughs))["reason"]


def encrypted_pdf(password: str) -> bytes:
    from pypdf import PdfReader, PdfWriter

    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(pdf())))
    writer.encrypt(user_password=password, owner_password="owner", algorithm="RC4-128")  # noqa: S106 - a sample's
    buffer = io.BytesIO()
    writer.write(buffer)
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("kind", "data", "words"),
    [
        ("pdf", pdf("   \n"), "only pictures"),
        ("pdf", pdf()[:40], "damaged"),
        ("docx", docx()[:-30], "damaged"),
        ("docx", docx(xml="<w:broken"), "damaged"),
        ("odt", docx(), "damaged"),
        ("odt", odt(" "), "only pictures"),
        ("docx", docx().replace(b"\x14\x00\x00\x00\x08\x00", b"\x14\x00\x01\x00\x08\x00"), "password"),
    ],
)
def test_a_cv_that_cannot_be_read_says_how_to_mend_it(kind: str, data: bytes, words: str) -> None:
    assert words in in_process(kind, data)["reason"]


def test_a_locked_pdf_is_rejected_and_one_with_an_empty_password_is_read() -> None:
    assert "password" in in_process("pdf", encrypted_pdf("locked"))["reason"]
    assert in_process("pdf", encrypted_pdf(""))["fields"]["headline"] == "Développeuse Python senior"


def test_a_pdf_of_many_pages_is_rejected() -> None:
    from pypdf import PdfReader, PdfWriter

    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(pdf())))
    for _ in range(60):
        writer.add_blank_page()
    buffer = io.BytesIO()
    writer.write(buffer)
    assert "pages" in in_process("pdf", buffer.getvalue())["reason"]


def test_a_pdf_whose_encryption_is_not_supported_counts_as_locked(monkeypatch: pytest.MonkeyPatch) -> None:
    import pypdf
    from pypdf.errors import DependencyError

    def refuse(*_: object) -> None:
        raise DependencyError("cryptography>=3.1 is required for AES algorithm")

    monkeypatch.setattr(pypdf, "PdfReader", refuse)
    assert "password" in in_process("pdf", pdf())["reason"]


def test_a_cv_that_takes_too_much_memory_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    def exhaust(*_: object, **__: object) -> str:
        raise MemoryError

    monkeypatch.setattr(cv_worker, "text_of", exhaust)
    assert "memory" in in_process("pdf", pdf())["reason"]


def test_the_worker_limits_itself_before_it_reads(
    no_limits: list[tuple[int, Any]], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(docx())))
    assert cv_worker.main(["docx", "1000", "5", "100000"]) == 0
    assert dict(no_limits) == {
        resource.RLIMIT_AS: (1000, 1000),
        resource.RLIMIT_CPU: (5, 6),
        resource.RLIMIT_FSIZE: (0, 0),
        resource.RLIMIT_CORE: (0, 0),
    }
    assert json.loads(capsys.readouterr().out)["fields"]["headline"] == "Développeuse Python senior"


def test_a_large_or_slow_or_hungry_cv_is_rejected_and_the_parent_goes_on(tmp_path: Path) -> None:
    assert "larger" in only_rejection(read_bytes(tmp_path, pdf(), limits=Limits(cv_bytes=100))).reason
    assert "larger" in only_rejection(read_bytes(tmp_path, docx(), limits=Limits(cv_bytes=100))).reason
    assert "too long" in only_rejection(read_bytes(tmp_path, pdf(), limits=Limits(cv_timeout_s=0.01))).reason
    assert "memory" in only_rejection(read_bytes(tmp_path, bomb("docx"), limits=HUNGRY)).reason
    assert "more text" in only_rejection(read_bytes(tmp_path, pdf(), limits=Limits(cv_output_bytes=100))).reason
    assert only_profile(read_bytes(tmp_path, pdf())).headline == "Développeuse Python senior"


HUNGRY = Limits(cv_memory_bytes=150_000_000, cv_unpacked_bytes=200_000_000)


def stand_in(monkeypatch: pytest.MonkeyPatch, code: str) -> None:
    """Start this code instead of the worker."""
    real = subprocess.Popen

    def start(command: list[str], **options: Any) -> Any:
        return real([command[0], "-c", code], **options)

    monkeypatch.setattr(subprocess, "Popen", start)


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("import os; os.kill(os.getpid(), 9)", "killed"),
        ("import os; os.kill(os.getpid(), 24)", "too long"),
        ("import os; os.abort()", "killed"),
        ("raise SystemExit(3)", "damaged"),
        ("print('Zanzibar')", "damaged"),
        ("print('[]')", "damaged"),
        ("print('{\"fields\": 3}')", "damaged"),
        ("print('{\"reason\": 3}')", "damaged"),
        ('print(\'{"fields": {"headline": 3, "summary": ""}}\')', "damaged"),
        ("print('[' * 100_000)", "damaged"),
        ('print(\'{"reason": "\\\\u001b[2J"}\')', "damaged"),
        ("import time; time.sleep(60)", "too long"),
        ("while True: print('Zanzibar' * 1000)", "more text"),
    ],
)
def test_the_parent_outlives_whatever_becomes_of_the_worker(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: str, words: str
) -> None:
    stand_in(monkeypatch, code)
    rejection = only_rejection(read_bytes(tmp_path, pdf(), limits=Limits(cv_timeout_s=1.5)))
    assert words in rejection.reason
    assert "Zanzibar" not in repr(rejection)


def test_the_worker_inherits_no_secret(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(os.environ, "DATABASE_PASSWORD", "Zanzibar")
    code = "import os, json; print(json.dumps({'fields': {'headline': ' '.join(sorted(os.environ)), 'summary': ''}}))"
    stand_in(monkeypatch, code)
    assert "PASSWORD" not in only_profile(read_bytes(tmp_path, pdf())).headline


def test_the_worker_cannot_say_more_than_what_a_cv_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    said = {"headline": "Juriste", "summary": "", "skills": ["droit"]}
    taken = {"id": "other", "visible_to_recruiters": True, "consented_at": "2026-01-01", "hidden_from": ["dinum"]}
    stand_in(monkeypatch, f"import json; print(json.dumps({{'fields': {said | taken}}}))")
    profile = only_profile(read_bytes(tmp_path, pdf()))
    assert (profile.headline, profile.skills) == ("Juriste", ("droit",))
    assert profile.id.startswith("cv-")
    assert (profile.visible_to_recruiters, profile.consented_at, profile.hidden_from) == (False, None, ())


def test_ctrl_c_while_a_cv_is_read_kills_the_worker_and_comes_through(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    workers: list[subprocess.Popen[bytes]] = []
    real = subprocess.Popen

    class Interrupted(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            raise KeyboardInterrupt

    def start(command: list[str], **options: Any) -> Any:
        worker = real([command[0], "-c", "import time; time.sleep(60)"], **options)
        workers.append(worker)
        assert worker.stdout
        worker.stdout.close()
        worker.stdout = Interrupted()
        return worker

    monkeypatch.setattr(subprocess, "Popen", start)
    with pytest.raises(KeyboardInterrupt):
        read_bytes(tmp_path, pdf())
    (worker,) = workers
    assert worker.returncode == -signal.SIGKILL
    assert all(clock.finished.is_set() for clock in threading.enumerate() if isinstance(clock, threading.Timer))


def test_without_the_extra_a_cv_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cv, "find_spec", lambda _: None)
    with pytest.raises(MissingExtra, match="cv"):
        read_bytes(tmp_path, pdf())
