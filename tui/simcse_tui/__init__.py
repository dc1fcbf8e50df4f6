"""The terminal UI of simcse-ml: it looks at runs, starts and stops them, and never computes itself. No torch here."""
