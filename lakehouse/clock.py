"""The two clocks: when a thing happened and when Haechi had it; both are instants, read in Korea time."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from lakehouse.errors import CallerError

KOREA = ZoneInfo("Asia/Seoul")
BEFORE_EVERYTHING = datetime(1900, 1, 1, tzinfo=ZoneInfo("UTC"))


def now() -> datetime:
    """This instant in Korea time, whole seconds."""
    return datetime.now(KOREA).replace(microsecond=0)


def end_of(day: date) -> datetime:
    """The last second of a Korean day: what night `day` may know reaches to here."""
    return datetime.combine(day, time(23, 59, 59), KOREA)


def parse_date(text: str) -> date:
    """A date written YYYY-MM-DD; CallerError otherwise."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise CallerError("date.unreadable", f"'{text}' is not a date", "Write dates as YYYY-MM-DD.") from None


def parse_instant(text: str) -> datetime:
    """A date (meaning its end) or a time; without an offset it is Korea time."""
    try:
        if len(text) == 10:
            return end_of(date.fromisoformat(text))
        at = datetime.fromisoformat(text)
    except ValueError:
        raise CallerError("time.unreadable", f"'{text}' is not a time", "Write 2026-06-30 or 2026-06-30T14:30.") from None
    return at.astimezone(KOREA) if at.tzinfo else at.replace(tzinfo=KOREA)


def days_between(first: date, last: date) -> list[date]:
    """Every day from first to last, both included; CallerError when last comes before first."""
    if last < first:
        raise CallerError("dates.reversed", f"{last} comes before {first}", "Give the earlier date first.")
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


def sql_instant(at: datetime) -> str:
    """A Spark SQL literal of the instant."""
    return f"TIMESTAMP '{at.astimezone(ZoneInfo('UTC')).strftime('%Y-%m-%d %H:%M:%S')}+00:00'"
