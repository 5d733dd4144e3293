"""Benchmarks: figures beside bare tools in the same run."""
