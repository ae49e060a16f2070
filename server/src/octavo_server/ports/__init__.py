"""What the use cases need from the world, as Protocols. Their docstrings are the contract; tests/contract holds every
adapter to it.
"""
