"""The Octavo service."""

import os

# gRPC's fork handlers, run in a child between fork and exec, shut down the connections it shares with us: callers saw
# "Socket closed" whenever uvloop started a child. gRPC reads this at its import; its documentation asks for it where
# every fork is followed by exec (doc/fork_support.md of grpc/grpc), and ours are.
os.environ["GRPC_ENABLE_FORK_SUPPORT"] = "0"
