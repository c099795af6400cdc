"""Each model field is declared: is it personal, and what kind; an undeclared field fails a guard.

Every room with models has a `personal_data.py` with `FIELDS`: model name → field → one of these.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum


class Personal(StrEnum):
    """What a person may ask to see, and what anonymising has to remove."""

    IDENTITY = "who the person is: names, birth date, identity numbers"
    REACH = "how the person is reached: e-mail, phone, address"
    LIKING = "what the person chose or prefers: marketing, language"
    DEALINGS = "what the person bought or did"
    RECEIVED = "rows as a source sent them, whole"
    DERIVED = "worked out from the above: comparable keys, search words, hashes"
    REFERENCE = "a number by which another system knows the person"
    COLLEAGUE = "about somebody who works with Kith, not about a contact"


class NotPersonal(StrEnum):
    ID = "a number that means nothing outside Kith"
    LINK = "leads to another row"
    STATE = "where something stands"
    TIME = "when something happened in Kith"
    COUNT = "how many"
    SETTING = "what somebody set up"
    PROVENANCE = "which source a value came from, without the value"
    NOTE = "names of fields, counts and ids in words; a rule forbids values here"


Declarations = Mapping[str, Mapping[str, Personal | NotPersonal]]
