"""What is tested, in sentences."""
