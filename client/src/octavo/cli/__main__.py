"""Runs the `octavo` command."""

import sys


def main() -> None:
    """Parse the arguments, run, and exit with one of `octavo.cli.failures.ExitCode`."""
    # Here, not above: importing this module must stay quick.
    from octavo.cli.app import run  # noqa: PLC0415
    from octavo.cli.failures import told  # noqa: PLC0415

    sys.exit(told(run))


if __name__ == "__main__":
    main()
