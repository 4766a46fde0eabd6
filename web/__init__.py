"""The doors for people: `giving` (public), `portal` (donor), `office` (staff), templates and static files.

A view translates and makes one call; it holds no decision.
"""
