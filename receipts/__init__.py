"""What we give back in writing: numbered, frozen, rendered once, delivered.

Lives here: series without gaps, snapshots that never change, voids and replacements.
Never here: changing gifts. Drawing rests on `paper`, sending on `donors.corresponding`.
Doors: `issuing.issue_due(...)`, `voiding.void(...)`, `rendering.render(...)`.
"""
