"""What officers decided and said of reasons, as the lake keeps it: exported from the decisions database before a run, each once."""

from collections.abc import Mapping, Sequence
from typing import Any

from lakehouse.field import Field, fields
from lakehouse.lake import Lake
from lakehouse.table import Table
from lakehouse.text import Text


def _s(name: str, ko: str, en: str) -> Field:
    return Field(name, "string", Text(ko, en))


DECISION = Table(
    "gold", "decision", Text("담당자 결정", "What officers decided, with what they saw when they did"),
    fields(_s("decision_id", "결정번호", "Decision"), _s("shipment_id", "화물 식별자", "Shipment, an opaque id"),
           _s("office_code", "세관", "Office, 3 digits"), Field("business_date", "date", Text("업무일자", "Night whose list was decided on")),
           Field("decided_at", "timestamp", Text("결정 시각", "When it was decided")),
           Field("known_at", "timestamp", Text("인지 시각", "When it could no longer be undone: it left the outbox, or was approved")),
           _s("code", "결정", "Decision"), _s("reason_code", "결정 사유", "Reason given"),
           _s("recommended", "권고", "What Haechi recommended"),
           Field("direction", "string", Text("권고 대비", "Against the recommendation: as, up, down"), allowed=("as", "up", "down")),
           _s("decided_by", "결정자", "Officer, by account number"), _s("decided_as", "역할", "Role in which it was decided"),
           _s("approved_by", "승인자", "Second person, by account number"), _s("supersedes", "대체한 결정", "Decision that it countermands"),
           _s("run_id", "자료 실행 번호", "Run whose publication was seen"), _s("model_version", "모델 버전", "Model version seen"),
           Field("score", "double", Text("점수(로그 오즈)", "Score seen, log-odds")),
           Field("probability", "double", Text("적발 확률", "Probability seen"), low=0, high=1),
           _s("lane", "심사 구분", "Lane seen"), _s("reasons", "본 사유(JSON)", "Reasons seen, JSON, frozen")),
    key=("decision_id",), newest=("known_at",), unhashed=("decision_id", "shipment_id", "run_id"),
)

FEEDBACK = Table(
    "gold", "feedback", Text("사유에 대한 담당자 의견", "What officers said of reasons"),
    fields(_s("feedback_id", "의견번호", "Word on a reason"), _s("shipment_id", "화물 식별자", "Shipment, an opaque id"),
           _s("reason_code", "사유 코드", "Reason code"),
           Field("verdict", "string", Text("의견: useful 도움 됨, wrong 맞지 않음", "Verdict: useful or wrong"), allowed=("useful", "wrong")),
           _s("said_by", "의견을 남긴 사람", "Officer, by account number"),
           Field("known_at", "timestamp", Text("의견 시각", "When it was said"), required=True),
           Field("seen_as_of", "timestamp", Text("본 자료의 기준 시각", "As_of of the run whose explanation was seen"))),
    key=("shipment_id", "reason_code", "said_by"), newest=("known_at", "feedback_id"), unhashed=("feedback_id", "shipment_id"),
)
TABLES = (DECISION, FEEDBACK)


def append_decisions(lake: Lake, decisions: Sequence[Mapping[str, Any]]) -> int:
    """Append decisions that the table does not hold yet; how many those were. An export cut off halfway is repeated so."""
    return append_fresh(lake, DECISION, "decision_id", decisions)


def append_feedback(lake: Lake, said: Sequence[Mapping[str, Any]]) -> int:
    """Append words on reasons that the table does not hold yet; how many those were."""
    return append_fresh(lake, FEEDBACK, "feedback_id", said)


def append_fresh(lake: Lake, table: Table, number: str, rows: Sequence[Mapping[str, Any]]) -> int:
    """Append the rows whose number the table does not hold yet; how many those were."""
    if not rows:
        return 0
    held = set(lake.arrow(table, (number,), [(number, "in", [str(row[number]) for row in rows])])[number].to_pylist())
    fresh = [row for row in rows if row[number] not in held]
    return lake.append_rows(fresh, table) if fresh else 0
