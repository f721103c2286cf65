"""Pictures: what is kept shows the same and carries nothing; what is hostile costs itself only."""

from __future__ import annotations

import io
import os
import struct
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from gis.exif import Photo, photo_of
from gis.pictures import Picture, PictureError, PictureLimits, kind_of, process, read_picture, read_pictures
from gis.pictures.decoding import decode
from tests.pictures import CAMERA_SERIAL, drawn, encoded, exif_of, jpeg, scanned

HERE = (101.8512, 15.9123)


@pytest.fixture
def work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Where private folders are made; empty afterwards."""
    folder = tmp_path / "work"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    yield folder
    assert list(folder.iterdir()) == []


def kept(tmp_path: Path, content: bytes, name: str = "ภาพ.jpg") -> Path:
    path = tmp_path / name
    path.write_bytes(content)
    return path


def opened(content: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(content))
    image.load()
    return image


def is_blue(pixel: tuple[int, ...]) -> bool:
    return pixel[2] > pixel[0]


def test_a_photograph_is_drawn_anew_with_what_it_told(tmp_path: Path, work: Path) -> None:
    content = jpeg(HERE, (3000, 2000), taken="2026:11:20 09:15:00", offset="+07:00", accuracy_m=4.5, direction=87.5)
    picture = read_picture(kept(tmp_path, content), "ภาพ.jpg")
    assert (picture.media_type, picture.width_px, picture.height_px) == ("image/jpeg", 3000, 2000)
    photo = picture.photo
    assert photo.place == pytest.approx(HERE, abs=1e-7)
    assert (photo.taken_at, photo.utc_offset) == ("2026-11-20T09:15:00", "+07:00")
    assert (photo.accuracy_m, photo.direction_degrees) == (4.5, 87.5)
    shown, thumbnail = opened(picture.shown), opened(picture.thumbnail)
    assert (shown.format, shown.size, thumbnail.size) == ("JPEG", (2048, 1365), (320, 213))
    assert is_blue(shown.getpixel((1000, 300))) and not is_blue(shown.getpixel((1000, 1100)))


def test_nothing_of_the_original_is_carried_on(tmp_path: Path) -> None:
    secret = b"SECRET-OF-THE-AUTHOR"
    content = encoded(
        drawn(), "JPEG", exif=exif_of(HERE, taken="2026:11:20 09:15:00"), comment=secret, icc_profile=secret * 20
    )
    assert secret in content and CAMERA_SERIAL.encode() in content
    decoded = decode(kept(tmp_path, content + b"<script>alert(1)</script>"), PictureLimits())
    for made in (decoded.shown, decoded.thumbnail):
        assert secret not in made and CAMERA_SERIAL.encode() not in made and b"script" not in made
        assert b"Exif" not in made and opened(made).info.keys() <= {
            "jfif",
            "jfif_version",
            "jfif_unit",
            "jfif_density",
        }


@pytest.mark.parametrize("orientation", range(1, 9))
def test_what_lay_on_its_side_stands(tmp_path: Path, orientation: int) -> None:
    """The camera's picture is turned so that, by its orientation, the upright one is blue above."""
    back = {2: 0, 3: 1, 4: 5, 5: 5, 6: 2, 7: 6, 8: 4}
    turn = {
        0: Image.Transpose.FLIP_LEFT_RIGHT,
        1: Image.Transpose.ROTATE_180,
        2: Image.Transpose.ROTATE_90,
        4: Image.Transpose.ROTATE_270,
        5: Image.Transpose.FLIP_TOP_BOTTOM if orientation == 4 else Image.Transpose.TRANSPOSE,
        6: Image.Transpose.TRANSVERSE,
    }
    image = drawn((600, 400))
    stored = image if orientation == 1 else image.transpose(turn[back[orientation]])
    content = encoded(stored, "JPEG", exif=exif_of(orientation=orientation))
    decoded = decode(kept(tmp_path, content), PictureLimits())
    assert (decoded.width_px, decoded.height_px) == (600, 400)
    shown = opened(decoded.shown)
    assert shown.size == (600, 400)
    assert is_blue(shown.getpixel((300, 60))) and not is_blue(shown.getpixel((300, 340)))


def transparent() -> bytes:
    image = Image.new("RGBA", (200, 100), (255, 0, 0, 0))
    return encoded(image, "PNG")


def palette() -> bytes:
    return encoded(drawn((200, 100)).convert("P"), "PNG", transparency=0)


def grey_16() -> bytes:
    return encoded(Image.new("I;16", (200, 100), 40_000), "PNG")


SOUND: dict[str, Callable[[], bytes]] = {
    "cmyk": lambda: jpeg(mode="CMYK"),
    "grey": lambda: jpeg(mode="L"),
    "png": lambda: encoded(drawn(), "PNG", exif=exif_of(HERE)),
    "webp": lambda: encoded(drawn(), "WEBP", exif=exif_of(HERE)),
    "transparent": transparent,
    "palette": palette,
    "grey of 16 bits": grey_16,
    "one bit": lambda: encoded(drawn().convert("1"), "PNG"),
    "progressive": lambda: encoded(drawn(), "JPEG", progressive=True),
    "thin": lambda: jpeg(size=(20_000, 20)),
    "exif full of rubbish": lambda: encoded(drawn(), "JPEG", exif=b"Exif\0\0" + os.urandom(2000)),
    "exif as large as it goes": lambda: encoded(drawn(), "JPEG", exif=b"Exif\0\0II*\0" + b"\xff" * 65_000),
    "exif that points at itself": lambda: encoded(
        drawn(), "JPEG", exif=b"Exif\0\0II*\0\x08\0\0\0" + struct.pack("<HHHII", 1, 0x8769, 4, 1, 8)
    ),
    "many scans": lambda: scanned((640, 480), 60),
    "a film behind the picture": lambda: jpeg() + b"\xff\xda" * 5000,
    "what looks like scans in what is carried along": lambda: encoded(
        drawn(), "JPEG", exif=b"Exif\0\0II*\0" + b"\xff\xda" * 30_000
    ),
    "html behind the picture": lambda: jpeg() + b"<html><script>alert(1)</script></html>",
}


@pytest.mark.parametrize("name", SOUND)
def test_what_is_odd_and_sound_is_shown(tmp_path: Path, name: str) -> None:
    decoded = decode(kept(tmp_path, SOUND[name]()), PictureLimits())
    shown = opened(decoded.shown)
    assert (shown.format, shown.mode) == ("JPEG", "RGB")
    assert max(shown.size) <= 2048 and max(opened(decoded.thumbnail).size) <= 320
    if name == "transparent":
        assert shown.getpixel((50, 50)) == (255, 255, 255)
    if name == "grey of 16 bits":
        assert shown.getpixel((50, 50))[0] == pytest.approx(156, abs=2)
    if name in ("png", "webp"):
        assert decoded.photo.place == pytest.approx(HERE, abs=1e-7)


def png_that_says(width: int, height: int) -> bytes:
    """A few bytes that would be unpacked to a picture of this size."""
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)

    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    rows = zlib.compress(b"\0" * 1_000_000)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def text_bomb() -> bytes:
    packed = zlib.compress(b"x" * (200 << 20), 9)
    chunk = b"zTXt" + b"k\0\0" + packed
    whole = encoded(drawn(), "PNG")
    at = 8 + 25
    framed = struct.pack(">I", len(packed) + 3) + chunk + struct.pack(">I", zlib.crc32(chunk))
    return whole[:at] + framed + whole[at:]


HOSTILE: dict[str, tuple[Callable[[], bytes], str]] = {
    "bomb": (lambda: png_that_says(60_000, 60_000), "picture_too_many_pixels"),
    "head without rows": (lambda: png_that_says(9_000, 9_000), "picture_damaged"),
    "text that unpacks to 200 MB": (text_bomb, "picture_damaged"),
    "cut off": (lambda: jpeg(size=(1200, 900))[:4000], "picture_damaged"),
    "only its first bytes": (lambda: b"\xff\xd8\xff\xe0\0\x10JFIF", "picture_damaged"),
    "rubbish behind the first bytes": (lambda: b"\xff\xd8\xff\xe0" + os.urandom(5000), "picture_damaged"),
    "one pixel": (lambda: jpeg(size=(1, 1)), "picture_too_small"),
    "empty": (lambda: b"", "picture_empty"),
    "a page": (lambda: b"<html><body>photo</body></html>", "picture_unknown"),
    "a drawing with scripts": (lambda: b"<svg xmlns='http://www.w3.org/2000/svg'/>", "picture_unknown"),
    "another kind": (lambda: encoded(drawn(), "GIF"), "picture_unknown"),
    "a container of many kinds": (lambda: encoded(drawn(), "TIFF"), "picture_unknown"),
    "postscript": (lambda: b"%!PS-Adobe-3.0 EPSF-3.0\n", "picture_unknown"),
    "of a newer telephone": (lambda: b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", "photo_kind_not_supported"),
    "avif": (lambda: b"\0\0\0\x18ftypavif\0\0\0\0", "photo_kind_not_supported"),
    "too many bytes": (lambda: jpeg() + b"\0" * (15 << 20), "picture_too_large"),
    "too many scans": (lambda: scanned((640, 480), 101), "picture_too_many_scans"),
    "scans after rubbish": (
        lambda: scanned((640, 480), 101).replace(b"\xff\xda", b"\xff\xff\xff\xda"),
        "picture_too_many_scans",
    ),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_what_is_hostile_is_refused_with_a_reason(tmp_path: Path, name: str) -> None:
    make, code = HOSTILE[name]
    path = kept(tmp_path, make(), "photo.jpg")
    with pytest.raises(PictureError) as refused:
        decode(path, PictureLimits())
    assert refused.value.problem.code == code
    assert str(tmp_path) not in str(refused.value.problem.values)


def test_the_name_of_a_file_says_nothing(tmp_path: Path) -> None:
    assert decode(kept(tmp_path, encoded(drawn(), "PNG"), "photo.jpg"), PictureLimits()).media_type == "image/png"
    assert decode(kept(tmp_path, jpeg(), "page.html"), PictureLimits()).media_type == "image/jpeg"


def test_a_process_without_memory_costs_its_picture_only(tmp_path: Path, work: Path) -> None:
    path = kept(tmp_path, encoded(Image.new("RGBA", (6000, 6000)), "PNG"))
    with pytest.raises(PictureError) as refused:
        read_picture(path, "a.png", limits=PictureLimits(memory_bytes=220 << 20))
    assert refused.value.problem.code in ("file_reader_out_of_memory", "file_reader_stopped", "picture_damaged")


def test_a_process_out_of_time_costs_its_picture_only(tmp_path: Path, work: Path) -> None:
    with pytest.raises(PictureError) as refused:
        read_picture(kept(tmp_path, jpeg()), "a.jpg", limits=PictureLimits(wait_s=0))
    assert refused.value.problem.code == "file_reader_out_of_time"


def zipped(path: Path, files: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return path


def test_the_photographs_of_a_zip_in_the_order_of_its_rows(tmp_path: Path, work: Path) -> None:
    one, two = jpeg(HERE), jpeg(colour=9)
    path = zipped(tmp_path / "ภาพ.zip", {"b/two.JPG": two, "a/one.jpeg": one, "c/broken.jpg": b"\xff\xd8\xff\xe0 no"})
    found = list(read_pictures(path, "ภาพ.zip", 3))
    assert [(p.number, p.name, p.problem and p.problem.code) for p in found] == [
        (1, "one.jpeg", None),
        (2, "two.JPG", None),
        (3, "broken.jpg", "picture_damaged"),
    ]
    assert [p.original for p in found] == [one, two, b""]
    assert found[0].photo.place == pytest.approx(HERE, abs=1e-7)


def test_one_picture_of_an_archive_takes_its_own_share_of_time_only(tmp_path: Path, work: Path) -> None:
    files = {f"{number}.jpg": jpeg(colour=number) for number in range(1, 8)}
    files["4.jpg"] = scanned((7000, 7000), 88)
    path = zipped(tmp_path / "a.zip", files)
    found = list(read_pictures(path, "a.zip", 7, limits=PictureLimits(cpu_s=1)))
    assert [(p.number, p.problem and p.problem.code) for p in found if p.problem] == [(4, "file_reader_out_of_time")]
    assert [p.number for p in found] == list(range(1, 8))
    assert found[3].problem is not None and found[3].problem.values == {"limit_s": 1}


def test_an_archive_is_not_waited_for_without_end(tmp_path: Path, work: Path) -> None:
    path = zipped(tmp_path / "a.zip", {f"{number}.jpg": jpeg(colour=number) for number in range(1, 8)})
    found = list(read_pictures(path, "a.zip", 7, limits=PictureLimits(archive_wait_s=0.01)))
    assert [p.number for p in found] == list(range(1, 8))
    assert {p.problem and p.problem.code for p in found} == {"file_reader_out_of_time"}


def test_an_archive_is_unpacked_once(tmp_path: Path, work: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[object] = []
    begin = process._process

    def counted(*asked: Any) -> Any:
        started.append(asked)
        return begin(*asked)

    monkeypatch.setattr(process, "_process", counted)
    path = zipped(tmp_path / "a.zip", {f"{number:03}.jpg": jpeg(size=(32, 24), colour=number) for number in range(130)})
    assert [p.problem for p in read_pictures(path, "a.zip", 130)] == [None] * 130
    assert len(started) == 1


def test_a_jpeg_by_itself_is_its_own_first_row(tmp_path: Path, work: Path) -> None:
    ((only),) = read_pictures(kept(tmp_path, jpeg()), "ภาพ.jpg", 1)
    assert (only.number, only.name, only.original, only.problem) == (1, "ภาพ.jpg", b"", None)


def test_an_archive_that_cannot_be_unpacked_says_so_for_every_row(tmp_path: Path, work: Path) -> None:
    path = zipped(tmp_path / "a.zip", {"../one.jpg": jpeg(), "two.jpg": jpeg()})
    found: list[Picture] = list(read_pictures(path, "a.zip", 2))
    assert [(p.number, p.problem is None) for p in found] == [(1, False), (2, False)]


def test_kinds_are_told_by_the_first_bytes() -> None:
    assert [kind_of(content()[:32]) for content in (jpeg, transparent, SOUND["webp"])] == ["JPEG", "PNG", "WEBP"]


def test_exif_that_says_nothing() -> None:
    assert photo_of(b"") == photo_of(b"II*\0\xff\xff\xff\xff") == Photo()
    assert photo_of(exif_of(orientation=77).tobytes()).orientation == 1
    assert photo_of(exif_of((0.0, 0.0)).tobytes()).place is None
