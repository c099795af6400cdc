"""Keys of headers, and the fields that `headers.txt` gives them."""

from __future__ import annotations

import re
import unicodedata
from importlib.resources import files
from typing import Final

_WORDS: Final = re.compile(r"\d+|[^\W\d_]+")


def key_of(header: str) -> str:
    """`E-Mail-Adresse` is `emailadresse`, `Ημ/νία Γέννησης` is `ημνιαγεννησησ`."""
    decomposed = unicodedata.normalize("NFKD", header.casefold())
    kept = (sign for sign in decomposed if sign.isalnum() and not unicodedata.combining(sign))
    return "".join(kept).replace("ς", "σ")


def key_and_number(header: str) -> tuple[str, int | None]:
    """`E-mail (2)` is ("email", 2); `address_1_line_2` is ("addressline", 1)."""
    words = _WORDS.findall(header)
    numbers = [word for word in words if word.isdigit()]
    text = key_of("".join(word for word in words if not word.isdigit()))
    return text, int(numbers[0]) if numbers and len(numbers[0]) == 1 else None


def _section(wanted: str) -> dict[str, str]:
    """Field by key."""
    found: dict[str, str] = {}
    section = field = ""
    for line in files("kith.sources").joinpath("headers.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            section = line.strip("[]")
        elif line.startswith(" ") and section == wanted:
            found |= dict.fromkeys(map(key_of, line.split()), field)
        elif not line.startswith("#"):
            field = line
    return found


SINGLE_KEYS: Final = _section("single")
FAMILY_KEYS: Final = _section("repeated")
TRANSACTION_KEYS: Final = _section("transaction")
