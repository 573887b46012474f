"""Importing a module of this package registers its scenarios, in the order in which they run."""
