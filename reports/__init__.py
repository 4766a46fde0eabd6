"""Questions about everything: lists, progress, balances, exports.

Owns no tables and writes nothing; anything that joins two rooms only to read lives here.
Exports stream straight from PostgreSQL: formatting and formula-escaping happen in SQL.
"""
