"""`python -m stripe_sandbox`: start the sandbox and say where it listens."""

from __future__ import annotations

import argparse
import logging
import signal
import sys
import threading
from decimal import Decimal, InvalidOperation
from types import FrameType

from stripe_sandbox import delivering, timekeeping
from stripe_sandbox.doors import calling, operating, server
from stripe_sandbox.settings import Settings
from stripe_sandbox.world import World

LOOPBACK = ("127.0.0.1", "::1", "localhost")


def _settlement(text: str) -> tuple[str, tuple[str, Decimal]]:
    """`krw=usd:0.00068`: charges in KRW settle in USD, one won being 0.00068 dollars."""
    try:
        source, rest = text.lower().split("=")
        target, rate = rest.split(":")
        return source, (target, Decimal(rate))
    except (ValueError, InvalidOperation):
        raise argparse.ArgumentTypeError("expected like krw=usd:0.00068") from None


def _seconds(text: str) -> tuple[float, ...]:
    try:
        return tuple(float(part) for part in text.split(",") if part)
    except ValueError:
        raise argparse.ArgumentTypeError("expected like 2,15,60") from None


def _parser() -> argparse.ArgumentParser:
    standard = Settings()
    parser = argparse.ArgumentParser(
        prog="stripe_sandbox", description="An imitation of Stripe for work without Stripe."
    )
    add = parser.add_argument
    add("--host", default=standard.host, help="loopback address to listen on")
    add("--port", type=int, default=standard.port, help="0 picks a free one")
    add("--public-url", default="", help="how browsers reach the hosted pages, if not by host and port")
    add("--state", metavar="FILE", help="SQLite file that survives restarts; in memory when left out")
    add("--webhook-url", help="the one endpoint that receives events")
    add("--webhook-secret", default=standard.webhook_secret, help="its signing secret, whsec_...")
    add("--webhook-workers", type=int, default=standard.webhook_workers, help="1 keeps events in order")
    add(
        "--webhook-retries",
        type=_seconds,
        default=standard.webhook_retries,
        help="seconds between attempts: 2,15,60",
    )
    add("--latency-ms", type=float, default=0, help="added to every API call")
    add("--bank-debit-seconds", type=float, default=standard.bank_debit_seconds, help="0: only on demand")
    add("--settle", type=_settlement, action="append", default=[], metavar="krw=usd:0.00068")
    add("--quiet", action="store_true", help="print nothing but the address")
    return parser


def _settings(arguments: argparse.Namespace) -> Settings:
    return Settings(
        host=arguments.host,
        port=arguments.port,
        public_url=arguments.public_url.rstrip("/"),
        state=arguments.state,
        webhook_url=arguments.webhook_url,
        webhook_secret=arguments.webhook_secret,
        webhook_workers=arguments.webhook_workers,
        webhook_retries=arguments.webhook_retries,
        latency=arguments.latency_ms / 1000,
        bank_debit_seconds=arguments.bank_debit_seconds,
        settle=dict(arguments.settle),
        quiet=arguments.quiet,
    )


def main(argv: list[str] | None = None) -> int:
    """This function will run the sandbox until SIGTERM or SIGINT."""
    parser = _parser()
    settings = _settings(parser.parse_args(argv))
    if settings.host not in LOOPBACK:
        parser.error("the sandbox listens on the loopback interface only")
    logging.basicConfig(level=logging.ERROR if settings.quiet else logging.INFO, stream=sys.stderr)
    world = World(settings)
    api = calling.Api(world)
    courier = delivering.Courier(world)
    keeper = timekeeping.Timekeeper(world)
    listening = server.bound(settings.host, settings.port, api, operating.Operator(api, courier))
    settings.port = listening.server_address[1]

    def stop(number: int, frame: FrameType | None) -> None:
        threading.Thread(target=listening.shutdown, daemon=True).start()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    threading.Thread(target=calling.warm_up, daemon=True).start()
    courier.start()
    keeper.start()
    sys.stdout.write(f"Stripe sandbox on {settings.base_url()}\n")
    sys.stdout.flush()
    listening.serve_forever(poll_interval=0.1)
    keeper.stop()
    courier.stop()
    listening.server_close()
    if world.shelf:
        with world.lock:
            world.shelf.close()
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
