"""Bodies: bytes → text by the declared encoding, strictly, and then JSON, JSON Lines, CSV or XML into rows."""

from __future__ import annotations

import codecs
import io
import json
import re
from collections.abc import Iterator
from typing import Any

from connectors.base import Broken, Fatal, Retry
from connectors.privacy import masked_cells
from connectors.spec_http import HttpSettings
from connectors.transports.csv import csv_rows
from connectors.transports.decode import encoding_of, opened
from connectors.transports.fetch import Answer
from connectors.transports.header import check_names
from connectors.transports.http_page import REPLACED, Page
from connectors.transports.http_xml import XmlTree
from connectors.transports.watermark import at_path

# Plain ASCII is UTF-8, and gb18030 reads what the older two write.
_SAME = {"gbk": "gb18030", "gb2312": "gb18030", "ascii": "utf-8", "utf-8-sig": "utf-8", "utf-16-le": "utf-16", "utf-16-be": "utf-16"}
_DECLARED = re.compile(r"""\s*<\?xml[^>]{0,200}?\bencoding\s*=\s*["']([A-Za-z0-9._-]+)["']""")
_HTML = re.compile(r"\s*(<\?xml[^>]*>\s*)?(<!--.*?-->\s*)*<(!doctype\s+html|html)\b", re.IGNORECASE | re.DOTALL)


def page_of(settings: HttpSettings, origin: str, answer: Answer, columns: frozenset[str] = frozenset()) -> Page:
    """The page in an answer; Fatal or Retry in plain words. `columns` are those that a CSV body must have."""
    _check_charset(settings, origin, answer.headers.get("content-type", ""))
    try:
        text = text_of(answer.body, settings.encoding)
        _refuse_web_page(text, settings.format)
        page = _READERS[settings.format](settings, origin, text, columns)
    except Fatal as error:
        raise Fatal(f"{origin}: the answer {error}") from None
    except Retry as error:
        raise Retry(f"{origin}: the answer {error}") from None
    page.url, page.link = answer.url, answer.next_link
    return page


def text_of(body: bytes, encoding: str) -> str:
    """The text of a body, its byte order mark removed; never a replacement character that the source did not send."""
    file = io.BytesIO(body)
    with opened(file, encoding_of(file, encoding, ())) as text:
        return text.read()


def _json(settings: HttpSettings, origin: str, text: str, columns: frozenset[str]) -> Page:
    body = parsed(text)
    page = Page(origin, lambda path: at_path(body, path))
    check_success(settings, page)
    rows = at_path(body, settings.rows)
    if not isinstance(rows, list):
        raise Fatal(f"has no list of rows at {settings.rows or 'the top'!r}; check transport.rows")
    return page.take(enumerate(rows, 1), _doubtful(text))


def _lines(settings: HttpSettings, origin: str, text: str, columns: frozenset[str]) -> Page:
    lines = [(number, line) for number, line in enumerate(text.split("\n"), 1) if line.strip()]
    page = Page(origin, _nothing).take(_parsed_lines(lines), _doubtful(text))
    if lines and not page.rows and all(b.reason == "bad_json" for b in page.broken):
        raise Retry("is not JSON Lines: no line of it is a row")
    return page


def _parsed_lines(lines: list[tuple[int, str]]) -> Iterator[tuple[int, Any]]:
    for number, line in lines:
        try:
            yield number, _loads(line)
        except (ValueError, RecursionError):
            if number == lines[-1][0]:
                raise Retry(f"is not whole JSON Lines: cut off in line {number}") from None
            yield number, Broken(number, masked_cells([line]), "bad_json")


def _csv(settings: HttpSettings, origin: str, text: str, columns: frozenset[str]) -> Page:
    lines = csv_rows(text, settings.csv.delimiter, settings.csv.quote)
    names = settings.csv.columns or next((cells for _, cells in lines), [])
    if not names:
        raise Retry("is empty")
    names = [n.strip() for n in names]
    check_names(names, columns)
    return Page(origin, _nothing).take(_table(lines, names), REPLACED in text)


def _table(lines: Iterator[tuple[int, list[str]]], names: list[str]) -> Iterator[tuple[int, Any]]:
    for number, cells in lines:
        if len(cells) == len(names):
            yield number, dict(zip(names, cells, strict=True))
        else:
            yield number, Broken(number, masked_cells(cells), "wrong_columns")


def _xml(settings: HttpSettings, origin: str, text: str, columns: frozenset[str]) -> Page:
    declared = _DECLARED.match(text)
    if declared and family(declared.group(1)) != family(settings.encoding):
        raise Fatal(f"is {declared.group(1)} by its XML declaration, but transport.encoding is {settings.encoding}; correct one of them")
    tree = XmlTree(text)
    page = Page(origin, tree.value)
    check_success(settings, page)
    return page.take(enumerate(tree.rows(settings.rows), 1), REPLACED in text)


_READERS = {"json": _json, "lines": _lines, "csv": _csv, "xml": _xml}


def _nothing(path: str) -> None:
    return None


def check_success(settings: HttpSettings, page: Page) -> None:
    """Retry when the answer's own word says that all is not well."""
    for path, wanted in settings.success.items():
        found = str(page.value(path))
        if found not in ([wanted] if isinstance(wanted, str) else wanted):
            raise Retry(f"reports a failure: {path} = {found[:60]!r}, expected {wanted!r}")


def parsed(text: str) -> Any:
    """JSON with its numbers as the text that was sent, so that 18 digits stay 18 digits and 38000.00 keeps its zeros."""
    try:
        return _loads(text)
    except RecursionError:
        raise Fatal("is JSON nested too deeply") from None
    except ValueError as error:
        raise Retry(f"{'is not whole JSON: cut off on the way, or not JSON at all' if text.strip() else 'is empty'} ({error})") from None


def _loads(text: str) -> Any:
    return json.loads(text, parse_int=str, parse_float=str, parse_constant=_no_constant)


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is no JSON number")


def _refuse_web_page(text: str, form: str) -> None:
    start = text[:2_000].lstrip()
    if not start:
        raise Retry("is empty")
    if start.startswith("<") if form != "xml" else _HTML.match(start):
        raise Retry("is a web page instead of data: a login page, or a notice of maintenance; check token and address")


def _doubtful(text: str) -> bool:
    return "\\ud" in text or "\\uD" in text or "\\uf" in text or "\\uF" in text or REPLACED in text


def _check_charset(settings: HttpSettings, origin: str, content_type: str) -> None:
    """Fatal when the header names another encoding than the feed: one of the two would read wrong characters."""
    told = next((p.split("=", 1)[1] for p in content_type.split(";")[1:] if p.strip().lower().startswith("charset=")), "")
    told = told.strip().strip("\"'").lower()
    if told and not settings.ignore_charset and family(told) != family(settings.encoding):
        raise Fatal(
            f"{origin}: says that its answer is {told[:30]}, but transport.encoding is {settings.encoding}; "
            "correct it, or set ignore_charset = true when the source's own word is wrong"
        )


def family(name: str) -> str:
    """One name for the encodings that are read alike."""
    try:
        found = codecs.lookup(name).name
    except LookupError:
        return name
    return _SAME.get(found, found)
