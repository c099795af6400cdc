"""Every change to users. Passwords are hashed here and nowhere shown, stored or journaled in clear."""

from __future__ import annotations

from collections.abc import Sequence

from axes.utils import reset
from django.db import IntegrityError, transaction

from kith.access.actors import NOBODY, Actor, require
from kith.access.models import User
from kith.access.permissions import Permission
from kith.audit import journal
from kith.kernel.errors import NotAllowed, NotFound, Refused
from kith.users import queries, rules


def add_user(*, actor: Actor, email: str, name: str, roles: Sequence[str], password: str) -> User:
    require(actor, Permission.USER_EDIT)
    try:
        with transaction.atomic():
            user = User.objects.create_user(email, password, name=name, roles=list(roles))
            _journal("UserAdded", user, by=actor, detail={"roles": list(roles)})
    except IntegrityError as error:
        raise _email_taken() from error
    return user


def edit_user(
    *, actor: Actor, user_id: int, email: str, name: str, roles: Sequence[str], is_active: bool
) -> User:
    require(actor, Permission.USER_EDIT)
    try:
        with transaction.atomic():
            return _edit(actor, user_id, email=email, name=name, roles=list(roles), is_active=is_active)
    except IntegrityError as error:
        raise _email_taken() from error


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


def _email_taken() -> Refused:
    sentence = "Another user has this e-mail."
    return Refused(sentence, fields={"email": sentence})
