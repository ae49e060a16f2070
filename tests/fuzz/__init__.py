"""`python -m tests.fuzz`: damaged documents, thousands of them, through real child processes."""
