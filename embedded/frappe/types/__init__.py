"""Types for annotations."""
