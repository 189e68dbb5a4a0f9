"""Is the right text found by a query? Any set in the form of TREC or BEIR, with the models that compare titles.

    python -m benchmarks.quality --trec DIR

A set is a folder, or several are its sub-folders. Each has three files, any of which may be gzipped (`.gz`):

- queries: `queries.tsv` (id, text) or `queries.jsonl` (`_id` or `id`, `text`);
- corpus: `corpus.tsv` (id, text; or id, title, text), `corpus.jsonl` (`_id` or `id`, `title`, `text`, either of which
  may be left out), or MELO's `corpus_elements.tsv`;
- judgements: `qrels.txt`, `qrels.tsv`, `qrels/test.tsv` or MELO's `annotations.tsv`: TREC's four columns (query,
  anything, text, relevance) between blanks, or BEIR's three (query, text, relevance) under a line that names them.

Columns of `.tsv` stand between tabs; a first line that names them is passed over. Relevance is a whole number; from 1
on a text is right. A title and a text are read as one, and compared as titles are: texts much longer than a title are
not what the models were made for. Mechanism: MRR and success at 1 and 10 as for MELO, over the queries that have a
right text; nDCG at 10, with the relevance for the gain, and the share of the right texts among the first 100, by
ir-measures. Control: `--baselines`, TF-IDF of characters and the packaged all-MiniLM-L6-v2.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import ir_measures
import numpy as np
from ir_measures import R, nDCG

from benchmarks import folders, melo
from benchmarks.encoding import HEADLINE, Titles
from benchmarks.melo import MeloSet, Scorer
from matcher.core.errors import UnreadableFile

QUERIES = ("queries.tsv", "queries.jsonl")
CORPUS = ("corpus.tsv", "corpus.jsonl", melo.CORPUS)
JUDGEMENTS = ("qrels.txt", "qrels.tsv", "qrels/test.tsv", melo.ANNOTATIONS)
HEADS = frozenset({"_id", "id", "qid", "query_id", "query-id", "docid", "doc_id", "corpus-id"})
"""First columns of a line that names columns."""
DEPTH = 100
MEASURES = (nDCG @ 10, R @ DEPTH)


@dataclass(frozen=True, slots=True)
class TrecSet:
    """One set, and how relevant each right text is."""

    texts: MeloSet
    grades: tuple[Mapping[int, int], ...]
    """By query, relevance by the place of the text in the corpus."""


def measure(folder: Path, encoders: Sequence[Titles], *, tfidf: bool) -> dict[str, Any]:
    """Return the figures of every encoder and input on every set in a folder.

    Raises:
        UnreadableFile: a set is incomplete or wrong, or there is none.
    """
    sets = {one.texts.name: one for one in read(folder)}

    def figured(one: MeloSet, score: Scorer) -> dict[str, Any]:
        return figures(sets[one.name], score)

    texts = [one.texts for one in sets.values()]
    return {
        "headline": {"model": encoders[0].name, "input": HEADLINE},
        "sets": melo.sizes(texts),
        "measured": melo.measured(texts, encoders, figured, tfidf=tfidf),
    }


def read(folder: Path) -> list[TrecSet]:
    """Return the set that a folder is, or the sets in its sub-folders, by name.

    Raises:
        UnreadableFile: a set is incomplete or wrong, or there is none.
    """
    made_of = " and ".join(f"one of {', '.join(names)}" for names in (QUERIES, CORPUS, JUDGEMENTS))
    found = folders.sets(folder, (*QUERIES, *CORPUS, *JUDGEMENTS), made_of=made_of)
    return [_read_set(path) for path in found]


def figures(one: TrecSet, score: Scorer) -> dict[str, Any]:
    """Return MELO's figures, nDCG at 10 and recall at 100."""
    queries = range(len(one.texts.queries))
    qrels = [
        ir_measures.Qrel(str(query), str(place), grade)
        for query in queries
        for place, grade in one.grades[query].items()
    ]
    # Their order is given, not their scores: ties would be broken by id.
    run = [
        ir_measures.ScoredDoc(str(query), str(place), float(-rank))
        for query, places in zip(queries, _first(one.texts, score), strict=True)
        for rank, place in enumerate(places)
    ]
    found = ir_measures.calc_aggregate(MEASURES, qrels, run)
    more = {str(measure): round(float(found[measure]), 4) for measure in MEASURES}
    return {**melo.figures(melo.ranks(one.texts, score)), **more}


def _first(one: MeloSet, score: Scorer) -> Iterator[list[int]]:
    """Yield each query's first texts, best first, equals in the order of the corpus."""
    for start in range(0, len(one.queries), melo.QUERY_BLOCK):
        for row in score(slice(start, start + melo.QUERY_BLOCK)):
            yield np.argsort(-row, kind="stable")[:DEPTH].tolist()


def _read_set(folder: Path) -> TrecSet:
    queries_in, corpus_in, judged_in = (_needed(folder, names) for names in (QUERIES, CORPUS, JUDGEMENTS))
    queries, corpus = _texts(folder / queries_in), _texts(folder / corpus_in)
    places = {name: at for at, name in enumerate(corpus)}
    grades: dict[str, dict[int, int]] = {}
    for where, query, element, relevance in _judgements(folder / judged_in):
        if query not in queries:
            raise UnreadableFile(f"{where}: {query!r} is not in {queries_in}")
        if element not in places:
            raise UnreadableFile(f"{where}: {element!r} is not in {corpus_in}")
        if relevance > 0:
            grades.setdefault(query, {})[places[element]] = relevance
    if not grades:
        raise UnreadableFile(f"{folder.name}/{judged_in} has no right text for any query")
    asked = [name for name in queries if name in grades]
    texts = MeloSet(
        name=folder.name,
        queries=tuple(queries[name] for name in asked),
        corpus=tuple(corpus.values()),
        corpus_ids=tuple(corpus),
        relevant=tuple(tuple(grades[name]) for name in asked),
    )
    return TrecSet(texts, tuple(grades[name] for name in asked))


def _needed(folder: Path, names: Sequence[str]) -> str:
    if not (found := folders.present(folder, names)):
        raise UnreadableFile(f"{folder.name} lacks one of {', '.join(names)} (or the same with .gz)")
    return found


def _texts(path: Path) -> dict[str, str]:
    """Return texts by id, in order."""
    found: dict[str, str] = {}
    for where, name, text in _objects(path) if path.suffix == ".jsonl" else _columns(path):
        if name in found:
            raise UnreadableFile(f"{where}: the id {name!r} stands twice")
        found[name] = text
    return found


def _columns(path: Path) -> Iterator[tuple[str, str, str]]:
    for number, (where, line) in enumerate(folders.lines(path)):
        name, *texts = (field.strip() for field in line.split("\t"))
        if number == 0 and name.casefold() in HEADS:
            continue
        if not name or len(texts) not in {1, 2}:
            raise UnreadableFile(
                f"{where}: {1 + len(texts)} columns, expected an id and a text between tabs: {line[:60]!r}"
            )
        yield where, name, " ".join(filter(None, texts))


def _objects(path: Path) -> Iterator[tuple[str, str, str]]:
    for where, line in folders.lines(path):
        try:
            record = json.loads(line)
        except ValueError as error:
            raise UnreadableFile(f"{where}: it is no JSON: {error}") from error
        if not isinstance(record, dict):
            raise UnreadableFile(f"{where}: it is no object of JSON")
        name = record.get("_id", record.get("id"))
        texts = [record.get(key) or "" for key in ("title", "text")]
        if not isinstance(name, str | int) or name == "" or not all(isinstance(text, str) for text in texts):
            raise UnreadableFile(f"{where}: it needs an `_id` (or `id`), and a `text` or `title` in quotes")
        yield where, str(name), " ".join(filter(None, texts))


def _judgements(path: Path) -> Iterator[tuple[str, str, str, int]]:
    """Yield where a judgement stands, its query, its text, and how relevant that is."""
    for number, (where, line) in enumerate(folders.lines(path)):
        fields = line.split("\t") if line.count("\t") in {2, 3} else line.split()
        if len(fields) not in {3, 4}:
            raise UnreadableFile(
                f"{where}: {len(fields)} columns: write query, 0, text, relevance as TREC does, or query, text, "
                "relevance under a line that names them as BEIR does"
            )
        query, element, relevance = fields[0].strip(), fields[-2].strip(), fields[-1].strip()
        if number == 0 and query.casefold() in HEADS:
            continue
        try:
            yield where, query, element, int(relevance)
        except ValueError:
            raise UnreadableFile(f"{where}: the relevance must be a whole number: {relevance!r}") from None
