"""The cases, one module to a kind of fault; each has `cases()`. The numbers are those of `docs/faults.md`."""
