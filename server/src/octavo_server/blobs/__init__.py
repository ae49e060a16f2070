"""What stands behind ports.blobs: large contents as files."""
