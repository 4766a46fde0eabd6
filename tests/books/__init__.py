"""Tests of the books as finance keeps them."""
