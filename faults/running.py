"""Running: one case after the other, each from an empty world, with a history that stays when it did not hold."""

import gc
import importlib
import os
import random
import time
import traceback
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from launcher.telling import Teller

if TYPE_CHECKING:
    from faults.cases import Case
    from faults.standing import Ground
    from faults.worlds import World

# What a deed imports late; imported before, a fork has nothing left to import.
LATE = (
    "config.celery", "celery.app.amqp", "celery.app.events", "celery.app.task", "celery.backends.base",
    "celery.contrib.django.task", "celery.events", "kombu.transport.memory", "kombu.utils.limits",
    "django.contrib.messages.storage.fallback", "django.contrib.sessions.serializers", "django.test",
    "django.core.cache.backends.locmem", "payments.stripe_gateway", "psycopg_pool", "reports.selfchecking",
    "stripe", "stripe._object_classes", "stripe._stripe_client", "stripe._v1_services", "stripe._event_service",
    "stripe._balance_service", "stripe._balance_transaction_service", "stripe._charge_service",
    "stripe._checkout_service", "stripe.checkout._session_service", "stripe._refund_service",
    "stripe._payment_intent_service", "stripe._invoice_service", "stripe._invoice_payment_service",
    "stripe._subscription_service", "stripe._dispute_service",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Chosen:
    """What was asked for: the seed, the build, where histories go and whether all of them are kept."""

    seed: int
    build: str
    histories: Path
    keeps_all: bool


def open_house(ground: "Ground") -> None:
    """This function will make this process one of the product's, with everything imported."""
    import django

    os.environ.update(ground.environment)
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
    django.setup()
    for name in LATE:
        importlib.import_module(name)
    from django.core.handlers.wsgi import WSGIHandler
    from django.urls import resolve
    from django.utils import translation

    WSGIHandler()  # its middleware
    resolve("/api/webhooks/stripe/")
    for language in ("en", "ko"):
        with translation.override(language):
            translation.gettext("")
    gc.collect()
    gc.freeze()  # or the first collection in each fork would copy every page


def run(ground: "Ground", cases: list["Case"], *, chosen: Chosen, tell: Teller) -> int:
    """This function will run the cases and return how many held."""
    chosen.histories.mkdir(parents=True, exist_ok=True)
    return sum([_holds(ground, case, chosen=chosen, tell=tell) for case in cases])


def _holds(ground: "Ground", case: "Case", *, chosen: Chosen, tell: Teller) -> bool:
    """Run one case from an empty world. This function will say whether all held, and tell the history if not."""
    from faults import wrong
    from faults.worlds import Broken, World

    ground.renew()
    # Each case draws from its own source, so that one case replays like the whole programme.
    dice = random.Random(f"{chosen.seed} {case.title}")
    name = "".join(letter if letter.isalnum() else "-" for letter in case.title)
    history = chosen.histories / f"seed-{chosen.seed}-{chosen.build}-{name}.jsonl"
    world = World(ground, wrong.build(chosen.build), dice, history=history)
    began = time.monotonic()
    try:
        case.run(world)
        world.demand_laws(allowed_parked=case.parks)
    except Broken as broken:
        _tell_broken(world, case, str(broken), chosen=chosen, tell=tell)
        return False
    except (
        Exception
    ) as error:  # not what must hold, but the harness itself: a case that was not judged has not held
        traceback.print_exc()
        _tell_broken(world, case, f"{type(error).__name__}: {error}", chosen=chosen, tell=tell)
        return False
    finally:
        world.close()
    if not chosen.keeps_all:
        history.unlink(missing_ok=True)
    words = f" ({'; '.join(world.remarks)})" if world.remarks else ""
    tell.done(case.title, took=time.monotonic() - began, verdict=f"held{words}")
    return True


def _tell_broken(world: "World", case: "Case", words: str, *, chosen: Chosen, tell: Teller) -> None:
    tell.done(case.title, verdict=f"BROKEN: {words}")
    for line in world.history.read_text().splitlines():
        tell.say(f"    {line}")
    tell.say(f"    history: {world.history}")
    build = "" if chosen.build == "right" else f" --wrong {chosen.build}"
    tell.say(f'    replay: python3 run.py faults --seed {chosen.seed} --only "{case.title}"{build}')
