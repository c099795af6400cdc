from django.db import migrations, models
from django.db.models.functions import Now

import kith.grouping.models


class Migration(migrations.Migration):
    """Evidence is worked out again by the next run: without a basis it compares everything."""

    dependencies = [
        ("grouping", "0002_matching_model"),
        ("runs", "0003_trigger_api"),
    ]

    operations = [
        migrations.DeleteModel(name="Evidence"),
        migrations.CreateModel(
            name="Evidence",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "left_id",
                        "right_id",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("left_id", models.BigIntegerField()),
                ("right_id", models.BigIntegerField()),
                ("weight", kith.grouping.models.RealField()),
                ("rule", models.SmallIntegerField(null=True)),
                ("groups", models.BooleanField()),
            ],
            options={
                "indexes": [models.Index(fields=["right_id"], name="evidence_by_right")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("left_id__lt", models.F("right_id"))),
                        name="evidence_left_is_smaller",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Doubt",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "left_id",
                        "right_id",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("left_id", models.BigIntegerField()),
                ("right_id", models.BigIntegerField()),
                ("weight", kith.grouping.models.RealField()),
                (
                    "doubt",
                    models.CharField(
                        choices=[
                            ("contradiction", "Their contacts contradict each other"),
                            ("bridge", "One weak link between two contacts"),
                            ("too_large", "The contact would be too large"),
                        ],
                        max_length=13,
                    ),
                ),
            ],
            options={"indexes": [models.Index(fields=["right_id"], name="doubt_by_right")]},
        ),
        migrations.CreateModel(
            name="Basis",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("recipe_version", models.CharField(max_length=16)),
                ("max_block_size", models.PositiveIntegerField()),
                ("records", models.BigIntegerField()),
                ("figures", models.BinaryField()),
                ("made_at", models.DateTimeField(db_default=Now())),
                *(
                    (
                        name,
                        models.ForeignKey(
                            null=True, on_delete=models.PROTECT, related_name="+", to=f"grouping.{model}"
                        ),
                    )
                    for name, model in (
                        ("rules_version", "matchingrules"),
                        ("person_model", "matchingmodel"),
                        ("company_model", "matchingmodel"),
                    )
                ),
                (
                    "run",
                    models.ForeignKey(null=True, on_delete=models.PROTECT, related_name="+", to="runs.run"),
                ),
            ],
        ),
    ]
