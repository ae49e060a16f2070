"""Office documents of today, which are zip archives of XML: Office Open XML and OpenDocument.

They are read as a stream, part by part: memory grows with the text, not with the document.
"""
