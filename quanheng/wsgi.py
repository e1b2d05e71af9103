"""Entry of the web server."""

import gc
import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "quanheng.settings")
application = get_wsgi_application()
gc.collect()
gc.freeze()  # what a start loads stays for good: walking it again for garbage held up every few answers
