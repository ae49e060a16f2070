"""The Octavo service."""
