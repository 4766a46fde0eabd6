"""gunicorn for production; `web` and `webhooks` run it each in a process group of their own.

Threads, not sync workers: with a processor call of 300 ms, sync workers gave 9 gifts a second and starved the
webhooks, threads gave 130. Of the threads of a process at most 26 are with the processor (payments/stripe_gateway.py):
with fewer than 30 threads a processor that hangs would stop pages too. Each process holds its own database pool, so
count: processes x pool size, of all groups together, must stay below the server's max_connections.
"""

import os

bind = f"0.0.0.0:{os.environ.get('PORT', '8000')}"  # behind the proxy of the same private network
workers = int(os.environ.get("WEB_PROCESSES", "2"))
worker_class = "gthread"
threads = int(os.environ.get("WEB_THREADS", "32"))
preload_app = True
timeout = 30
graceful_timeout = 25  # a gift under way is finished before the process ends
keepalive = 30
max_requests = 20_000
max_requests_jitter = 2_000
worker_tmp_dir = "/dev/shm"  # noqa: S108 - heartbeats must not wait for a disk
control_socket_disable = True
accesslog = None  # the proxy keeps it, without query strings; ours would repeat personal links
