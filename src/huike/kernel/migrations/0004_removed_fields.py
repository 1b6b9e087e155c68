import django.db.models.manager
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("kernel", "0003_imports")]

    operations = [
        migrations.AlterModelManagers(
            name="customfield",
            managers=[("everything", django.db.models.manager.Manager())],
        ),
        migrations.AddField(
            model_name="customfield",
            name="removed_at",
            field=models.DateTimeField(editable=False, null=True),
        ),
        migrations.AddIndex(
            model_name="entry",
            index=models.Index(
                condition=models.Q(
                    ("kind__in", ["purge", "view", "export", "sign_in", "refused"])
                ),
                fields=["kind", "-change"],
                name="entry_of_rare_kind",
            ),
        ),
    ]
