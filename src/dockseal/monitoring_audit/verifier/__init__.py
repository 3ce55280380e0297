"""What checks a trail, of the standard library alone: modules that `assembled` makes one file of."""
