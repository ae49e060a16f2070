"""What a client can ask for, one file a topic; `octavo.Client` is all of them in one."""
