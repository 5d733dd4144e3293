"""What the API takes and gives, as its OpenAPI tells it."""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

Lane = Literal["green", "yellow", "orange", "red"]


def _storable(text: str) -> str:
    """A text that databases and files can hold."""
    if "\x00" in text or (not text.isprintable() and any(0xD800 <= ord(one) <= 0xDFFF for one in text)):
        raise ValueError("a text without NUL and halves of characters is needed")
    return text


Plain = Annotated[str, AfterValidator(_storable)]
Code = Annotated[Plain, Field(max_length=60)]


class Fault(BaseModel):
    """A mistake or a failure."""

    code: str
    message: str
    hint: str


class Refusal(BaseModel):
    """Why a request was not served; beside it, where that helps, when to ask again and what can be asked."""

    error: Fault
    next_run_at: datetime | None = Field(None, description="When what is not known yet may be: the next night")
    allowed: list[str] | None = Field(None, description="The facts that can be supposed")


class Reason(BaseModel):
    """A reason in both languages."""

    code: str
    ko: str
    en: str
    features: list[str]
    direction: str | None = None


class Contradiction(BaseModel):
    """Where two sources disagree."""

    type: str
    severity: str
    left_feed: str | None
    left_value: str | None
    right_feed: str | None
    right_value: str | None
    text_ko: str
    text_en: str


class Shipment(BaseModel):
    """A shipment as published."""

    shipment_id: str
    run_id: str
    as_of: datetime
    scored_at: datetime
    model_version: str
    office_code: str
    kind: str
    stage: str
    identifiers: dict[str, Any]
    score: float
    probability: float
    uncertainty: dict[str, Any] | None = Field(
        description="90 % range of the probability and how many outcomes alike it rests on, with a sentence in both languages; null where the model "
                    "that scored it keeps none")
    expected_revenue_krw: float | None
    lane: Lane
    rank: int
    selection: dict[str, Any] | None = Field(description="Place on the night's list, what to do and what selected it; null where it is not on it")
    decide_by: datetime | None
    reasons: list[Reason]
    contradictions: list[Contradiction]


class Facts(BaseModel):
    """Facts to be supposed in place of what is known, by the names of features that an officer can check."""

    model_config = ConfigDict(extra="forbid")
    facts: dict[Plain, float | Plain | None] = Field(default_factory=dict, max_length=50)


class Scored(BaseModel):
    """A score worked out now; base value and contributions sum to it."""

    shipment_id: str
    run_id: str
    as_of: datetime
    model_version: str
    published: dict[str, Any]
    score: float
    probability: float
    expected_revenue_krw: float
    lane: Lane
    base_value: float
    contributions: list[dict[str, Any]]
    reasons: list[Reason]
    facts: dict[str, dict[str, float | str | None]]


class Choice(BaseModel):
    """A decision to be taken; sent again with the same request key it is the same decision."""

    model_config = ConfigDict(extra="forbid")
    code: Code
    reason_code: Code
    note: Plain = Field("", max_length=4000)
    request_key: str = Field(min_length=8, max_length=64, pattern=r"^[A-Za-z0-9_-]+$")


class Decision(BaseModel):
    """A decision on a shipment."""

    decision_id: str
    shipment_id: str
    code: str
    reason_code: str
    note: str
    direction: str
    state: str
    decided_as: str
    decided_by: str
    made_at: datetime
    leaves_at: datetime
    supersedes: str | None
    run_id: str
    model_version: str


class Decisions(BaseModel):
    """Every decision on a shipment, the newest first."""

    decisions: list[Decision]


class Instruction(BaseModel):
    """What to do with a piece of cargo."""

    number: str
    instruction: Literal["move", "hold", "scan"] = Field(description="Let it move on, hold it where it is, or bring it to the scanner")
    ko: str
    en: str
    as_of: datetime


class Instructions(BaseModel):
    """Instructions for one's own cargo, by number; `next` is where to go on from."""

    instructions: list[Instruction]
    next: str | None
