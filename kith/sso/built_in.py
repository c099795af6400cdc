"""The built-in identity provider: accounts that Kith keeps itself, sealed. It signs nobody in.

It stands where another system would, so it asks no permission and writes no journal: the room's actions do.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, replace
from datetime import datetime
from typing import Final

from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from kith.kernel.clock import now
from kith.sso.marks import mark_asked, mark_of_id, marks_of
from kith.sso.models import SsoAccount
from kith.sso.provider import (
    PAGE,
    Account,
    Changed,
    Found,
    Gone,
    Line,
    Profile,
    ProfileChange,
    SearchBy,
)
from kith.sso.sealing import Linked, Words, sealed, sealed_again, words_of

FEED_PAGE: Final = 500


class Taken(Exception):
    """Another account has this SSO ID."""


class BuiltInProvider:
    def find(self, by: SearchBy, value: str, *, page: int = 1) -> Found:
        mark = mark_asked(by, value)
        if mark is None:
            return Found((), 0)
        found = SsoAccount.objects.order_by("pk")
        found = found.filter(id_mark=mark) if by is SearchBy.SSO_ID else found.filter(marks__contains=[mark])
        start = (page - 1) * PAGE
        rows = list(found.defer("marks")[start : start + PAGE])
        return Found(tuple(_profiles(rows)), found.count())

    def open(self, sso_id: str) -> Account:
        account = _of(sso_id).first()
        if account is None:
            raise Gone
        return _told(account)

    def add(self, words: Words) -> Account:
        """Raises Taken."""
        account = SsoAccount(id_mark=mark_of_id(words.sso_id), marks=marks_of(words), changed_at=now())
        alone = sealed(words, uid=account.uid)
        account.sealed_words, account.sealed_key = alone.body, alone.key
        try:
            with transaction.atomic():
                account.save(force_insert=True)
        except IntegrityError:
            raise Taken from None
        return _told(account)

    def update(self, sso_id: str, change: ProfileChange, *, version: str) -> Account:
        return self._changed(sso_id, lambda words: replace(words, **asdict(change)), version=version)

    def link(self, sso_id: str, linked: Linked, *, version: str) -> Account:
        """These instead of those it had. Raises Changed, Gone."""
        return self._changed(sso_id, lambda words: replace(words, linked=linked), version=version)

    def delete(self, sso_id: str) -> None:
        _of(sso_id).delete()

    def changed_since(self, since: datetime | None) -> Iterator[Profile]:
        wanted = SsoAccount.objects.order_by("pk").defer("marks")
        wanted = wanted.filter(changed_at__gt=since) if since else wanted
        after = 0
        while rows := list(wanted.filter(pk__gt=after)[:FEED_PAGE]):
            yield from _profiles(rows)
            after = rows[-1].pk

    @transaction.atomic
    def _changed(self, sso_id: str, change: Callable[[Words], Words], *, version: str) -> Account:
        account = _of(sso_id).select_for_update().first()
        if account is None:
            raise Gone
        if version != str(account.version):
            raise Changed
        (before,) = words_of([account])
        words = change(before)
        account.sealed_words, account.marks = sealed_again(words, account), marks_of(words)
        account.version, account.changed_at = account.version + 1, now()
        account.save(update_fields=["sealed_words", "marks", "version", "changed_at"])
        return _told(account)


def kept_words(sso_ids: Iterable[str]) -> list[Words]:
    """What the accounts with these SSO IDs say, whether they are in use or not; those there are."""
    marks = [mark_of_id(one) for one in sso_ids]
    return words_of(list(SsoAccount.objects.filter(id_mark__in=marks).order_by("pk").defer("marks")))


def _of(sso_id: str) -> QuerySet[SsoAccount]:
    return SsoAccount.objects.filter(id_mark=mark_of_id(sso_id))


def _told(account: SsoAccount) -> Account:
    """Of social accounts, claims and permissions it keeps none, and does not tell."""
    (words,) = words_of([account])
    linked = tuple(Line(system, ref) for system, ref in words.linked)
    return Account(profile=_profile(account, words), linked=linked, version=str(account.version))


def _profiles(accounts: Sequence[SsoAccount]) -> list[Profile]:
    return [_profile(one, words) for one, words in zip(accounts, words_of(accounts), strict=True)]


def _profile(account: SsoAccount, words: Words) -> Profile:
    return Profile(
        sso_id=words.sso_id,
        first_name=words.first_name,
        last_name=words.last_name,
        email=words.email,
        phone=words.phone,
        language=words.language,
        is_active=words.is_active,
        changed_at=account.changed_at,
    )
