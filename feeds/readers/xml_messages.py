"""XML messages read by the XPaths that fields declare; entities are never expanded, depth and size are bounded."""

import re
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from typing import Any

from lxml import etree

from feeds.feed import Bounds, Record, RefusedError, canonical_hash
from feeds.readers.decoding import without_prolog
from lakehouse.field import Field

Element = etree._Element
_FORBIDDEN = re.compile(r"<!\s*(DOCTYPE|ENTITY)", re.IGNORECASE)


def parse(text: str, bounds: Bounds, root: str, namespace: str | None = None) -> Element:
    """The root element, tags without namespaces; RefusedError names what is wrong with the message."""
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
    if name.localname != root or (namespace is not None and name.namespace != namespace):
        raise RefusedError("xml.form", f"{{{name.namespace or ''}}}{name.localname}")
    _strip_namespaces(element, bounds)
    return element


def _strip_namespaces(root: Element, bounds: Bounds) -> None:
    depth = 0
    for action, element in etree.iterwalk(root, events=("start", "end")):
        depth += 1 if action == "start" else -1
        if depth > bounds.depth:
            raise RefusedError("record.bounds", f"nested deeper than {bounds.depth}")
        if action == "start" and isinstance(element.tag, str):
            if element.text and len(element.text) > bounds.field_bytes:
                raise RefusedError("record.bounds", f"{element.tag} holds more than {bounds.field_bytes} characters")
            element.tag = element.tag.rpartition("}")[2]


@cache
def _path(expression: str) -> etree.XPath:
    return etree.XPath(expression)


def take(element: Element, fields: Sequence[Field]) -> dict[str, Any]:
    """The declared fields of an element as texts; an absent one is None, a list a list of dictionaries."""
    values: dict[str, Any] = {}
    for field in fields:
        if not field.source:
            continue
        found: Any = _path(field.source)(element)
        if field.type == "list":
            values[field.name] = [take(item, field.items) for item in found]
        elif field.type.startswith("array<"):
            values[field.name] = [text for text in map(_text, found) if text]
        else:
            values[field.name] = _text(found[0]) if isinstance(found, list) and found else _plain(found)
    return values


def _text(found: Any) -> str | None:
    return (found.text or "").strip() or None if isinstance(found, etree._Element) else str(found).strip() or None


def _plain(found: Any) -> str | None:
    return None if isinstance(found, list) else str(found).strip() or None


def content(element: Element) -> Any:
    """Everything an element says, sibling order kept only within one tag, white space and prefixes aside."""
    children = [content(child) for child in element if isinstance(child.tag, str)]
    children.sort(key=lambda child: str(child[0]))
    attributes = {etree.QName(name).localname: value for name, value in element.attrib.items()}
    attributes.pop("schemaLocation", None)
    return [element.tag, attributes, " ".join((element.text or "").split()), children]


def one_record(root: str, namespace: str, fields: Callable[[], Sequence[Field]]) -> Callable[[str, Bounds], Iterator[Record]]:
    """A reader of messages that are one record each."""

    def read(text: str, bounds: Bounds) -> Iterator[Record]:
        try:
            element = parse(text, bounds, root, namespace)
        except RefusedError as refused:
            yield Record("", text, None, refusal=refused.code, detail=refused.detail)
            return
        yield Record("", text, take(element, fields()), (canonical_hash(content(element)),))

    return read
