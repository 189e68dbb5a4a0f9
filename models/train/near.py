"""What is near an entry of the lexicon, and what its vectors would have held near: for whoever adds an entry.

    python -m models.train.near [ENTRY...]

An entry is near nothing until lexicon.tsv or relations.tsv says what it is near: vectors say nothing of two entries,
nor of a product and a skill of ESCO. Of each entry (its id) this lists the relations that it has, then every other
skill that the encoder of skills holds near by any of their labels, and what becomes of it: `lost` where vectors have no
say, so that a true relation has to be written down; `near` where they have, so that a false one belongs into apart.tsv.
Without an entry it lists those that are near nothing at all.
"""

from collections.abc import Iterator, Mapping, Sequence

import click
import numpy as np

import models
from matcher.core.ports import Encoder
from matcher.core.skills import NEAR
from matcher.stages.text import neutral
from models import concepts
from models.concepts import FAMILIES, Concept
from models.thesaurus import Thesaurus


def alone(thesaurus: Thesaurus, owners: Mapping[str, str]) -> list[str]:
    """Return the entries that no other is near, and that are near no other.

    Args:
        thesaurus: which skills are near.
        owners: which skill each entry is.
    """
    reached = {other for skill in owners.values() for other in thesaurus.near(skill)}
    return [entry for entry, skill in owners.items() if skill not in reached and not thesaurus.near(skill)]


def by_vectors(
    skill: Concept, others: Sequence[Concept], encoder: Encoder, thesaurus: Thesaurus
) -> Iterator[tuple[float, bool, Concept]]:
    """Yield the skills that vectors hold near one and no relation names, the nearest first.

    Each with its best cosine, and whether the thesaurus tells the two apart whatever that is.

    Args:
        skill: the one.
        others: all skills.
        encoder: of skills.
        thesaurus: what is said of them.
    """
    known = {skill.id, *thesaurus.near(skill.id)}
    named = [(other, form) for other in others if other.id not in known for form in other.preferred]
    # A name that is another skill's too never stands for this one.
    whose = thesaurus.names([form for _, form in named])
    left = [one for one, owner in zip(named, whose, strict=True) if owner == one[0].id]
    cosines = encoder.encode([form for _, form in left]) @ encoder.encode(skill.preferred).T
    seen = set()
    for place in np.argsort(-cosines.max(axis=1), kind="stable").tolist():
        (other, form), cosine = left[place], float(cosines[place].max())
        if cosine < NEAR:
            return
        if other.id not in seen:
            seen.add(other.id)
            ours = skill.preferred[int(cosines[place].argmax())]
            yield cosine, thesaurus.tells_apart((skill.id, ours), (other.id, form)), other


@click.command()
@click.argument("entries", metavar="[ENTRY]...", nargs=-1)
def main(entries: tuple[str, ...]) -> None:
    """List what is near each ENTRY of the lexicon, and what vectors alone would hold near it."""
    thesaurus = Thesaurus(neutral)
    skills, owners = concepts.read_with_owners(neutral, kinds=FAMILIES["skill"])
    if unknown := [entry for entry in entries if entry not in owners]:
        raise click.ClickException(f"no skill of lexicon.tsv has the id {unknown[0]!r}")
    if not entries:
        for entry in alone(thesaurus, owners):
            click.echo(entry)
        return
    by_id = {skill.id: skill for skill in skills}
    encoder = models.load("static")
    for entry in entries:
        skill = by_id[owners[entry]]
        click.echo(f"{entry}: {_labels(skill)}")
        for other, value in sorted(thesaurus.near(skill.id).items(), key=lambda one: (-one[1], one[0])):
            click.echo(f"  relation {value:.2f}  {_labels(by_id[other])}")
        for cosine, is_lost, found in by_vectors(skill, skills, encoder, thesaurus):
            click.echo(f"  {'lost' if is_lost else 'near':8} {cosine:.2f}  {_labels(found)}")


def _labels(skill: Concept) -> str:
    return " / ".join(dict.fromkeys(filter(None, (skill.fr, skill.en))))


if __name__ == "__main__":
    main()
