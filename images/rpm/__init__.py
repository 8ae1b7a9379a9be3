"""rpm's databases, all three kinds of them: bytes in, header blobs out, packages out of those."""
