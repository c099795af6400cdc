"""What only looks like a value: placeholders that must never match anybody (product.md A3)."""

from __future__ import annotations

import json
from dataclasses import dataclass, fields
from datetime import date
from functools import lru_cache
from typing import Final, Self

from kith.matching.cleaning.text import fold

_TEXTS: Final = """
n/a|n.a.|n.a|na|n\\a|#n/a|nan|n/k|n/d|nil|null|<null>|(null)|\\n|none|(none)|no|not available
not applicable|not known|not given|not provided|not specified|not set|not disclosed|unknown|(unknown)
unknow|unkown|undefined|unspecified|undisclosed|empty|blank|(blank)|missing|tba|tbc|tbd|to be confirmed
to be advised|to be announced|test|tests|testing|tester|test123|test1|xx|xxx|xxxx|xxxxx|xxxxxx|aaa|aaaa
asd|asdf|asdfg|asdfgh|qwe|qwerty|abc123|dummy|fake|sample|delete|deleted|do not use|duplicate
placeholder|lorem ipsum|anonymous|anonymised|anonymized|-|--|---|.|..|...|*|**|***|?|??|???|_|__|/|//|\\
#|0|00|000|άγνωστο|άγνωστος|άγνωστη|κενό|δεν υπάρχει|unbekannt|keine|keine angabe|k.a.|k. a.|entfällt
inconnu|inconnue|aucun|néant|non renseigné|desconocido|desconocida|ninguno|sin datos|sconosciuto|nessuno
non disponibile|desconhecido|nenhum|onbekend|geen|nvt|n.v.t.|okänd|ukendt|ukjent|tuntematon|nieznany
brak|неизвестно|нет данных|нет|bilinmiyor|yok|غير معروف|לא ידוע|无|不详|未知|不明|なし|없음
"""

_NAMES: Final = """
test test|test user|user test|test account|test customer|test person|test contact|guest|guest guest
guest user|guest customer|unknown unknown|no name|noname|name surname|first last|first name last name
firstname lastname|name|surname|customer|client|walk in|walk in customer|cash customer|cash|cash sale
box office|boxoffice|ticket office|anonymous anonymous|not known|web user|online customer|default
default customer|default user|john doe|jane doe|john test|mr test|mickey mouse|donald duck|abc abc
abc def|asdf asdf|aa aa|xx xx|xxx xxx|a a|x x|max mustermann|erika mustermann|mario rossi test|πελάτης
επισκέπτης|πελάτης λιανικής|ταμείο|gast|invité|cliente|ospite
"""

_EMAILS: Final = """
a@a.com|a@a.a|aa@aa.com|a@b.com|a@b.c|abc@abc.com|abc@xyz.com|asd@asd.com|asdf@asdf.com|x@x.com|x@y.com
xx@xx.com|xxx@xxx.com|123@123.com|1@1.com|email@email.com|mail@mail.com|e@mail.com|no@mail.com
no@email.com|none@email.com|user@example.com|name@example.com|email@example.com|someone@example.com
your@email.com|you@example.com|me@me.com|no@no.com|na@na.com|qwerty@qwerty.com|info@info.com
abc@gmail.com|123@gmail.com|no@gmail.com
"""

_MAILBOXES: Final = """
test|tests|testing|tester|test1|test2|test123|testtest|noreply|no-reply|no_reply|no.reply|donotreply
do-not-reply|do_not_reply|do.not.reply|not-reply|noemail|no-email|no_email|no.email|nomail|no-mail|none
null|na|n-a|unknown|undefined|dummy|fake|asdf|asdasd|qwerty|xxx|xxxx|mailer-daemon|postmaster|bounce
notprovided|not-provided|noone|nobody|anonymous
"""

_MAIL_HOSTS: Final = """
test.com|test.test|testing.com|none.com|null.com|noemail.com|nomail.com|noreply.com|no-email.com
noemail.invalid|email.invalid|invalid.invalid|unknown.com|asdf.com|xxx.com|dummy.com|fake.com
nowhere.com|notprovided.com
"""

_PHONES: Final = """
12345|123456|1234567|12345678|123456789|1234567890|0123456789|01234567890|12345678910|012345678|01234567
987654321|9876543210|0987654321|5551234|5555555555|1231231234
"""

_POSTCODES: Final = (
    "0|00|000|0000|00000|000000|0000000|99999|999999|xxxx|xxxxx|aa11aa|aa1 1aa|xx1 1xx|x0x0x0|a1a1a1"
)

_DATES: Final = """
1900-01-01|1900-01-02|1899-12-30|1899-12-31|1901-01-01|1753-01-01|1800-01-01|1600-01-01|1601-01-01
1970-01-01|1111-11-11|0001-01-01|1000-01-01|1910-01-01|1911-11-11|1904-01-01|2099-12-31|2100-01-01
9999-12-31|1899-01-01
"""


def _words(block: str) -> frozenset[str]:
    return frozenset(word.casefold() for line in block.strip().splitlines() for word in line.split("|"))


@dataclass(frozen=True, slots=True, kw_only=True)
class JunkList:
    """Values read as nothing. All in lower case; phones and postcodes compare by letters and digits only,
    names by their folded key, dates in ISO form."""

    texts: frozenset[str] = _words(_TEXTS)
    names: frozenset[str] = _words(_NAMES)
    emails: frozenset[str] = _words(_EMAILS)
    mailboxes: frozenset[str] = _words(_MAILBOXES)
    mail_hosts: frozenset[str] = _words(_MAIL_HOSTS)
    phones: frozenset[str] = _words(_PHONES)
    postcodes: frozenset[str] = _words(_POSTCODES)
    dates: frozenset[str] = _words(_DATES)

    @classmethod
    def default(cls) -> Self:
        return cls()

    def to_json(self) -> str:
        lists = {field.name: sorted(getattr(self, field.name)) for field in fields(self)}
        return json.dumps(lists, ensure_ascii=False, indent=1)

    @classmethod
    def from_json(cls, text: str) -> Self:
        """A list that is not named keeps the shipped one. ValueError for all but lists of words by name."""
        stored = json.loads(text)
        known = {field.name for field in fields(cls)}
        if not isinstance(stored, dict) or not known.issuperset(stored):
            raise ValueError("A junk list is an object of " + ", ".join(sorted(known)) + ".")
        return cls(**{name: _checked(words, name=name) for name, words in stored.items()})

    def is_phone(self, digits: str) -> bool:
        """`digits` as typed or without the country code."""
        bare = digits.lstrip("0")
        return not bare or bare in self.phones or digits in self.phones or same_sign(bare)

    def is_email(self, address: str) -> bool:
        mailbox, _, host = address.rpartition("@")
        return address in self.emails or mailbox in self.mailboxes or host in self.mail_hosts

    def is_number(self, compacted: str) -> bool:
        lowered = compacted.casefold()
        return lowered in self.texts or lowered in self.phones or same_sign(compacted)

    def is_date(self, day: date) -> bool:
        return day.isoformat() in self.dates

    def name_keys(self) -> frozenset[str]:
        return _folded(self.names)


@lru_cache(maxsize=16)
def _folded(names: frozenset[str]) -> frozenset[str]:
    return frozenset(fold(name) for name in names) - {""}


def same_sign(text: str) -> bool:
    """One sign and nothing else, four times or more: `0000000`, `XXXX`."""
    return len(text) > 3 and text[0] == text[-1] and text == text[0] * len(text)


def _checked(words: object, *, name: str) -> frozenset[str]:
    if not isinstance(words, list) or not all(isinstance(word, str) for word in words):
        raise ValueError(f"The junk list {name} is a list of texts.")
    return frozenset(word.strip().casefold() for word in words)
