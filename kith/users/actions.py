"""Every change to users and API keys. Secrets are hashed; none is shown, stored or journaled in clear."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from axes.utils import reset
from django.conf import settings
from django.db import connection, transaction

from kith.access.actors import NOBODY, Actor, require
from kith.access.models import ApiKey, FailedKeyUse, KeptAnswer, User
from kith.access.permissions import Permission
from kith.audit import journal
from kith.audit.taken_once import taken_once
from kith.kernel import clock
from kith.kernel.errors import NotAllowed, NotFound, Refused
from kith.users import queries, rules

_EMAIL_TAKEN: Final = "Another user has this e-mail."
_KEY_NAME_TAKEN: Final = "Another valid API key has this name."
USE_NOTED_EVERY: Final = timedelta(minutes=1)
ANSWERS_KEPT_FOR: Final = timedelta(hours=24)


def add_user(*, actor: Actor, email: str, name: str, roles: Sequence[str], password: str) -> User:
    require(actor, Permission.USER_EDIT)
    with taken_once(_EMAIL_TAKEN, field="email"):
        user = User.objects.create_user(email, password, name=name, roles=list(roles))
        _journal("UserAdded", user, by=actor, detail={"roles": list(roles)})
    return user


def edit_user(
    *, actor: Actor, user_id: int, email: str, name: str, roles: Sequence[str], is_active: bool
) -> User:
    require(actor, Permission.USER_EDIT)
    with taken_once(_EMAIL_TAKEN, field="email"):
        return _edit(actor, user_id, email=email, name=name, roles=list(roles), is_active=is_active)


def _edit(actor: Actor, user_id: int, *, email: str, name: str, roles: list[str], is_active: bool) -> User:
    keepers = {row.pk for row in queries.keepers().order_by("id").select_for_update()}
    user = _locked(user_id)
    change = rules.Change(
        roles=tuple(roles),
        is_active=is_active,
        is_oneself=user.pk == actor.user_id,
        was_keeper=user.pk in keepers,
        other_keepers=len(keepers - {user.pk}),
    )
    rules.may_change(change).or_raise(Refused)
    wanted = {"email": email.strip().lower(), "name": name, "roles": roles, "is_active": is_active}
    changed = sorted(field for field, value in wanted.items() if getattr(user, field) != value)
    if not changed:
        return user
    for field in changed:
        setattr(user, field, wanted[field])
    user.save(update_fields=changed)
    _journal("UserEdited", user, by=actor, detail={"fields": changed, "roles": roles, "active": is_active})
    return user


@transaction.atomic
def set_password(*, actor: Actor, user_id: int, password: str) -> User:
    """An administrator gives somebody a new password; all sessions of that user end."""
    require(actor, Permission.USER_EDIT)
    user = _locked(user_id)
    _write_password(user, password, by=actor)
    return user


@transaction.atomic
def change_own_password(*, actor: Actor, password: str) -> User:
    """Needs no permission: everybody who is signed in may."""
    if actor.user_id is None:
        raise NotAllowed("Only somebody who is signed in has a password to change.")
    user = _locked(actor.user_id)
    _write_password(user, password, by=actor)
    return user


@transaction.atomic
def unlock_user(*, actor: Actor, user_id: int) -> User:
    """Forget the failed sign-ins of this user, from every address."""
    require(actor, Permission.USER_EDIT)
    user = _locked(user_id)
    reset(username=user.email)
    _journal("UserUnlocked", user, by=actor, detail={})
    return user


@transaction.atomic
def note_sign_in(*, actor: Actor) -> None:
    _note("SignedIn", actor)


@transaction.atomic
def note_sign_out(*, actor: Actor) -> None:
    _note("SignedOut", actor)


@transaction.atomic
def note_failed_sign_in(*, actor: Actor = NOBODY) -> None:
    """What was typed is not kept: people type passwords into the wrong box."""
    _note("SignInFailed", actor)


def create_api_key(
    *,
    actor: Actor,
    name: str,
    role: str,
    prefix: str,
    secret_hash: bytes,
    scopes: Sequence[str] | None = None,
    requests_per_minute: int = 600,
    expires_at: datetime | None = None,
) -> ApiKey:
    """The secret itself never comes here: only its hash is kept. Without `scopes` it may all its role may."""
    require(actor, Permission.API_KEY_EDIT)
    rules.may_give(role, giver=actor, scopes=scopes).or_raise(Refused)
    detail: dict[str, str | int | Sequence[str]] = {"name": name, "role": role}
    detail |= {"requests_per_minute": requests_per_minute} | ({"scopes": list(scopes)} if scopes else {})
    with taken_once(_KEY_NAME_TAKEN, field="name"):
        key = ApiKey.objects.create(
            name=name,
            role=role,
            scopes=None if scopes is None else list(scopes),
            requests_per_minute=requests_per_minute,
            prefix=prefix,
            secret_hash=secret_hash,
            expires_at=expires_at,
            created_by_id=actor.user_id,
        )
        _journal_key("ApiKeyCreated", key.pk, by=actor, detail=detail)
    return key


@transaction.atomic
def revoke_api_key(*, actor: Actor, key_id: int) -> ApiKey:
    """From now on it opens nothing; there is no way back but a new key."""
    require(actor, Permission.API_KEY_EDIT)
    key = ApiKey.objects.select_for_update().filter(pk=key_id).first()
    if key is None:
        raise NotFound("There is no such API key.")
    if key.revoked_at is None:
        key.revoked_at = clock.now()
        key.save(update_fields=["revoked_at"])
        _journal_key("ApiKeyRevoked", key.pk, by=actor, detail={"name": key.name})
    return key


def note_key_use(*, key_id: int, last_used_at: datetime | None) -> None:
    """At most once a minute: a key may come a thousand times a second."""
    moment = clock.now()
    if last_used_at is None or moment - last_used_at >= USE_NOTED_EVERY:
        ApiKey.objects.filter(pk=key_id).update(last_used_at=moment)


def count_key_use(*, key_id: int) -> tuple[int, float]:
    """One more request of this key: how many in its running minute, and seconds until that ends."""
    with connection.cursor() as cursor:
        cursor.execute(_COUNT_USE, [key_id])
        ((count, seconds),) = cursor.fetchall()
    return count, seconds


_COUNT_USE: Final = """
INSERT INTO access_keyuse AS u (key_id, began_at, count) VALUES (%s, clock_timestamp(), 1)
ON CONFLICT (key_id) DO UPDATE SET
    count = CASE WHEN u.began_at > excluded.began_at - interval '1 minute' THEN u.count + 1 ELSE 1 END,
    began_at = CASE WHEN u.began_at > excluded.began_at - interval '1 minute' THEN u.began_at
        ELSE excluded.began_at END
RETURNING count, extract(epoch FROM began_at + interval '1 minute' - clock_timestamp())::float
"""


def keep_place(*, key_id: int, name: str, fingerprint: bytes) -> KeptAnswer | None:
    """Take the place of a request's answer, in the running transaction: None. Or the answer that stands
    there: whoever sends the same at the same moment waits here until the first is done.
    """
    moment = clock.now()
    with connection.cursor() as cursor:
        cursor.execute(_KEEP_PLACE, [key_id, name, fingerprint, moment, moment - ANSWERS_KEPT_FOR])
        if cursor.fetchall():
            return None
    return KeptAnswer.objects.get(key_id=key_id, name=name)


_KEEP_PLACE: Final = """
INSERT INTO access_keptanswer AS k (key_id, name, fingerprint, at, body) VALUES (%s, %s, %s, %s, '')
ON CONFLICT (key_id, name) DO UPDATE SET
    fingerprint = excluded.fingerprint, at = excluded.at, status = NULL, body = ''
    WHERE k.at < %s
RETURNING id
"""


def keep_answer(*, key_id: int, name: str, status: int, body: str) -> None:
    KeptAnswer.objects.filter(key_id=key_id, name=name).update(status=status, body=body)


def remove_old_answers() -> int:
    removed, _ = KeptAnswer.objects.filter(at__lt=clock.now() - ANSWERS_KEPT_FOR).delete()
    return removed


@transaction.atomic
def note_failed_key(*, prefix: str, address: str, key_id: int | None) -> None:
    """Count a wrong key; the journal hears of it once, when the address is shut out."""
    moment = clock.now()
    FailedKeyUse.objects.filter(last_at__lt=moment - settings.AXES_COOLOFF_TIME).delete()
    failed, _ = FailedKeyUse.objects.select_for_update().get_or_create(
        prefix=prefix, address=address, defaults={"last_at": moment}
    )
    failed.count += 1
    failed.last_at = moment
    failed.save(update_fields=["count", "last_at"])
    if failed.count == settings.AXES_FAILURE_LIMIT:
        _journal_key("ApiKeyShutOut", key_id, by=NOBODY, detail={"failures": failed.count})


def _note(event: str, actor: Actor) -> None:
    journal.record(event, by=actor, subject_type="user", subject_id=actor.user_id)


def _locked(user_id: int) -> User:
    user = User.objects.select_for_update().filter(pk=user_id).first()
    if user is None:
        raise NotFound("There is no such user.")
    return user


def _write_password(user: User, password: str, *, by: Actor) -> None:
    user.set_password(password)
    user.save(update_fields=["password"])
    _journal("PasswordChanged", user, by=by, detail={"by_themselves": by.user_id == user.pk})


def _journal(event: str, user: User, *, by: Actor, detail: journal.Detail) -> None:
    journal.record(event, by=by, subject_type="user", subject_id=user.pk, detail=detail)


def _journal_key(event: str, key_id: int | None, *, by: Actor, detail: journal.Detail) -> None:
    journal.record(event, by=by, subject_type="api_key", subject_id=key_id, detail=detail)
