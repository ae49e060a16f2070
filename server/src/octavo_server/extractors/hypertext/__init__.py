"""Text between tags: what HTML, the chapters of books and their XML have in common.

It is read tag by tag. No tree is built: memory grows with the text, nothing recurses, and nothing takes longer than
in proportion to the document, whatever its tags say.
"""
