"""Tables of the database that are no model of ours, and what lies in them. One that stands nowhere is a place
nobody looked after: the proof fails on it.
"""

from __future__ import annotations

from typing import Final

FOREIGN: Final = {
    "django_session": "who is signed in, and the words of single sign-on accounts they opened",
    "kith_restoring": "how far the restore of a backup is",
    "django_migrations": "which migrations ran",
    "django_content_type": "names of models",
    "django_admin_log": "nothing: the admin is not used",
    "auth_permission": "nothing: Kith has permissions of its own",
    "auth_group": "nothing",
    "auth_group_permissions": "nothing",
    "axes_accessattempt": "failed sign-ins of colleagues",
    "axes_accessattemptexpiration": "when they are forgotten",
    "axes_accessfailurelog": "failed sign-ins of colleagues",
    "axes_accesslog": "nothing: switched off",
    "procrastinate_jobs": "jobs, whose arguments are ids",
    "procrastinate_events": "what became of jobs",
    "procrastinate_periodic_defers": "when jobs of the calendar were asked for",
    "procrastinate_workers": "which workers run",
}
