"""The derivative in normal form: reverse and forward."""
