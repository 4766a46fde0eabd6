"""The door for other people's pages: frames without script, cookie or session, their descriptions, and feeds.

Everything here is public, looks the same to everybody and may be kept for a minute, so that a resting campaign is gone
everywhere within that time. Which sites may frame it is a table (`campaigns/hosting.py`).
"""
