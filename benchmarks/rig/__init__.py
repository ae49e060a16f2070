"""What the benchmarks share: the servers, the load on them, the rounds, the figures."""
