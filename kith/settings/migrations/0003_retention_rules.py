"""How long files and words are kept was said in two sections; it is said by the retention rules now."""

import os

from django.db import migrations

_FILES = ("Files of imports", "import_files", 30)
_CLAIMS = ("Past claims", "past_claims", 1826)
_MESSAGES = ("Messages of webhooks", "webhook_messages", 30)
_WORDS = ("Words of requests", "request_words", 365)


def _said(versions, section, field):
    newest = versions.filter(section=section).order_by("-id").first()
    return newest.body.get(field) if newest is not None else None


def _rule(name, what, days, *, active=True):
    return {
        "name": name,
        "what": what,
        "keep": max(days, 1),
        "unit": "days",
        "source": "",
        "active": active,
    }


def carry_over(apps, schema_editor):
    versions = apps.get_model("kith_settings", "SettingsVersion").objects
    files = _said(versions, "import_files", "days")
    words = _said(versions, "person_requests", "keep_words_days")
    # Until now a variable of the environment: past claims older than so many years went every night.
    said = os.environ.get("KITH_PAST_CLAIM_YEARS", "")
    years = int(said) if said.isascii() and said.isdigit() and len(said) < 4 else 0
    if files is None and words is None and not years:
        return
    rules = [
        _rule(*_FILES[:2], _FILES[2] if files is None else files),
        _rule(*_CLAIMS[:2], round(years * 365.25) or _CLAIMS[2], active=bool(years)),
        _rule(*_MESSAGES),
        _rule(*_WORDS[:2], _WORDS[2] if words is None else words),
    ]
    versions.create(
        section="retention",
        body={"rules": rules},
        note="Carried over from the settings Received files and Requests of persons",
        actor="Kith",
    )


class Migration(migrations.Migration):
    dependencies = [("kith_settings", "0002_append_only")]
    operations = [migrations.RunPython(carry_over, migrations.RunPython.noop)]
