from __future__ import annotations

from django.apps import AppConfig


class PaperConfig(AppConfig):
    name = "paper"
    default_auto_field = "django.db.models.BigAutoField"
