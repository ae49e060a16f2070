"""A store with 100,000 finished jobs: how it is made, and what is asked of it."""
