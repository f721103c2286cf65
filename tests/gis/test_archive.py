"""Zip files of strangers: limits, names, bombs."""

from __future__ import annotations

import stat
import zipfile
from pathlib import Path

import pytest

from gis.archive import ArchiveError, Limits, check_archive, safe_extract
from tests.gis.made_files import write_zip


def refusal(archive: Path, folder: Path, limits: Limits | None = None) -> str:
    with pytest.raises(ArchiveError) as caught:
        safe_extract(archive, folder / "out", limits)
    return caught.value.problem.code


def test_names_of_our_own_with_a_common_stem(tmp_path: Path) -> None:
    archive = write_zip(
        tmp_path / "a.zip",
        {
            "ถนน/Roads.SHP": b"1",
            "ถนน/roads.dbf": b"2",
            "other/roads.shp": b"3",
            "__MACOSX/x.shp": b"",
            ".DS_Store": b"",
        },
    )
    members = safe_extract(archive, tmp_path / "out")
    assert {member.name: member.path.name for member in members} == {
        "other/roads.shp": "file0001.shp",
        "ถนน/Roads.SHP": "file0002.shp",
        "ถนน/roads.dbf": "file0002.dbf",
    }
    assert [member.path.read_bytes() for member in members] == [b"3", b"1", b"2"]


@pytest.mark.parametrize("encoding", ["cp874", "utf-8"])
def test_thai_names_without_the_flag(tmp_path: Path, encoding: str) -> None:
    archive = write_zip(tmp_path / "a.zip", {"XXXXXXXXXXXX.shp": b""})
    name = "ถนน".encode(encoding)
    raw = archive.read_bytes().replace(b"XXXXXXXXXXXX", name.ljust(12, b"_"))
    archive.write_bytes(raw)
    (member,) = safe_extract(archive, tmp_path / "out")
    assert member.name.startswith("ถนน_")


@pytest.mark.parametrize(
    "name", [".", "../evil.shp", "/etc/evil.shp", "a/../../evil.shp", "..\\evil.shp", "C:\\evil.shp"]
)
def test_paths_that_leave_the_folder(tmp_path: Path, name: str) -> None:
    assert refusal(write_zip(tmp_path / "a.zip", {name: b"x"}), tmp_path) == "archive_unsafe_name"
    assert not (tmp_path.parent / "evil.shp").exists()


def test_two_files_of_one_name(tmp_path: Path) -> None:
    assert refusal(write_zip(tmp_path / "a.zip", {"a.shp": b"1", "A.SHP": b"2"}), tmp_path) == "archive_unsafe_name"


def test_links(tmp_path: Path) -> None:
    archive = tmp_path / "a.zip"
    entry = zipfile.ZipInfo("passwd.shp")
    entry.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(archive, "w") as opened:
        opened.writestr(entry, "/etc/passwd")
    assert refusal(archive, tmp_path) == "archive_link"


def test_limits(tmp_path: Path) -> None:
    archive = write_zip(tmp_path / "a.zip", {f"{n}.txt": b"x" * 1000 for n in range(5)})
    assert refusal(archive, tmp_path / "1", Limits(files=4)) == "archive_too_many_files"
    assert refusal(archive, tmp_path / "2", Limits(unpacked_bytes=4999)) == "archive_too_large"
    assert len(safe_extract(archive, tmp_path / "3", Limits(files=5, unpacked_bytes=5000))) == 5


def test_a_bomb(tmp_path: Path) -> None:
    archive = write_zip(tmp_path / "a.zip", {"zero.dbf": bytes(8 << 20)})
    limits = Limits(ratio_from_bytes=1 << 20)
    assert refusal(archive, tmp_path, limits) == "archive_bomb"
    with pytest.raises(ArchiveError):
        check_archive(archive, limits)


def test_a_header_that_lies_about_the_size(tmp_path: Path) -> None:
    """The size is counted while unpacking, so a small claim does not help."""
    archive = write_zip(tmp_path / "a.zip", {"a.dbf": bytes(100_000)})
    raw = archive.read_bytes().replace((100_000).to_bytes(4, "little"), (10).to_bytes(4, "little"))
    archive.write_bytes(raw)
    assert refusal(archive, tmp_path, Limits(unpacked_bytes=50_000)) in ("archive_damaged", "archive_too_large")


@pytest.mark.parametrize(
    ("content", "code"),
    [
        ({}, "archive_empty"),
        ({"__MACOSX/._x": b"x"}, "archive_empty"),
        ({"inner.zip": b"PK"}, "archive_nested"),
        ({"inner.tar.gz": b"PK"}, "archive_nested"),
    ],
)
def test_what_is_inside(tmp_path: Path, content: dict[str, bytes], code: str) -> None:
    assert refusal(write_zip(tmp_path / "a.zip", content), tmp_path) == code


def test_encryption(tmp_path: Path) -> None:
    archive = write_zip(tmp_path / "a.zip", {"a.shp": b"x"})
    raw = bytearray(archive.read_bytes())
    raw[6] |= 1
    raw[raw.index(b"PK\x01\x02") + 8] |= 1
    archive.write_bytes(raw)
    assert refusal(archive, tmp_path) == "archive_encrypted"


def test_damage(tmp_path: Path) -> None:
    archive = write_zip(tmp_path / "a.zip", {"a.shp": bytes(range(256)) * 50})
    archive.write_bytes(archive.read_bytes()[:200])
    assert refusal(archive, tmp_path) == "archive_damaged"
    raw = bytearray(write_zip(tmp_path / "b.zip", {"a.shp": bytes(range(256)) * 50}).read_bytes())
    raw[60] ^= 0xFF
    (tmp_path / "b.zip").write_bytes(raw)
    assert refusal(tmp_path / "b.zip", tmp_path / "x") == "archive_damaged"
