import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("network", "0013_posts_that_wait_are_found"),
    ]

    operations = [
        migrations.AddField(
            model_name="notice",
            name="meeting",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="network.meeting"
            ),
        ),
    ]
