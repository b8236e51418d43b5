from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("network", "0004_threads_know_their_last_number")]

    operations = [
        migrations.AddField(
            model_name="draft",
            name="version",
            field=models.PositiveIntegerField(default=1, editable=False),
        ),
        migrations.AddField(
            model_name="draft",
            name="base",
            field=models.PositiveIntegerField(
                null=True, editable=False, help_text="Udgaven af indlægget, som en rettelse begyndte fra."
            ),
        ),
        migrations.AddField(
            model_name="draft",
            name="other",
            field=models.TextField(blank=True, help_text="Det, der stod i kladden på en anden enhed."),
        ),
    ]
