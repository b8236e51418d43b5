import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.base")
application = get_wsgi_application()

# Models can be asked for once the application stands.
from django.db import connections  # noqa: E402

from accounts.demo import refuse_demo_accounts  # noqa: E402

refuse_demo_accounts()
connections.close_all()  # a server may fork now, and a connection must not be shared
