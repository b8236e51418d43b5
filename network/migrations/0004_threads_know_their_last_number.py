from django.db import migrations
from django.db.models import F


def count_up(apps, schema_editor):
    """Until now the numbers of a thread had no holes: the last was how many there were."""
    apps.get_model("network", "Thread").objects.filter(last_number=0).update(last_number=F("number_of_posts"))


class Migration(migrations.Migration):
    dependencies = [("network", "0003_rooms_and_talk_grown")]

    operations = [migrations.RunPython(count_up, migrations.RunPython.noop, elidable=True)]
