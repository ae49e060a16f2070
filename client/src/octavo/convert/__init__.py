"""The only place that turns messages of the wire into values, and arguments into messages."""
