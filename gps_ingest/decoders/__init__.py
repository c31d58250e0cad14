"""One wire format a file: bytes in, fixes and reasons out, nothing else touched."""
