"""The doors for machines: the webhook of the payment processor and the versioned REST API.

A view translates and makes one call; it holds no decision. One handler turns errors into RFC 9457 problems.
"""
