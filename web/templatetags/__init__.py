"""Small words for templates: money, days and names as the reader's language writes them."""
