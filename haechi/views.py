"""Commands that only look: doctor, score, select, sql, list."""

from typing import Annotated, Literal

import typer

from haechi import running
from haechi.output import Json, LakeOption, emit, grid, out
from lakehouse.clock import parse_date
from lakehouse.errors import CallerError
from lakehouse.lake import Lake
from lakehouse.settings import load_settings
from lakehouse.text import Language

Lang = Annotated[Language, typer.Option("--lang", help="Language of the reasons: ko or en.")]


def published(lake: str, as_of: str | None = None) -> Lake:
    """The lake as readers see it, or as they saw it after a date's run."""
    from jobs.manifest import seen_by_readers

    return seen_by_readers(running.readable_lake(lake), parse_date(as_of) if as_of else None)


def doctor(lake: LakeOption = "./lake", as_json: Json = False,
           deep: Annotated[bool, typer.Option("--deep", help="Also start Spark and write a table.")] = False) -> None:
    """Check what the machine, the configuration and the lake need."""
    from haechi.doctor import as_rows, diagnose

    findings = diagnose(None, lake, deep)
    well = all(finding.ok for finding in findings)
    if not emit({"ok": well, "findings": as_rows(findings)}, as_json):
        grid("", ("", "what", "found", "to do / 조치"), [
            ("ok" if f.ok else "!!", f.name, f.found.en, "" if f.ok else f"{f.todo.en}\n{f.todo.ko}") for f in findings])
    if not well:
        raise typer.Exit(2)


def score(office: Annotated[str | None, typer.Option("--office", help="One office, 3 digits.")] = None,
          limit: Annotated[int, typer.Option("--limit", min=1)] = 20,
          lake: LakeOption = "./lake", as_json: Json = False) -> None:
    """The highest scores of the last published run."""
    where = f"AND s.office_code = '{_office(office)}'" if office else ""
    _told(published(lake), as_json, limit, f"""
        SELECT s.office_code, s.rank, s.lane, round(s.probability, 3) AS probability, round(s.expected_revenue_krw) AS expected_revenue_krw,
               h.declaration_no, h.house_bl, h.stage, s.before_release, s.model_version, s.shipment_id
        FROM gold.score s JOIN gold.shipment h USING (shipment_id)
        WHERE s.as_of = (SELECT max(as_of) FROM gold.score) {where} ORDER BY s.score DESC, h.declaration_no""")


def select(date_: Annotated[str, typer.Option("--date", help="Business date, YYYY-MM-DD.")],
           office: Annotated[str | None, typer.Option("--office", help="One office, 3 digits.")] = None,
           lake: LakeOption = "./lake", as_json: Json = False) -> None:
    """The inspection lists of a night, by office."""
    day = parse_date(date_)
    where = f"AND c.office_code = '{_office(office)}'" if office else ""
    _told(published(lake), as_json, 10_000, f"""
        SELECT c.office_code, c.position, c.action, c.reason, round(c.inclusion_probability, 4) AS inclusion_probability,
               h.declaration_no, h.house_bl, c.shipment_id
        FROM gold.selection c JOIN gold.shipment h USING (shipment_id)
        WHERE c.business_date = DATE '{day}' {where} ORDER BY c.office_code, c.position""")


def _office(code: str) -> str:
    if not (code.isdigit() and len(code) == 3):
        raise CallerError("office.code", f"'{code}' is no office", "Offices have 3 digits, for example 020.")
    return code


def sql(statement: Annotated[str, typer.Argument(metavar="SELECT", help="One SELECT over tables by name, for example gold.score.")],
        as_of: Annotated[str | None, typer.Option("--as-of", help="See the tables as published on that date.")] = None,
        limit: Annotated[int | None, typer.Option("--limit", min=1, help="Most rows; the setting sql.row_limit unless given.")] = None,
        lake: LakeOption = "./lake", as_json: Json = False) -> None:
    """Read-only SQL over the published tables."""
    _told(published(lake, as_of), as_json, limit or load_settings()["sql.row_limit"], statement)


def _told(lake: Lake, as_json: bool, limit: int, statement: str) -> None:
    from jobs.query import query

    answer = query(lake, statement, limit)
    if not emit({"columns": answer.columns, "rows": answer.rows, "truncated": answer.truncated}, as_json):
        grid("", answer.columns, answer.rows)
        if answer.truncated:
            out.print(f"… cut at {limit} rows; give --limit for more")


def list_(what: Annotated[Literal["feeds", "tables", "features", "models", "runs"], typer.Argument(help="What to list.")],
          lang: Lang = "en", lake: LakeOption = "./lake", as_json: Json = False) -> None:
    """What there is: feeds, tables, features, models or runs."""
    from haechi.listing import LISTINGS, for_people

    rows = LISTINGS[what](running.readable_lake(lake) if what in ("models", "runs") else Lake(lake), lang)
    if not emit({what: rows}, as_json):
        rows = for_people(what, rows, lang)
        heads = list(rows[0]) if rows else []
        grid("", heads, [[row[head] for head in heads] for row in rows])
