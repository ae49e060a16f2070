"""Archives and compressed files, member by member. Nothing is written anywhere."""
