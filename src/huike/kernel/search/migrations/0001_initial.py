"""Makes the index for the database at hand, and the table that tells how far a rebuild has come."""

import django.utils.timezone
from django.db import migrations, models


def create(apps, schema_editor):
    from huike.kernel.search.postgresql import CREATE as POSTGRESQL
    from huike.kernel.search.sqlite import CREATE as SQLITE

    schema_editor.execute(POSTGRESQL if schema_editor.connection.vendor == "postgresql" else SQLITE)


class Migration(migrations.Migration):
    initial = True
    dependencies = []
    operations = [
        migrations.CreateModel(
            name="Rebuild",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("record", models.CharField(max_length=100, unique=True)),
                ("last_id", models.BigIntegerField(default=0)),
                ("started_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("finished_at", models.DateTimeField(null=True)),
            ],
        ),
        migrations.RunPython(
            create,
            lambda apps, schema_editor: schema_editor.execute("DROP TABLE search_entry"),
        ),
    ]
