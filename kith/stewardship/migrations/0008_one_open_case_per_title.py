from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("stewardship", "0007_doubled_cases_are_resolved"),
    ]

    operations = [
        migrations.RemoveConstraint(model_name="case", name="case_one_open_per_contradiction"),
        migrations.RemoveConstraint(model_name="case", name="case_one_open_per_clash"),
        migrations.RemoveConstraint(model_name="case", name="case_one_open_of_the_store"),
        migrations.AlterField(
            model_name="case",
            name="kind",
            field=models.CharField(
                choices=[
                    ("failed_request", "A request failed"),
                    ("circuit_breaker", "A run waits for approval"),
                    ("failed_run", "A run failed"),
                    ("contradiction", "Decisions contradict each other"),
                    ("clash", "Contacts share what must be unique"),
                    ("journal", "The audit log is not right"),
                    ("erasure", "An anonymisation needs a look"),
                    ("person_request", "A person's request is due"),
                    ("backup", "A backup needs a look"),
                    ("sign_on", "Single sign-on needs a look"),
                    ("manual", "Somebody asks for help"),
                ],
                max_length=15,
            ),
        ),
        migrations.AddConstraint(
            model_name="case",
            constraint=models.UniqueConstraint(
                condition=models.Q(
                    models.Q(("state", "resolved"), _negated=True),
                    ("request__isnull", True),
                    models.Q(("kind__in", ["circuit_breaker", "failed_run", "manual"]), _negated=True),
                ),
                fields=("kind", "contact_id", "title"),
                name="case_one_open_per_title",
                nulls_distinct=False,
            ),
        ),
    ]
