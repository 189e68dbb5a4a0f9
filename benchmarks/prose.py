"""Does one half of a text find its other half? What bodies are compared by, as the engine compares them.

The folder holds `pep/` (postings of Place de l'emploi public as CSV files, Licence Ouverte) and `referens/` (the job
sheets of REFERENS III, Licence Ouverte), or one of them; docs/data.md says where anyone gets them. Mechanism: each text
is cut in the middle, between lines or sentences; each half is the description of a posting, which the engine's own text
stage and index make comparable. The first halves ask, all second halves answer: mean reciprocal rank of the other half,
and the share found in the first ten; whatever is as near as the right one counts as before it.

Two halves of one text are more alike than a posting and a person will ever be: this says which of two ways to compare
prose is the better one, not how good matches are. The shipped static model and the table of frequencies have read all
of these texts, so its figures are too good; `--body` measures others beside it, as a model trained without them
(`static-noprose`: the same recipe and vocabulary, `said` pairs, no prose of postings and sheets; it does not ship).

Control: TF-IDF of words and pairs of words with the statistics of the compared texts themselves, which no service that
adds one document at a time has.

Under a title: the whole engine, each posting's first half under its own title, or under the name of a project that
says no trade, asks for the profile that holds its title and its other half.
"""

import re
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

import models
from benchmarks import folders
from matcher.compose import open_matcher
from matcher.core.domain import Facet, FacetTexts, Kind, Posting, PostingId, Profile, ProfileId
from matcher.core.errors import UnreadableFile
from matcher.core.ports import Encoders, Vectors
from matcher.settings import Settings
from matcher.stages.embed import Embedders, pool
from matcher.stages.index import FacetIndex
from matcher.stages.index.terms import Asked
from matcher.stages.ingest import read
from matcher.stages.text import clean, clean_title, facet_texts
from models.train import sources
from models.train.data import REFERENS
from models.train.hyperparameters import Hyperparameters
from models.words import STOP_WORDS

SHORTEST = 300
"""Characters of a half."""
FEW_LINES = 6
"""A text of no more lines is cut between sentences."""
LEAST_PASSAGES = 3
SAME_START = 200
"""Characters: postings that begin alike are one that was published twice."""
FIRST = 10
WORD = r"[\w+#]+"
TFIDF = "TF-IDF of words and pairs (control)"

PROJECTS = """
Zéphyr | CartoFlux | Ma mairie | DataLoire | Le coin des agents | Passerelle | Horizon 2030 | Mon dossier simple |
SignalEau | ArchiVert | Plateau ouvert | Labo santé | ViaRail | OpenForêt | Justice facile | Prévi-crues | Mes aides |
Cap territoires | Le comptoir | BatiScope | Trace déchets | EcoVille | Parcours | Nova | Atlas | Tous connectés |
Signal | Lumière sur les comptes | Bouquet numérique | Alerte pollens | Camino | Ruche | GéoMémoire |
Le grand inventaire | Mobilité douce | Retour aux sources | AgriSat | Phare | Plume | Transparence
"""
"""Names of projects, invented before anything was decided by them. Some hold a word of a trade (`aides`, `agents`)."""

Halves = list[tuple[str, str]]


def measure(folder: Path, recipes: Sequence[str]) -> dict[str, Any]:
    """Return how well each recipe for bodies finds the other halves.

    Raises:
        UnreadableFile: the folder holds neither `pep` nor `referens`, or a file that cannot be read.
        ModelUnavailable: a recipe cannot be read, or a model is missing.
    """
    found = {"postings": postings(folder / "pep"), "sheets": sheets(folder / "referens")}
    sets = {name: halves for name, halves in found.items() if halves}
    if not sets:
        raise UnreadableFile(f"{folder.name}: neither postings in pep/ nor {REFERENS} in referens/")
    return {
        "texts": {name: len(halves) for name, halves in sets.items()},
        "has_read_them": "the shipped static model and the table of frequencies",
        **({"under_a_title": under_titles(folder / "pep")} if sets.get("postings") else {}),
        "measured": {
            **{
                re.sub(r"[^*+ ]*/", "", recipe): {name: _figures(recipe, halves) for name, halves in sets.items()}
                for recipe in dict.fromkeys(recipes)
            },
            TFIDF: {name: {"body": _tfidf(halves)} for name, halves in sets.items()},
        },
    }


def under_titles(folder: Path) -> dict[str, dict[str, float]]:
    """Return how well the whole engine finds the other half with its title, by what stands over the first half."""
    titled = [*_titled(folder).items()]
    projects = [name.strip() for name in PROJECTS.split("|")]
    return {
        name: _matched([(titles[at % len(titles)], title, *halves) for at, (halves, title) in enumerate(titled)])
        for name, titles in {
            "its own title": [title for _, title in titled],
            "the name of a project": projects,
        }.items()
    }


def _matched(pairs: Sequence[tuple[str, str, str, str]]) -> dict[str, float]:
    """Return the figures of the engine on pairs: a posting's title, a profile's headline, and a text of each."""
    with tempfile.TemporaryDirectory() as home:
        matcher = open_matcher(Settings(home=Path(home)))
        try:
            for at, (title, headline, asked, offered) in enumerate(pairs):
                matcher.put([Posting(PostingId(f"p{at}"), title=title, description=asked)])
                profile = Profile(ProfileId(f"c{at}"), headline=headline, summary=offered, visible_to_recruiters=True)
                matcher.put([profile])
            places = [
                [match.profile_id[1:] for match in matches].index(matches[0].posting_id[1:]) + 1
                for matches in matcher.match_all(Kind.POSTING, k=len(pairs))
            ]
        finally:
            matcher.close()
    return _means(np.array(places))


def postings(folder: Path) -> Halves:
    """Return the halves of each posting that is long enough, each once."""
    return [*_titled(folder)]


def _titled(folder: Path) -> dict[tuple[str, str], str]:
    """Return the title of each posting that is long enough, by its halves."""
    found: dict[tuple[str, str], str] = {}
    seen: set[str] = set()
    for path in sorted(folder.glob("*.csv")):
        for record in read(path, clean=clean, clean_title=clean_title):
            if not isinstance(record, Posting) or record.id in seen:
                continue
            text = f"{record.description or ''}\n{record.qualifications or ''}".strip()
            halves = _cut(text.split("\n") if text.count("\n") >= FEW_LINES else re.split(r"(?<=\.) ", text))
            if text[:SAME_START] not in seen and min(map(len, halves)) > SHORTEST:
                seen |= {record.id, text[:SAME_START]}
                found[halves] = record.title
    return found


def sheets(folder: Path) -> Halves:
    """Return the halves of each job sheet of three passages and more."""
    if not folder.is_dir():
        return []
    path = folders.existing(folder / REFERENS)
    found = sources.sheets(path, Hyperparameters().sources)
    return [_cut(sheet.prose) for sheet in found if len(sheet.prose) >= LEAST_PASSAGES]


def ranks(cosines: npt.NDArray[np.floating[Any]]) -> dict[str, float]:
    """Return the figures of a square of cosines, whose diagonal holds the right ones."""
    return _means((cosines >= cosines.diagonal()[:, None]).sum(axis=1))


def _means(places: npt.NDArray[np.signedinteger]) -> dict[str, float]:
    return {"MRR": round(float((1 / places).mean()), 4), "first ten": round(float((places <= FIRST).mean()), 4)}


def _cut(parts: Sequence[str]) -> tuple[str, str]:
    middle = max(len(parts) // 2, 1)
    return "\n".join(parts[:middle]), "\n".join(parts[middle:])


def _figures(recipe: str, halves: Halves) -> dict[str, dict[str, float]]:
    """Return the figures of bodies, and of their vectors and terms alone."""
    encoder, prose = models.load_body(recipe)
    encoders = Encoders(encoder, encoder, encoder, prose)
    embedders = Embedders(encoders, stored=lambda digests, *, model: {})  # noqa: ARG005 - a port
    texts = [[_body(half) for half in side] for side in zip(*halves, strict=True)]
    vectors, _ = embedders.vectors([text for side in texts for text in side])
    asking, answering = ([pool(one, vectors, models=embedders.models) for one in side] for side in texts)
    terms, others = ([embedders.terms(one) for one in side] for side in texts)
    index, alone = (
        FacetIndex({Facet.BODY: encoder.dimension}, terms_share=share) for share in (encoders.terms_share, 0.0)
    )
    for number, (vector, term) in enumerate(zip(answering, others, strict=True)):
        index.put(str(number), vector, term)
        alone.put(str(number), vector)
    found = {"body": _asked(index, asking, terms), "vectors alone": _asked(alone, asking, terms)}
    if index.term_rows is not None:
        rows = np.arange(len(halves))
        found["terms alone"] = ranks(np.stack([index.term_rows.cosines(Asked.of(term), rows) for term in terms]))
    return found


def _asked(index: FacetIndex, asking: Sequence[Mapping[Facet, Vectors]], terms: Sequence[Any]) -> dict[str, float]:
    rows, nothing = np.arange(index.rows), np.zeros(1, dtype=np.float32)
    queries = [
        index.query(vectors, weights={Facet.BODY: 1.0}, unknown=nothing, terms=term)
        for vectors, term in zip(asking, terms, strict=True)
    ]
    return ranks(np.stack([index.similarities(query, rows)[0][:, 0] for query in queries]))


def _body(text: str) -> FacetTexts:
    texts = facet_texts(Posting(PostingId("half"), title="", description=text))
    return {Facet.BODY: texts[Facet.BODY]}


def _tfidf(halves: Halves) -> dict[str, float]:
    from sklearn.feature_extraction.text import TfidfVectorizer  # noqa: PLC0415 - a second of import time

    counter = TfidfVectorizer(
        ngram_range=(1, 2),
        sublinear_tf=True,
        stop_words=sorted(STOP_WORDS),
        strip_accents="unicode",
        token_pattern=WORD,
    )
    rows = counter.fit_transform([half for side in zip(*halves, strict=True) for half in side])
    return ranks((rows[: len(halves)] @ rows[len(halves) :].T).toarray())
