"""XML messages read by the XPaths that fields declare; entities are never expanded, depth and size are bounded."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from hashlib import sha256
from typing import Any

from lxml import etree

from feeds.feed import Bounds, Record, RefusedError
from feeds.readers.decoding import without_prolog
from lakehouse.field import Field

Element = etree._Element
_FORBIDDEN = re.compile(r"<!\s*(DOCTYPE|ENTITY)", re.IGNORECASE)
# A path of bare tags, an attribute at its end; whatever else is an XPath.
_PLAIN = re.compile(r"^(?:\./)?[A-Za-z]\w*(?:/[A-Za-z]\w*)*(?:/@\w+)?$")
# Strings, functions, axes and attributes of an XPath stay as they are; what is left are element names.
_XPATH_TOKEN = re.compile(r"'[^']*'|[\w-]+(?=\()|[\w-]+::|@[\w:]+|[A-Za-z_]\w*")
NAMESPACE_PREFIX = "n"
# Where a tag is none: comments, character data, instructions.
_UNTOLD = re.compile(r"<!--.*?-->|<!\[CDATA\[.*?\]\]>|<\?.*?\?>", re.DOTALL)


def parse(text: str, bounds: Bounds, root: str, namespace: str | None = None) -> Element:
    """The root element; RefusedError names what is wrong with the message."""
    if len(text) > bounds.record_bytes:
        raise RefusedError("record.bounds", f"{len(text)} characters, {bounds.record_bytes} allowed")
    if _FORBIDDEN.search(text):
        raise RefusedError("xml.entities")
    # The encoding is said, or else libxml2 would find one of its own in bytes that were read, and searched for a DTD, as UTF-8.
    parser = etree.XMLParser(encoding="utf-8", resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True, remove_pis=True)
    try:
        element = etree.fromstring(without_prolog(text).encode(), parser)
    except (etree.XMLSyntaxError, ValueError) as fault:
        raise RefusedError("xml.malformed", str(fault)[:160]) from None
    name = etree.QName(element)
    if name.localname != root or name.namespace != namespace:
        raise RefusedError("xml.form", f"{{{name.namespace or ''}}}{name.localname}"[:300])
    if _path(_deeper_than(bounds.depth))(element):
        raise RefusedError("record.bounds", f"nested deeper than {bounds.depth}")
    if len(text) > bounds.field_bytes and _path(f"boolean(//text()[string-length(.) > {bounds.field_bytes}])")(element):
        raise RefusedError("record.bounds", f"a field of more than {bounds.field_bytes} characters")
    return element


def count_elements(text: str, *names: str) -> int:
    """Elements of some names, under any prefix, by the tags of the raw text."""
    return len(re.findall(rf"<(?:[^\s<>/:!?]+:)?(?:{'|'.join(names)})(?=[\s/>])", _UNTOLD.sub("", text)))


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


@dataclass(frozen=True)
class _Node:
    """What a place in the message gives: fields by their own text, by an attribute, and the places below by tag."""

    named: list[Field] = field(default_factory=list)
    attributes: list[tuple[str, Field]] = field(default_factory=list)
    below: dict[str, "_Node"] = field(default_factory=dict)


@dataclass(frozen=True)
class _Plan:
    """How declared fields are taken: plain paths in one walk down the element, the others by their XPath."""

    declared: Sequence[Field]
    names: tuple[tuple[str, bool], ...]
    top: _Node
    others: tuple[tuple[Field, etree.XPath], ...]


_PLANS: dict[tuple[int, str | None], _Plan] = {}


def _plan(declared: Sequence[Field], namespace: str | None) -> _Plan:
    """The plan of a set of fields, settled once: the plan holds the set, so that its id stays its own."""
    key = (id(declared), namespace)
    if key not in _PLANS:
        top, others = _Node(), []
        sent = [each for each in declared if each.source]
        for each in sent:
            if not _PLAIN.match(each.source):
                others.append((each, _path(each.source, namespace)))
                continue
            node, *attribute = top, *each.source.partition("@")[2:]
            for step in each.source.removeprefix("./").partition("@")[0].strip("/").split("/"):
                node = node.below.setdefault(f"{{{namespace}}}{step}" if namespace else step, _Node())
            if attribute[0]:
                node.attributes.append((attribute[0], each))
            else:
                node.named.append(each)
        _PLANS[key] = _Plan(declared, tuple((each.name, _is_many(each)) for each in sent), top, tuple(others))
    return _PLANS[key]


def _is_many(declared: Field) -> bool:
    return declared.type == "list" or declared.type.startswith("array<")


def take(element: Element, declared: Sequence[Field], namespace: str | None = None) -> dict[str, Any]:
    """The declared fields of an element as texts, the first of each; an absent one is None, a list a list of dictionaries."""
    plan = _plan(declared, namespace)
    values: dict[str, Any] = {name: [] if is_many else None for name, is_many in plan.names}
    _walk(element, plan.top, values, namespace)
    for each, path in plan.others:
        found: Any = path(element)
        if each.type == "list":
            values[each.name] = [take(item, each.items, namespace) for item in found]
        elif _is_many(each):
            values[each.name] = [text for text in map(_text, found) if text]
        else:
            values[each.name] = _text(found[0]) if found else None
    return values


def _walk(element: Element, node: _Node, values: dict[str, Any], namespace: str | None) -> None:
    below = node.below
    for child in element:
        place = below.get(child.tag)
        if place is None:
            continue
        for each in place.named:
            _give(each, child, values, namespace)
        for attribute, each in place.attributes:
            if values[each.name] is None and (said := child.get(attribute)):
                values[each.name] = said.strip() or None
        if place.below:
            _walk(child, place, values, namespace)


def _give(each: Field, child: Element, values: dict[str, Any], namespace: str | None) -> None:
    """Put what an element says under the field's name: the first one of a single field, every one of a list."""
    if each.type == "list":
        values[each.name].append(take(child, each.items, namespace))
    elif (text := child.text) and (text := text.strip()):
        held = values[each.name]
        if held is None:
            values[each.name] = text
        elif isinstance(held, list):
            held.append(text)


def _text(found: Any) -> str | None:
    return ((found.text or "") if isinstance(found, etree._Element) else str(found)).strip() or None


def opening_tag(element: Element) -> str:
    """The tag that opens an element, with its attributes."""
    bare = etree.Element(str(element.tag), {str(name): str(value) for name, value in element.attrib.items()})
    return str(etree.tostring(bare, encoding="unicode"))[:-2] + ">"


def content_hash(element: Element) -> str:
    """SHA-256 of what an element says: attribute order, prefixes, comments and white space around values aside."""
    digest = sha256()
    for at, told in etree.iterwalk(element, events=("start", "end")):
        if at == "end":
            digest.update(b"\x02" + _said(told.tail) if told is not element else b"\x02")
        elif isinstance(told.tag, str):
            digest.update(b"\x01" + _local(told.tag) + b"\x03" + _said(told.text))
            for name in sorted(told.keys()) if told.attrib else ():
                if not name.endswith("}schemaLocation"):
                    digest.update(b"\x04" + _local(name) + b"\x05" + _said(told.get(name)))
    return digest.hexdigest()


def _said(text: str | None) -> bytes:
    return text.strip().encode(errors="surrogatepass") if text else b""


def _local(name: str) -> bytes:
    return name.rpartition("}")[2].encode()


def one_record(root: str, namespace: str, fields: Callable[[], Sequence[Field]]) -> Callable[[str, Bounds], Iterator[Record]]:
    """A reader of messages that are one record each."""

    def read(text: str, bounds: Bounds) -> Iterator[Record]:
        try:
            element = parse(text, bounds, root, namespace)
        except RefusedError as refused:
            yield Record("", text[:bounds.record_bytes], None, refusal=refused.code, detail=refused.detail)
            return
        yield Record("", text, take(element, fields(), namespace), (content_hash(element),))

    return read
