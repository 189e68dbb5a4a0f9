import json
from pathlib import Path

from matcher.core.domain import Profile
from tests.stages.ingest.reading import read_bytes


def test_the_name_that_a_resume_states_is_taken_out_of_its_texts(tmp_path: Path) -> None:
    resume = {
        "basics": {
            "name": "Zoé Exemple",
            "label": "Zoé Exemple, juriste numérique",
            "email": "zoe@example.org",
            "summary": "Je suis Zoé Exemple (zoe@example.org), Mme Exemple pour les élèves.",
        },
        "work": [{"position": "Juriste", "summary": "Zoé y a tenu le registre."}],
    }
    (found,) = read_bytes(tmp_path, json.dumps(resume).encode())
    assert isinstance(found, Profile)
    assert found.headline == "juriste numérique"
    assert not any(word in repr(found) for word in ("Zoé", "Exemple", "example.org"))
