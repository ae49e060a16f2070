"""Why a page can't be made."""


class PageError(Exception):
    """The message names the page, or what it lacks, and says what to do."""
