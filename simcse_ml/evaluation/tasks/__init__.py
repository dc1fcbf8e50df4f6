"""Tasks: what a labelled set asks, one a file."""
