"""Asks our own web server whether it is well, by the host name it answers to. Exit status 0 means yes."""

import http.client
import os
import sys
from urllib.parse import urlsplit

host = urlsplit(os.environ["BASE_URL"]).netloc
connection = http.client.HTTPConnection("127.0.0.1", int(os.environ.get("PORT", "8000")), timeout=4)
connection.request("GET", "/healthz", headers={"Host": host})
sys.exit(0 if connection.getresponse().status == 200 else 1)
