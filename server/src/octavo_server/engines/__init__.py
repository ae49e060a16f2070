"""What stands behind ports.engine: one folder or file an engine, and what engines of one process share."""
