"""`export_parquet_vs_copy`: the Parquet file of a million donations, against PostgreSQL's own COPY of the same rows."""

from bench import exporting_lists, pairing

NAME = "export_parquet_vs_copy"


def measure() -> pairing.Outcome:
    """This function will return rows written per second, ours to COPY."""
    return exporting_lists.measure(name=NAME, form="parquet")
