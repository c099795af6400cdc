"""Exactly one e-mail, phone and address of a contact is primary. The indexes that were to see to it are gone
since 0007: Django drops every index of a column whose own index goes, those of constraints too.
"""

from django.db import migrations, models
from django.db.models import Q

FIRST_IS_PRIMARY = Q(is_primary=True, position=0) | Q(is_primary=False, position__gt=0)
MODELS = ("email", "phone", "address")


def lost(one: str) -> migrations.SeparateDatabaseAndState:
    name = f"contact_{one}_one_primary"
    return migrations.SeparateDatabaseAndState(
        state_operations=[migrations.RemoveConstraint(model_name=f"contact{one}", name=name)],
        database_operations=[
            migrations.RunSQL(f"DROP INDEX IF EXISTS {name}", reverse_sql=migrations.RunSQL.noop)
        ],
    )


class Migration(migrations.Migration):
    dependencies = [("contacts", "0013_privacy_marks_and_reveals")]

    operations = [
        *(lost(one) for one in MODELS),
        *(
            migrations.AddConstraint(
                model_name=f"contact{one}",
                constraint=models.CheckConstraint(
                    condition=FIRST_IS_PRIMARY, name=f"contact_{one}_first_is_primary"
                ),
            )
            for one in MODELS
        ),
    ]
