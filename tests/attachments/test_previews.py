"""Pictures of files are drawn anew, elsewhere; what cannot be drawn has none."""

from __future__ import annotations

from io import BytesIO

import pytest
from PIL import Image

from kith.attachments.kinds import kind_of
from kith.attachments.previews import Picture, photo_of, preview_of
from tests.attachments import files

pytestmark = pytest.mark.slow


def preview(name: str, content: bytes) -> Picture | None:
    file = BytesIO(content)
    return preview_of(file, kind_of(file, name=name), size=len(content))


def opened(picture: Picture | None) -> Image.Image:
    assert picture is not None
    return Image.open(BytesIO(picture.body))


def test_an_image_is_drawn_at_most_1600_pixels_wide() -> None:
    assert opened(preview("a.png", files.image())).size == (1600, 800)


def test_what_is_transparent_stays_so() -> None:
    picture = preview("a.png", files.image(mode="RGBA", side=100))
    assert picture is not None
    assert picture.media_type == "image/png"
    assert opened(picture).mode == "RGBA"


def test_a_photo_as_telephones_take_it_is_drawn() -> None:
    drawn = opened(preview("a.heic", files.telephone_photo()))
    assert drawn.size == (64, 48)
    red, green, blue = drawn.convert("RGB").getpixel((30, 20))
    assert red > 150 > 60 > max(green, blue)


def test_of_a_pdf_the_first_page_is_drawn() -> None:
    picture = preview("a.pdf", files.pdf())
    assert picture is not None
    assert picture.media_type == "image/png"
    assert opened(picture).width > 1000


def test_c21_a_photo_loses_place_and_time_and_is_turned_as_it_was_held() -> None:
    content = files.photo_with_place()
    assert b"SECRET GARDEN" in content
    photo = photo_of(BytesIO(content), size=len(content))
    assert photo is not None
    assert b"SECRET GARDEN" not in photo.body
    assert opened(photo).size == (256, 512)
    assert not opened(photo).getexif()


@pytest.mark.parametrize("name", ["a.pdf", "a.png"])
def test_what_cannot_be_drawn_has_no_preview(name: str) -> None:
    whole = files.pdf() if name == "a.pdf" else files.image()
    assert preview(name, whole[: len(whole) // 3]) is None


def test_an_image_of_too_many_pixels_is_not_drawn() -> None:
    """100 MB of nothing in a file of a few kilobytes."""
    out = BytesIO()
    Image.new("1", (20_000, 20_000)).save(out, "PNG")
    assert len(out.getvalue()) < 200_000
    assert preview("a.png", out.getvalue()) is None


def test_text_has_no_preview() -> None:
    assert preview("a.txt", b"text") is None
