"""How a corpus comes to be where a process starts: from a snapshot that can be trusted, or from the database.

Each comes with the last change of the log that it holds: whoever follows the log goes on from there.
"""

from matcher.core.domain import Kind
from matcher.core.errors import SnapshotOutdated, SnapshotRefused
from matcher.core.storing import Mark, Store
from matcher.corpus import Corpus
from matcher.derive import Deriver, document
from matcher.stores.snapshots import Snapshots


def restored(
    snapshots: Snapshots, store: Store, deriver: Deriver, *, database_id: str, fingerprint: str
) -> tuple[Corpus, Mark] | None:
    """Return the corpus of the current snapshot; None where there is no snapshot.

    Args:
        snapshots: where the corpus is kept between runs.
        store: the database.
        deriver: by which records would be derived now.
        database_id: the database's, as it was when this process opened it.
        fingerprint: of all that would make another corpus of the same records.

    Raises:
        SnapshotOutdated: it was made under another fingerprint.
        SnapshotRefused: it is damaged, or of another database or history.
    """
    current = snapshots.current()
    if current is None:
        return None
    folder, facts = current
    if facts.fingerprint != fingerprint:
        raise SnapshotOutdated("the snapshot was made by another model or version: rebuilding from the database")
    change = store.change(facts.sequence)
    if facts.database_id != database_id or facts.token != (change.token if change else ""):
        raise SnapshotRefused("the snapshot belongs to another database: rebuilding from this one")
    corpus = deriver.restored(folder)
    if any(corpus.count(kind) != facts.rows[kind] for kind in Kind):
        raise SnapshotRefused("the snapshot holds other rows than it says: rebuilding from the database")
    return corpus, Mark(facts.sequence, facts.token)


def rebuilt(store: Store, deriver: Deriver, *, rewriting: bool, processes: int) -> tuple[Corpus, Mark]:
    """Return the corpus of all that the database holds. Its log may grow meanwhile: what came after is to be followed.

    Args:
        store: the database; takes the vectors that it lacks, where the deriver keeps them.
        deriver: derives every record.
        rewriting: whether full-text rows and digests are brought up to this version's facet texts.
        processes: in how many the texts are made.
    """
    change = store.change(store.last_sequence())  # before the records: none that came earlier is missed
    corpus = deriver.corpus()
    for kind in Kind:
        for records, made in deriver.all_made(store.scan(kind), words=rewriting, processes=processes):
            if rewriting:
                store.rewrite_derived([*map(document, records, made.readings)])
            deriver.keep(made)
            for record, derived in zip(records, made.derived, strict=True):
                corpus.put(record, derived)
    return corpus, change.mark if change else Mark()
