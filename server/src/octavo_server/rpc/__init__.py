"""The only folder that knows gRPC. It translates, and decides nothing."""
