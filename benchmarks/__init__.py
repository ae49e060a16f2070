"""What `make bench` runs: each benchmark prints its figure beside its ceiling, measured in the same run."""
