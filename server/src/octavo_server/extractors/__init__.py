"""Libraries that turn bytes of some format into text: one file each; chain.py says which is tried, in what order.

They run in child processes. Importing this package imports none of the libraries.
"""
