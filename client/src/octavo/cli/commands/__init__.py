"""One file a command: the function `command`, its docstring (the help) and `EXAMPLES` (below the help)."""
