"""The WSGI application gunicorn serves. With unsafe settings there is none."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
application = get_wsgi_application()

from config import checks  # noqa: E402 - rooms can be imported once Django is set up

checks.refuse_unsafe()
