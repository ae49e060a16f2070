"""Where the documentation comes from, and where it goes."""

from pathlib import Path

ROOT = Path(__file__).parents[1]
"""The repository."""
SERVER = ROOT / "server" / "src" / "octavo_server"
CLIENT = ROOT / "client" / "src" / "octavo"
PROTOS = ROOT / "protos"
BUILD = ROOT / "build"
"""Zensical wants its configuration, the pages and the site below one folder."""
STAGED = BUILD / "docs"
SITE = BUILD / "site"
