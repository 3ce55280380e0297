"""What `health` looks at: a module for each thing, each with a function that tells of it in checks."""
