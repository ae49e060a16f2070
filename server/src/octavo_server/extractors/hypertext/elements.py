"""What elements of HTML do to the text around them."""

_NAMES_OF_LINES = """
address article aside blockquote body br caption center dd details dialog dir div dl dt fieldset figcaption figure
footer form frameset h1 h2 h3 h4 h5 h6 head header hgroup hr html legend li listing main menu nav ol optgroup option
p plaintext pre search section summary table tbody textarea tfoot thead title tr ul xmp
"""
LINES = frozenset(_NAMES_OF_LINES.split())
"""They start and end lines: display: block, list-item, table or table-row (html.spec.whatwg.org, 15.3)."""
CELLS = frozenset({"td", "th"})
APART = frozenset({"button", "input", "select", "object", "video", "audio", "svg", "text", "desc"})
"""In the line, but boxes of their own: what stands beside them is another word."""
AS_WRITTEN = frozenset({"pre", "listing", "xmp", "plaintext", "textarea"})
NOT_SHOWN = frozenset({"script", "style", "template", "iframe", "noembed", "noframes"})
BESIDE = CELLS | APART | NOT_SHOWN | {"img", "noscript"}
"""All names that mean something, but for those of lines: most tags are looked up twice, and no more."""
OF_HEAD = frozenset({"html", "head", "title", "meta", "link", "script", "style", "base", "noscript", "template"})
"""What may stand before the body starts (html.spec.whatwg.org, 13.2.6.4.4)."""
