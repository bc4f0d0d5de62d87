"""cleanpage inside other people's pipelines: thin adapters, each its own file, each with an extra of its own name.

All of them write the record of `cleanpage batch`, so that a page becomes the same wherever it is processed.
"""
