"""Whole journeys: a person's steps in a real browser against the whole running system."""
