from tests.donations.conftest import house, supporter

__all__ = ["house", "supporter"]
