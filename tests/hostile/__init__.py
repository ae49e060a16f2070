"""`python -m tests.hostile FOLDER`: hostile documents through a real server, and what each of them cost."""
