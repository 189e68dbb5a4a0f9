from pathlib import Path

from matcher.core.files import digests, files_in, sync


def test_the_digests_of_a_folder_are_of_all_its_files_by_their_paths_inside(tmp_path: Path) -> None:
    (tmp_path / "b").write_bytes(b"")
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "c").write_bytes(b"abc")
    assert files_in(tmp_path) == [tmp_path / "a" / "c", tmp_path / "b"]
    assert digests(tmp_path) == {  # FIPS 180-2, appendix B.1, and of nothing
        "a/c": "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
        "b": "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    }


def test_files_and_folders_are_made_safe(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"abc")
    sync(tmp_path / "a")
    sync(tmp_path)
