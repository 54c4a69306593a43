from django.db import migrations
from django.db.models import F


def put_right(apps, schema_editor):
    """A machine's clock that was put back left such reports; the next migration lets there be no more."""
    Report = apps.get_model("reports", "Report")
    Report.objects.filter(modified__lt=F("created")).update(modified=F("created"))


class Migration(migrations.Migration):
    dependencies = [("reports", "0001_initial")]
    operations = [migrations.RunPython(put_right, migrations.RunPython.noop)]
