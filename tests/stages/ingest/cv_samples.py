"""CV files of people who do not exist, made byte by byte."""

import io
import zipfile

TEXT = """Jeanne Exemple
Développeuse Python senior
12 rue des Lilas
75011 Paris
jeanne.exemple@example.org | 06 12 34 56 78
linkedin.com/in/jeanne-exemple
Née le 12/03/1985
Nationalité : française
Profil
Dix ans d'expérience dans le développement de services publics numériques.
Expériences professionnelles
Janv. 2020 – présent : Développeuse backend, Ministère des Exemples
API Django et PostgreSQL pour 2 millions d'usagers.
03/2018-06/2019
Ingénieure logiciel chez Société Fictive
Maintenance d'un moteur de recherche.
2015 - 2018 Agence Modèle | Développeuse web
Formation
2015 Master informatique, Université de Rennes
BTS SIO
Lycée Jean Moulin
Compétences
Langages : Python, JavaScript, SQL, python
Outils : Git (GitHub, GitLab), Docker • CI/CD
Langues : Français (langue maternelle), anglais courant
Centres d'intérêt
Escalade avec Jeanne Exemple
"""

PRIVATE = ("Exemple", "jeanne", "06 12", "Lilas", "75011", "1985", "linkedin", "Nationalité")

_WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_TEXT = "urn:oasis:names:tc:opendocument:xmlns:text:1.0"
_OFFICE = "urn:oasis:names:tc:opendocument:xmlns:office:1.0"


def _zipped(*entries: tuple[str, str | bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries:
            stored = zipfile.ZIP_STORED if name == "mimetype" else zipfile.ZIP_DEFLATED
            archive.writestr(name, content, compress_type=stored)
    return buffer.getvalue()


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;")


def docx(text: str = TEXT, *, xml: str | bytes | None = None) -> bytes:
    body = "".join(f"<w:p><w:r><w:t>{_escaped(line)}</w:t></w:r></w:p>" for line in text.splitlines())
    document = xml or f'<w:document xmlns:w="{_WORD}"><w:body>{body}</w:body></w:document>'
    return _zipped(("[Content_Types].xml", "<Types/>"), ("word/document.xml", document))


def odt(text: str = TEXT, *, xml: str | bytes | None = None) -> bytes:
    body = "".join(f"<text:p>{_escaped(line)}</text:p>" for line in text.splitlines())
    document = xml or (
        f'<office:document-content xmlns:office="{_OFFICE}" xmlns:text="{_TEXT}"><office:body>{body}'
        "</office:body></office:document-content>"
    )
    return _zipped(("mimetype", "application/vnd.oasis.opendocument.text"), ("content.xml", document))


def pdf(text: str = TEXT) -> bytes:
    """Return a one-page PDF in Helvetica, Windows-1252."""
    drawn = "".join(f"({line}) Tj T*\n" for line in text.replace("(", "\\(").replace(")", "\\)").splitlines())
    content = b"BT /F1 10 Tf 14 TL 40 800 Td\n" + drawn.encode("cp1252", errors="replace") + b"ET"
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources 6 0 R >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
        b"<< /Font << /F1 5 0 R >> >>",
    ]
    out = bytearray(b"%PDF-1.4\n")
    offsets = []
    for number, item in enumerate(objects, start=1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, item)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    out += b"trailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, start)
    return bytes(out)
