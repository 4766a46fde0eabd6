"""Escaping: how a value stands in a file that leaves the house, whatever the format.

Amounts are exact in the currency's own decimals. Text that a spreadsheet could take for a formula gets one apostrophe
in front, as does text that begins with an apostrophe itself: reading a file back, take exactly one leading apostrophe
off. Numbers are never touched.
"""

from ledger import money

# First character first: nothing, letters and Hangul, nearly every cell, are settled by comparing numbers.
# PostgreSQL reads the escapes; the per cent sign is written as one because a bare one would be a parameter.
_DANGEROUS = (
    r"^([\u0001-\u001f\u007f'']"
    r"|[\s\u00a0\u1680\u180e\u2000-\u200f\u2028-\u202f\u205f-\u2064\u3000\ufeff]*"
    r"[-=+@|;\u0022\u0025''\u2212\uff0b\uff0d\uff1d\uff20\ufe62\ufe63\ufe66\ufe6b])"
)


def guarded(column: str) -> str:
    """This function will return the SQL of a text cell that no spreadsheet takes for a formula."""
    return (
        f"CASE WHEN {column} = '' OR ascii({column}) BETWEEN 65 AND 122"
        f" OR ascii({column}) BETWEEN 44032 AND 55203 THEN {column}"
        f" WHEN {column} ~ '{_DANGEROUS}' THEN ''''||{column} ELSE {column} END"
    )


def _codes(currencies: frozenset[str]) -> str:
    return ",".join(f"'{code}'" for code in sorted(currencies))


def exact(column: str, currency: str) -> str:
    """Minor units as a decimal: the scale of the factor is the scale of the product, so nothing is rounded.

    This function will return it as SQL.
    """
    return _scaled(column, currency, ("1", "0.01", "0.001"))


def thousandths(column: str, currency: str) -> str:
    """Minor units as whole thousandths, which hold every currency's decimals and cost no decimal to make.

    This function will return it as SQL.
    """
    return _scaled(column, currency, ("1000", "10", "1"))


def _scaled(column: str, currency: str, factors: tuple[str, str, str]) -> str:
    none, two, three = factors
    return (
        f"{column} * CASE WHEN {currency} = 'USD' THEN {two} WHEN {currency} IN ({_codes(money.ZERO_DECIMALS)})"
        f" THEN {none} WHEN {currency} IN ({_codes(money.THREE_DECIMALS)}) THEN {three} ELSE {two} END"
    )
