"""Pages: Jinja templates in the reader's language, numbers and times as officers write them."""

import json
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from markupsafe import Markup

from console import roles, vocabulary
from console.roles import may
from console.words import FAULTS, MENU, WORDS
from feeds.registry import BY_NAME as FEEDS
from lakehouse.clock import KOREA
from lakehouse.text import Language, Text
from models.lanes import LANES
from models.select import ACTIONS

_FOLDER = Path(__file__).parent
# Marks that turn the reading direction or move nothing visible: shown as a sign, so that a text cannot pass for another.
_TURNING = dict.fromkeys((*range(0x202A, 0x202F), *range(0x2066, 0x206A), 0x200B, 0x2060, 0xFEFF), "\ufffd")
_MANY, _HUGE = 10_000, 100_000_000


def environment(asset_version: str) -> Environment:
    """The templates with everything they call; whatever they print is escaped."""
    made = Environment(loader=FileSystemLoader(_FOLDER / "templates"), autoescape=select_autoescape(default=True, default_for_string=True),
                       undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    made.globals |= {"v": vocabulary, "LANES": LANES, "ACTIONS": ACTIONS, "asset_version": asset_version, "FAULTS": FAULTS,
                     "len": len, "max": max, "min": min, "feed_names": {name: feed.text for name, feed in FEEDS.items()}}
    made.filters |= {"plain": plain, "seal": Markup}
    return made


class Reader:
    """What one reader's pages say: words and formats in their language. Templates know it as `t`."""

    def __init__(self, language: Language) -> None:
        self.language: Language = language

    def __getattr__(self, name: str) -> str:
        if name not in WORDS:
            raise AttributeError(f"console.words has no {name}")
        return WORDS[name].of(self.language)

    def __call__(self, name: str, /, **values: Any) -> str:
        """A phrase of the pages, its places filled."""
        return self.say(WORDS[name], **values)

    def say(self, text: Text | None, /, **values: Any) -> str:
        """A declared phrase, its places filled."""
        return "" if text is None else text.said(self.language, values) if values else text.of(self.language)

    def of(self, known: Mapping[Any, Text], code: Any) -> str:
        """The words of a code; a code nobody declared is shown as it is."""
        return known[code].of(self.language) if code in known else str(code or "")

    def pick(self, row: Mapping[str, Any], name: str) -> str:
        """The half of a pair of columns, name_ko and name_en, that this reader reads."""
        return plain(row.get(f"{name}_{self.language}") or row.get(f"{name}_ko") or "")

    def money(self, value: float | None) -> str:
        """Won as people say them: 만원 and 억원 from where digits tire the eye."""
        if value is None:
            return "–"
        if self.language == "en":
            return f"₩{value / 1e6:,.1f}M" if value >= 1e6 else f"₩{value:,.0f}"
        if value >= _HUGE:
            return f"{value / _HUGE:,.1f}억원"
        return f"{value / _MANY:,.0f}만원" if value >= 10 * _MANY else f"{value:,.0f}원"

    def number(self, value: float | None, digits: int = 0) -> str:
        """A number, its thousands parted."""
        return "–" if value is None else f"{value:,.{digits}f}"

    def percent(self, value: float | None, digits: int = 0) -> str:
        """A share as percent."""
        return "–" if value is None else f"{value:.{digits}%}"

    def at(self, moment: datetime | str | None, *, year: bool = False) -> str:
        """An instant, or one as JSON has it, in Korea time."""
        if moment is None:
            return "–"
        moment = datetime.fromisoformat(moment) if isinstance(moment, str) else moment
        return moment.astimezone(KOREA).strftime("%Y-%m-%d %H:%M" if year else "%m-%d %H:%M")

    def day(self, value: date | str | None) -> str:
        """A day in words."""
        if not value:
            return "–"
        day = date.fromisoformat(str(value)[:10])
        return f"{day.month}월 {day.day}일" if self.language == "ko" else f"{day:%b} {day.day}"

    def span(self, length: timedelta) -> str:
        """A length of time, to the two units that matter."""
        minutes = int(abs(length).total_seconds() // 60)
        # Up to two days hours say more than days.
        days, hours, rest = (0, minutes // 60, minutes % 60) if minutes < 2880 else (minutes // 1440, minutes % 1440 // 60, 0)
        unit = ("일", "시간", "분") if self.language == "ko" else ("d", "h", "m")
        parts = [f"{n}{u}" for n, u in zip((days, hours, rest), unit, strict=True) if n]
        return " ".join(parts[:2] if not days or hours else parts[:1]) or f"0{unit[2]}"

    def left(self, until: datetime | None, moment: datetime) -> tuple[str, str]:
        """How much time is left, and how urgent that is: '', soon or late."""
        if until is None:
            return WORDS["no_limit"].of(self.language), "none"
        length = until - moment
        if length <= timedelta(0):
            return (f"{self.span(length)} 지남" if self.language == "ko" else f"{self.span(length)} over"), "late"
        return self.span(length), "soon" if length < timedelta(hours=4) else ""

    def fact(self, name: str, value: Any) -> str:
        """A declared value as it reads beside its label."""
        if isinstance(value, bool):
            return WORDS["yes"].of(self.language) if value else WORDS["no"].of(self.language)
        if name.endswith("_krw"):
            return self.money(value)
        if name.endswith(("_kg", "mass")):
            return f"{value:,.1f} kg"
        if name.endswith("_percent"):
            return f"{value:g} %"
        if isinstance(value, int | float):
            return f"{value:,.2f}".rstrip("0").rstrip(".")
        return plain(value)


def plain(value: Any) -> str:
    """Text of senders as it is shown: escaping is the template's, marks that mislead the eye are made seen here."""
    text = json.dumps(value, ensure_ascii=False) if isinstance(value, list | dict) else str(value)
    return text.translate(_TURNING)


def render(request: Request, name: str, status: int = 200, **context: Any) -> HTMLResponse:
    """A page for whoever asks."""
    state, session = request.app.state, getattr(request.state, "session", None)
    language: Language = session.account.language if session else _language(request)
    served = getattr(request.state, "served", None)
    here = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    shared = {
        "t": Reader(language), "lang": language, "me": session.account if session else None, "session": session,
        "theme": session.account.theme if session else "auto", "served": served, "path": request.url.path, "nav": navigation(session),
        "offices": state.offices, "form_token": session.form_token if session else "", "fault": request.query_params.get("fault", ""),
        "request_is_part": "hx-request" in request.headers,
        "may": (lambda route: may(session.account.role, route)) if session else (lambda route: False), "here": here}
    page = state.templates.get_template(name).render(shared | context)
    return HTMLResponse(page, status, {"Cache-Control": "no-store"})


def navigation(session: Any) -> list[tuple[str, str, Text]]:
    """The menu of a role: route, address, words."""
    if session is None:
        return []
    return [(route, address, text) for route, address, text in MENU if route in roles.ROUTES and may(session.account.role, route)]


def _language(request: Request) -> Language:
    return "en" if request.cookies.get("haechi_language") == "en" or request.headers.get("accept-language", "ko").lower().startswith("en") else "ko"
