from django.db import migrations, models

import accounts.fields


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0002_user_has_zone_and_currency'),
    ]

    operations = [
        migrations.CreateModel(
            name='Invitation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('digest', models.CharField(max_length=64, unique=True)),
                ('email', models.CharField(default='', max_length=254)),
                ('is_first', models.BooleanField(default=False)),
                ('expires', accounts.fields.PossibleInstantField(null=True)),
                ('created', accounts.fields.InstantField()),
            ],
        ),
    ]
