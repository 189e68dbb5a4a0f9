"""The HTTP service, on a real database and a real index; only the encoder is a fake, for speed."""
