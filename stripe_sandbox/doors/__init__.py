"""Doors of the process: HTTP in, HTTP out, faults on demand. They translate and make one call."""
