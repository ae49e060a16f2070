"""Builds the documentation site and checks its links; `make docs`."""
