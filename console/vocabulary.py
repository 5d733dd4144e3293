"""The officers' words for what they choose and read: roles, stages, decisions, reasons of decisions, outcomes."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from lakehouse.text import Text


class Role(StrEnum):
    """What an account may do; who selects does not record the result."""

    OFFICER = "officer"
    REVIEWER = "reviewer"
    INSPECTOR = "inspector"
    ANALYST = "analyst"
    SUPERVISOR = "supervisor"
    OPERATOR = "operator"
    AUDITOR = "auditor"
    ADMIN = "admin"


ROLES = {
    Role.OFFICER: Text("선별 담당", "Targeting officer"), Role.REVIEWER: Text("심사 담당", "Reviewing officer"),
    Role.INSPECTOR: Text("검사 담당", "Inspector"), Role.ANALYST: Text("위험분석", "Risk analyst"),
    Role.SUPERVISOR: Text("과장", "Supervisor"), Role.OPERATOR: Text("운영", "Operator"), Role.AUDITOR: Text("감사", "Auditor"),
    Role.ADMIN: Text("관리자", "Administrator"),
}
# Those that see one office's shipments only; the others see all of them, masked, or none.
OFFICE_ROLES = frozenset({Role.OFFICER, Role.REVIEWER, Role.INSPECTOR, Role.SUPERVISOR})

KINDS = {"cargo": Text("화물", "Cargo"), "parcel": Text("특송", "Parcel"), "baggage": Text("휴대품", "Baggage"),
         "container": Text("컨테이너", "Container")}
# The steps of words.md that gold.shipment tells apart, in their order.
STAGES = {"ordered": Text("주문", "Ordered"), "manifest": Text("적하목록 제출", "Manifest filed"),
          "listed": Text("통관목록 접수", "On a clearance list"), "declared": Text("수입신고", "Declared"), "released": Text("수리", "Released")}
# What selected a shipment, in the words of words.md.
SELECTED_BY = {"model": Text("모델", "Model"), "mandate": Text("지시", "Order"), "rule": Text("선별기준", "Profile"),
               "explore": Text("탐색", "Exploration"), "random": Text("무작위", "Random"), "officer": Text("담당자", "Officer")}
# Kinds of runs and the steps of the walk, in its order.
RUN_KINDS = {"nightly": Text("야간 실행", "Nightly run"), "refresh": Text("주간 갱신", "Refresh"), "history": Text("과거 적재", "History"),
             "ingest": Text("적재", "Ingest"), "replay": Text("격리 재처리", "Replay"), "relink": Text("당사자 재연결", "Relinking")}
RUN_STAGES = {
    "ingest": Text("적재", "Ingest"), "refine": Text("정제", "Refine"), "check": Text("품질 검사", "Check"),
    "assemble": Text("화물 조립", "Assemble"), "screen": Text("대조", "Screen"), "label": Text("결과 반영", "Label"),
    "featurize": Text("특징 계산", "Featurize"), "train": Text("학습", "Train"), "score": Text("채점", "Score"), "explain": Text("설명", "Explain"),
    "select": Text("선별", "Select"), "monitor": Text("점검", "Monitor"), "publish": Text("공개", "Publish"), "replay": Text("재처리", "Replay"),
    "relink": Text("재연결", "Relink")}
# Where a model stands, what the gate decides, and what drift is of.
ALIASES = {"champion": Text("운영", "Champion"), "challenger": Text("후보", "Challenger"), "former": Text("이전 운영", "Former champion")}
GATE_DECISIONS = {"promoted": Text("승격", "Promoted"), "refused": Text("거부", "Refused"), "waiting": Text("승인 대기", "Waits for approval"),
                  "rolled_back": Text("되돌림", "Rolled back"), "held_back": Text("보류", "Held back")}
DRIFT_KINDS = {"input": Text("입력값", "Input"), "score": Text("점수", "Score"), "explanation": Text("기여", "Contribution"),
               "outcome": Text("검사 결과", "Outcomes"), "feed": Text("자료원", "Feed")}
REFUSAL_STATES = {"open": Text("미처리", "Open"), "accepted": Text("채택", "Accepted"), "duplicate": Text("중복", "Duplicate"),
                  "refused": Text("다시 거부", "Refused again"), "dismissed": Text("종결", "Dismissed"), "dropped": Text("폐기", "Dropped")}
# What a partner's key is for: the cargo that lies in a shed, or that a courier carries.
HANDLERS = {"shed": Text("장치장", "Shed or terminal"), "courier": Text("특송업체", "Express courier")}
# What a partner is told to do.
INSTRUCTIONS = {"move": Text("이동 가능", "Let it move on"), "hold": Text("현 위치 대기", "Hold it where it is"),
                "scan": Text("검색기로 이동", "Bring it to the scanner")}
# What terminals do with a container, and who puts a seal on it.
BOX_MOVES = {"discharge": Text("하선", "discharged"), "load": Text("선적", "loaded"), "gate_in": Text("게이트 반입", "gated in"),
             "gate_out": Text("게이트 반출", "gated out"), "stowage": Text("적부 계획", "planned to stow")}
SEALED_BY = {"CA": Text("선사", "Carrier"), "SH": Text("송하인", "Shipper"), "CU": Text("세관", "Customs"), "TO": Text("터미널", "Terminal"),
             "TM": Text("터미널", "Terminal"), "AA": Text("혼재업자", "Consolidator"), "AC": Text("검역", "Quarantine")}
# What is watched for, and how grave it would be.
LOOKOUT_KINDS = {"identifier": Text("식별번호", "Number"), "party": Text("당사자 부호", "Party's code"),
                 "voyage": Text("선박·항공편", "Vessel or flight"), "goods": Text("품명의 말", "Word in the goods"),
                 "hs": Text("세번부호(앞자리)", "HS code, first digits")}
GRADES = {"urgent": Text("긴급", "Urgent"), "heed": Text("주의", "Heed"), "note": Text("참고", "Note")}
SEVERITIES = {"high": Text("큼", "Large"), "medium": Text("보통", "Moderate"), "low": Text("작음", "Small")}
CONTRADICTIONS = {
    "value": Text("가격", "Value"), "weight": Text("중량", "Weight"), "origin": Text("원산지", "Origin"), "goods": Text("품명", "Goods"),
    "packages": Text("포장개수", "Packages"), "seal": Text("봉인", "Seal"), "route": Text("경로", "Route"), "identity": Text("명의", "Identity"),
    "screening": Text("판독", "Screening"), "timing": Text("시점", "Timing"),
}
IDENTIFIERS = {
    "declaration_no": Text("신고번호", "Declaration no."), "list_no": Text("통관목록번호", "List no."),
    "cargo_control_no": Text("화물관리번호", "Cargo control no."), "house_bl": Text("H B/L", "House bill"), "master_bl": Text("M B/L", "Master bill"),
    "tracking_no": Text("운송장번호", "Tracking no."), "bag_tag": Text("수하물 번호", "Bag tag"), "container_nos": Text("컨테이너", "Container"),
    "order_nos": Text("주문번호", "Order no."),
}
PARTY_ROLES = {
    "importer": Text("수입자", "Importer"), "payer": Text("납세의무자", "Payer"), "seller": Text("해외거래처", "Overseas seller"),
    "supplier": Text("해외공급자", "Overseas supplier"), "exporter": Text("판매자", "Exporter"), "forwarder": Text("운송주선인", "Forwarder"),
    "broker": Text("신고인(관세사)", "Declarant (broker)"), "consignor": Text("송하인", "Consignor"), "consignee": Text("수하인", "Consignee"),
    "notify": Text("통지처", "Notify party"), "shipper": Text("발송인", "Shipper"), "buyer": Text("구매자", "Buyer"),
}

Family = Literal["targeting", "review"]


@dataclass(frozen=True)
class Decision:
    """A decision an officer can take: its code, words, who takes it, and how far it goes (0 lets go, 3 opens).

    `level` places it beside what Haechi recommends, so that going below or above is seen. `key` is its key on the page.
    """

    code: str
    text: Text
    family: Family
    level: int
    key: str = ""


DECISIONS: tuple[Decision, ...] = (
    Decision("exclude", Text("선별 제외", "Not selected"), "targeting", 0, "1"),
    Decision("scan", Text("검색기검사", "Scan"), "targeting", 2, "2"),
    Decision("inspect_now", Text("즉시검사", "Inspect at once"), "targeting", 3, "3"),
    Decision("watch_unloading", Text("하선감시", "Watch unloading"), "targeting", 2, "4"),
    Decision("watch_transit", Text("운송추적감시", "Track in transit"), "targeting", 2, "5"),
    Decision("release", Text("수리 의견", "Advise release"), "review", 0, "1"),
    Decision("go_on", Text("화면심사 계속", "Go on reviewing"), "review", 1, "2"),
    Decision("documents", Text("서류제출 요구", "Ask for documents"), "review", 1, "3"),
    Decision("supplement", Text("보완요구", "Ask for a supplement"), "review", 1, "4"),
    Decision("open_part", Text("물품검사(발췌)", "Open in part"), "review", 3, "5"),
    Decision("open_all", Text("물품검사(전량)", "Open in full"), "review", 3, "6"),
    Decision("joint", Text("협업검사", "Joint inspection"), "review", 3),
    Decision("analysis", Text("분석의뢰", "Send to the laboratory"), "review", 3),
    Decision("hold", Text("통관보류", "Hold"), "review", 3),
    Decision("unlist", Text("목록통관 배제(일반신고 전환)", "Take off the list (declaration needed)"), "review", 2),
    Decision("post_audit", Text("사후심사 의뢰", "Refer to post-clearance audit"), "review", 1),
    Decision("investigate", Text("조사의뢰", "Refer to investigation"), "review", 3),
)
BY_CODE = {decision.code: decision for decision in DECISIONS}
FAMILIES: dict[Role, tuple[Family, ...]] = {Role.OFFICER: ("targeting",), Role.REVIEWER: ("review",)}
# How far what Haechi recommends goes, for each family: asking for papers is the review's own work, and to the targeting
# of cargo it means that nothing is to be inspected.
_LEVELS: dict[Family, dict[str, int]] = {
    "targeting": {"documents": 0, "scan": 2, "open": 3, "green": 0, "yellow": 0, "orange": 2, "red": 3},
    "review": {"documents": 1, "scan": 3, "open": 3, "green": 0, "yellow": 1, "orange": 3, "red": 3}}
# The decision that is just what is recommended.
_SAME: dict[Family, dict[int, str]] = {"targeting": {0: "exclude", 2: "scan", 3: "inspect_now"},
                                       "review": {0: "release", 1: "documents", 3: "open_part"}}

Direction = Literal["as", "up", "down"]
DIRECTIONS: dict[Direction, Text] = {"as": Text("권고대로", "As recommended"), "up": Text("권고보다 강화", "Beyond the recommendation"),
                                     "down": Text("권고보다 완화", "Below the recommendation")}


@dataclass(frozen=True)
class DecisionReason:
    """Why an officer decides so, and in which directions it can be the reason."""

    code: str
    text: Text
    directions: tuple[Direction, ...]
    needs_note: bool = False


DECISION_REASONS: tuple[DecisionReason, ...] = (
    DecisionReason("agrees", Text("권고에 동의", "Agrees with the recommendation"), ("as",)),
    DecisionReason("usual_reason", Text("통상 사유로 설명됨", "Explained by a usual reason"), ("down", "as")),
    DecisionReason("papers", Text("제출서류로 확인됨", "Papers confirm it"), ("down", "as")),
    DecisionReason("known_trader", Text("거래 이력 확인됨", "Trader's record is known"), ("down",)),
    DecisionReason("inspected_lately", Text("최근 동일 물품 검사", "Same goods inspected lately"), ("down",)),
    DecisionReason("capacity", Text("인력·장비 사정", "No staff or equipment"), ("down",)),
    DecisionReason("contradiction", Text("불일치 확인 필요", "A contradiction to be checked"), ("up", "as")),
    DecisionReason("intelligence", Text("별도 정보", "Information from elsewhere"), ("up", "down"), needs_note=True),
    DecisionReason("experience", Text("유사 사례 경험", "Similar cases seen"), ("up", "as")),
    DecisionReason("other", Text("기타(비고 필수)", "Other (note needed)"), ("as", "up", "down"), needs_note=True),
)
REASON_BY_CODE = {reason.code: reason for reason in DECISION_REASONS}
STATES = {"made": Text("결정됨", "Decided"), "pending": Text("승인 대기", "Awaiting approval"), "refused": Text("승인 거절", "Approval refused"),
          "undone": Text("취소됨", "Undone"), "replaced": Text("대체됨", "Replaced")}
# What the audit notes, by its codes.
ACTIONS_NOTED = {
    "account.made": Text("계정 만듦", "Account made"), "account.changed": Text("계정 바꿈", "Account changed"),
    "account.password": Text("비밀번호 바꿈", "Password changed"), "account.preferences": Text("화면 설정", "Preferences"),
    "session.begun": Text("로그인", "Signed in"), "session.ended": Text("로그아웃", "Signed out"),
    "session.office": Text("세관 바꿈", "Office switched"),
    "claim.made": Text("맡음", "Claimed"), "claim.assigned": Text("담당 지정", "Assigned"), "claim.let_go": Text("놓음", "Let go"),
    "snooze.made": Text("미룸", "Put off"), "decision.made": Text("결정", "Decided"), "decision.undone": Text("결정 취소", "Decision undone"),
    "decision.replaced": Text("결정 대체", "Decision countermanded"), "approval.approved": Text("승인", "Approved"),
    "approval.refused": Text("승인 거절", "Approval refused"), "outcome.recorded": Text("결과 기록", "Outcome recorded"),
    "outcome.corrected": Text("결과 정정", "Outcome corrected"), "person.unmasked": Text("이름 봄", "Name shown"),
    "reason.feedback": Text("사유 의견", "Word on a reason"), "view.saved": Text("조건 저장", "View saved"),
    "view.dropped": Text("조건 지움", "View deleted"), "key.made": Text("API 키 만듦", "API key made"),
    "lookout.made": Text("주시 등록", "Lookout made"), "lookout.withdrawn": Text("주시 해제", "Lookout withdrawn"),
    "lookout.sighted": Text("주시 대상 도착", "Lookout found in what landed"), "lookout.seen": Text("도착 알림 확인", "Alert seen"),
    "key.withdrawn": Text("API 키 폐기", "API key withdrawn"), "instruction.told": Text("지시 알림", "Instruction told"),
}


def decisions_of(role: Role) -> tuple[Decision, ...]:
    """What a role can decide."""
    return tuple(decision for decision in DECISIONS if decision.family in FAMILIES.get(role, ()))


def recommended_level(family: Family, action: str | None, lane: str) -> int:
    """How far the recommendation goes: the action asked for, else the lane."""
    return _LEVELS[family].get(action or lane, 0)


def is_recommended(decision: Decision, action: str | None, lane: str) -> bool:
    """Whether a decision is just what is recommended."""
    return _SAME[decision.family].get(recommended_level(decision.family, action, lane)) == decision.code


def direction(decision: Decision, action: str | None, lane: str) -> Direction:
    """Whether a decision goes as, above or below what is recommended."""
    level = recommended_level(decision.family, action, lane)
    return "as" if decision.level == level else "up" if decision.level > level else "down"
