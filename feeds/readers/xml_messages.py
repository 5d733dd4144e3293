"""XML messages read by the XPaths that fields declare; entities are never expanded, depth and size are bounded."""

import re
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from hashlib import sha256
from typing import Any

from lxml import etree

from feeds.feed import Bounds, Record, RefusedError
from feeds.readers.decoding import without_prolog
from lakehouse.field import Field

Element = etree._Element
_FORBIDDEN = re.compile(r"<!\s*(DOCTYPE|ENTITY)", re.IGNORECASE)
_TAG = re.compile(r"^[A-Za-z]\w*$")
# Strings, functions, axes and attributes of an XPath stay as they are; what is left are element names.
_XPATH_TOKEN = re.compile(r"'[^']*'|[\w-]+(?=\()|[\w-]+::|@[\w:]+|[A-Za-z_]\w*")
# In canonical XML no value holds a bare <, so tags can be told by it: prefixes, namespaces and blanks say nothing.
_UNTOLD = tuple((re.compile(pattern), kept) for pattern, kept in (
    (rb"</[\w.-]+:", b"</"), (rb"<[\w.-]+:", b"<"), (rb' xmlns(?::[\w.-]+)?="[^"]*"', b""),
    (rb' xsi:schemaLocation="[^"]*"', b""), (rb">\s+", b">"), (rb"\s+<", b"<")))
NAMESPACE_PREFIX = "n"


def parse(text: str, bounds: Bounds, root: str, namespace: str | None = None) -> Element:
    """The root element; RefusedError names what is wrong with the message."""
    if len(text) > bounds.record_bytes:
        raise RefusedError("record.bounds", f"{len(text)} characters, {bounds.record_bytes} allowed")
    if _FORBIDDEN.search(text):
        raise RefusedError("xml.entities")
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True, remove_pis=True)
    try:
        element = etree.fromstring(without_prolog(text).encode(), parser)
    except (etree.XMLSyntaxError, ValueError) as fault:
        raise RefusedError("xml.malformed", str(fault)[:160]) from None
    name = etree.QName(element)
    if name.localname != root or name.namespace != namespace:
        raise RefusedError("xml.form", f"{{{name.namespace or ''}}}{name.localname}")
    if _path(_deeper_than(bounds.depth))(element):
        raise RefusedError("record.bounds", f"nested deeper than {bounds.depth}")
    if len(text) > bounds.field_bytes and _path(f"boolean(//text()[string-length(.) > {bounds.field_bytes}])")(element):
        raise RefusedError("record.bounds", f"a field of more than {bounds.field_bytes} characters")
    return element


@cache
def _deeper_than(depth: int) -> str:
    return f"boolean({'/*' * (depth + 1)})"


@cache
def _path(expression: str, namespace: str | None = None) -> etree.XPath:
    """The compiled XPath, its element names put into the namespace."""
    if namespace is None:
        return etree.XPath(expression)
    named = _XPATH_TOKEN.sub(lambda t: t[0] if t[0][0] in "'@" or t[0].endswith("::") or _calls(expression, t) else f"n:{t[0]}", expression)
    return etree.XPath(named, namespaces={NAMESPACE_PREFIX: namespace})


def _calls(expression: str, token: re.Match[str]) -> bool:
    return expression[token.end(): token.end() + 1] == "("


def take(element: Element, fields: Sequence[Field], namespace: str | None = None) -> dict[str, Any]:
    """The declared fields of an element as texts; an absent one is None, a list a list of dictionaries."""
    children = {child.tag: child for child in reversed(element)} if namespace is None else {}
    values: dict[str, Any] = {}
    for field in fields:
        if not field.source:
            continue
        if namespace is None and _TAG.match(field.source):
            child = children.get(field.source)
            values[field.name] = None if child is None else _text(child)
            continue
        found: Any = _path(field.source, namespace)(element)
        if field.type == "list":
            values[field.name] = [take(item, field.items, namespace) for item in found]
        elif field.type.startswith("array<"):
            values[field.name] = [text for text in map(_text, found) if text]
        else:
            values[field.name] = _text(found[0]) if found else None
    return values


def _text(found: Any) -> str | None:
    return ((found.text or "") if isinstance(found, etree._Element) else str(found)).strip() or None


def content_hash(element: Element) -> str:
    """SHA-256 of what an element says: attribute order, prefixes, comments and white space around values aside."""
    canonical = etree.tostring(element, method="c14n", with_comments=False)
    for pattern, kept in _UNTOLD:
        canonical = pattern.sub(kept, canonical)
    return sha256(canonical).hexdigest()


def one_record(root: str, namespace: str, fields: Callable[[], Sequence[Field]]) -> Callable[[str, Bounds], Iterator[Record]]:
    """A reader of messages that are one record each."""

    def read(text: str, bounds: Bounds) -> Iterator[Record]:
        try:
            element = parse(text, bounds, root, namespace)
        except RefusedError as refused:
            yield Record("", text, None, refusal=refused.code, detail=refused.detail)
            return
        yield Record("", text, take(element, fields(), namespace), (content_hash(element),))

    return read
