"""What the service does, one verb a file. No gRPC, no SQL, no files: only the domain and the ports."""
