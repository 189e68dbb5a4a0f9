"""The domain: values, errors and ports. The standard library and numpy only."""
