"""The Octavo SDK."""
