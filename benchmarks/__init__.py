"""Benchmarks: each opens with the command that runs it; results are in README.md."""
