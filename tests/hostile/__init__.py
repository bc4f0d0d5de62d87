"""Inputs made to break things: what makes them, and what takes them.

`bombs` holds pages, texts, rules and archives that are large in one way, made by code; `mutations` spoils inputs;
`entries` is every way into cleanpage, each with what may come out of it; `corpus` is what fuzzing begins with, written
for it. Tests use them small, `benchmarks/bounds.py`, `benchmarks/fuzz.py` and `benchmarks/mutations.py` large.
"""
