"""Sample accounts of every role, for the demo alone."""

from sqlalchemy import select

from console.accounts import make, set_password
from console.offices import Offices
from console.store.audit import SYSTEM
from console.store.database import Database
from console.store.schema import ACCOUNT
from console.vocabulary import OFFICE_ROLES, Role
from lakehouse.settings import load_yaml

# Login, the name people read, role.
SAMPLES: tuple[tuple[str, str, Role], ...] = (
    ("officer", "선별 1팀", Role.OFFICER), ("officer2", "선별 2팀", Role.OFFICER), ("reviewer", "심사 1팀", Role.REVIEWER),
    ("inspector", "검사 1팀", Role.INSPECTOR), ("supervisor", "화물과장", Role.SUPERVISOR), ("analyst", "위험분석실", Role.ANALYST),
    ("operator", "전산 운영", Role.OPERATOR), ("auditor", "감사실", Role.AUDITOR), ("admin", "관리자", Role.ADMIN))


def make_samples(database: Database, password: str) -> list[str]:
    """An account of each role, those of offices at all declared ones, each with this password from now on; their names."""
    offices = Offices(load_yaml("offices.yaml")).declared
    with database.change(SYSTEM) as change:
        for name, shown_name, role in SAMPLES:
            known = change.read(select(ACCOUNT.c.id).where(ACCOUNT.c.name == name)).scalar_one_or_none()
            if known is None:
                make(change, name, role, offices if role in OFFICE_ROLES else (), password, shown_name, must_change=False)
            else:
                set_password(change, known, password)
    return [name for name, _, _ in SAMPLES]
