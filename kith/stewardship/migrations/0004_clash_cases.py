from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("stewardship", "0003_cases_by_subject"),
    ]

    operations = [
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
                    ("manual", "Somebody asks for help"),
                ],
                max_length=15,
            ),
        ),
        migrations.AddConstraint(
            model_name="case",
            constraint=models.UniqueConstraint(
                condition=models.Q(models.Q(("state", "resolved"), _negated=True), ("kind", "clash")),
                fields=("contact_id", "title"),
                name="case_one_open_per_clash",
            ),
        ),
    ]
