"""Runs modules in disposable child processes, and keeps them busy."""
