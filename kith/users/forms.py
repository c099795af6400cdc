from __future__ import annotations

from datetime import date, datetime, time, timedelta

from django import forms
from django.contrib.auth.password_validation import password_validators_help_texts, validate_password
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils import timezone
from django.utils.html import format_html

from kith.access.models import User
from kith.access.permissions import Permission
from kith.access.roles import ROLES
from kith.kernel.clock import today


class SignInForm(forms.Form):
    email = forms.EmailField(
        label="E-mail", widget=forms.EmailInput(attrs={"autocomplete": "username", "autofocus": True})
    )
    password = forms.CharField(
        strip=False, max_length=1024, widget=forms.PasswordInput(attrs={"autocomplete": "current-password"})
    )

    def clean_email(self) -> str:
        return str(self.cleaned_data["email"]).lower()


class UserForm(forms.Form):
    name = forms.CharField(
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text="As colleagues and the audit log shall call them.",
    )
    email = forms.EmailField(
        label="E-mail",
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
        help_text="Used to sign in.",
    )
    roles = forms.MultipleChoiceField(
        choices=[
            (role.name, format_html("<span><b>{}</b> · {}</span>", role.label, role.description))
            for role in ROLES.values()
        ],
        widget=forms.CheckboxSelectMultiple,
        help_text="Rights add up. Without the role Administrator nobody sees this page.",
    )

    def clean_email(self) -> str:
        return str(self.cleaned_data["email"]).lower()


class AddUserForm(UserForm):
    password = forms.CharField(
        label="First password",
        required=False,
        strip=False,
        max_length=1024,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text="Leave it empty and Kith makes one and shows it once.",
    )

    def clean(self) -> None:
        password = self.cleaned_data.get("password")
        if password:
            _check(self, "password", password, _would_be(self.cleaned_data))


class EditUserForm(UserForm):
    is_active = forms.BooleanField(
        label="May sign in",
        required=False,
        help_text="Users are never deleted, because the audit log names them. This closes the door.",
    )


class PasswordForm(forms.Form):
    old = forms.CharField(
        label="Present password",
        strip=False,
        max_length=1024,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    new = forms.CharField(
        label="New password",
        strip=False,
        max_length=1024,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=" ".join(password_validators_help_texts()),
    )
    again = forms.CharField(
        label="New password, once more",
        strip=False,
        max_length=1024,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, data: QueryDict | None, *, user: User) -> None:
        super().__init__(data)
        self.user = user

    def clean_old(self) -> str:
        old = str(self.cleaned_data["old"])
        if not self.user.check_password(old):
            raise ValidationError("This is not your present password.")
        return old

    def clean(self) -> None:
        new, again = self.cleaned_data.get("new"), self.cleaned_data.get("again")
        if new and again and new != again:
            self.add_error("again", "The two differ.")
        if new:
            _check(self, "new", new, self.user)


class KeyForm(forms.Form):
    name = forms.CharField(
        max_length=80,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text="Which system uses it. The audit log names it so.",
    )
    role = forms.ChoiceField(
        choices=[("", "—"), *((role.name, f"{role.label} · {role.description}") for role in ROLES.values())],
        help_text="What the key may do. Give the least that does.",
    )
    scopes = forms.MultipleChoiceField(
        label="Only these permissions",
        required=False,
        choices=[(str(one), one.label) for one in Permission],
        widget=forms.CheckboxSelectMultiple,
        help_text="Permissions of the role that the key shall have. None ticked: all that the role has.",
    )
    requests_per_minute = forms.IntegerField(
        label="Requests per minute",
        initial=600,
        required=False,
        min_value=1,
        max_value=100_000,
        help_text="More are refused until the minute is over. Empty: 600.",
    )
    last_day = forms.DateField(
        label="Last day",
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text="It opens nothing after this day. Empty: until it is revoked.",
    )

    def clean_last_day(self) -> date | None:
        day: date | None = self.cleaned_data["last_day"]
        if day is not None and day < today():
            raise ValidationError("This day has passed.")
        return day

    @property
    def expires_at(self) -> datetime | None:
        day: date | None = self.cleaned_data["last_day"]
        return timezone.make_aware(datetime.combine(day + timedelta(days=1), time())) if day else None


def _would_be(cleaned: dict[str, object]) -> User:
    return User(email=str(cleaned.get("email", "")), name=str(cleaned.get("name", "")))


def _check(form: forms.Form, field: str, password: str, user: User) -> None:
    try:
        validate_password(password, user)
    except ValidationError as error:
        form.add_error(field, error)
