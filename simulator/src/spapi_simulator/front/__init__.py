"""What every request passes before it reaches an operation, and how answers look."""
