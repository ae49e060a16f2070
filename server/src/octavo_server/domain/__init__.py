"""What Octavo is about, as frozen values and pure functions: no I/O, no clock, no randomness."""
