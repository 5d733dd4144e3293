"""How faults are told."""

from lakehouse.text import Text

# Faults
refused = Text("열 수 없는 화면입니다", "This page is not open to you")
refused_lead = Text("{role} 역할에는 열리지 않는 화면입니다.", "It is not open to the role {role}.")
missing = Text("찾는 것이 없습니다", "There is nothing here")
missing_lead = Text("주소를 확인하거나 목록에서 다시 여십시오.", "Check the address, or open it from the list.")
broken = Text("처리하지 못했습니다", "That did not work")
broken_lead = Text("아무것도 바뀌지 않았습니다. 다시 해 보고, 계속되면 운영자에게 알리십시오.", "Nothing was changed. Try again, and tell the operator if it goes on.")
store_down = Text("결정 기록 저장소를 쓸 수 없습니다", "The decisions database cannot be used")
store_down_lead = Text("감사 기록을 남길 수 없으므로 결정을 받지 않았습니다. 아무것도 바뀌지 않았습니다.", "The audit cannot be written, so the decision was refused. Nothing was changed.")
nothing_published = Text("아직 공개된 밤이 없습니다", "No night is published yet")
nothing_published_lead = Text("이 레이크에서 볼 자료가 없습니다. 아래 명령 중 하나를 실행하십시오.", "There is nothing to show in this lake. Run one of these commands.")
run_demo = Text("가상 자료로 시연", "A demonstration on a made-up world")
run_nightly = Text("도착한 자료로 하룻밤 실행", "A night over what has landed")
FAULTS: dict[str, Text] = {
    "decision.role": Text("이 역할이 할 수 없는 결정입니다.", "This role cannot decide so."),
    "decision.reason": Text("결정에 맞는 사유를 고르십시오. 권고와 다른 결정에는 그 방향의 사유가 필요합니다.", "Choose a reason that fits. A decision that departs from the recommendation needs one of its direction."),
    "decision.note": Text("이 사유에는 비고가 필요합니다.", "This reason needs a note."),
    "decision.unknown": Text("취소할 결정이 없습니다.", "There is no decision to undo."),
    "decision.left": Text("결정이 이미 나갔습니다. 다시 결정하면 앞의 결정을 대체합니다.", "The decision has left. A new one countermands it."),
    "claim.taken": Text("다른 담당자가 확인 중입니다.", "Someone else is working on it."),
    "snooze.until": Text("앞으로 14일 안의 시각을 고르십시오.", "Choose a time within the next 14 days."),
    "approval.unknown": Text("승인을 기다리는 결정이 아닙니다.", "That decision does not await approval."),
    "approval.own": Text("본인의 결정은 승인할 수 없습니다.", "You cannot approve your own decision."),
    "approval.note": Text("거절에는 의견이 필요합니다.", "A refusal needs a remark."),
    "queue.empty": Text("남은 화물이 없습니다.", "Nothing is left to do."),
    "password.short": Text("비밀번호는 12자 이상이어야 합니다.", "A password has 12 characters or more."),
    "password.wrong": Text("지금 비밀번호가 맞지 않습니다.", "The current password is not right."),
    "form.stale": Text("화면이 오래되었습니다. 다시 해 보십시오.", "The page was out of date. Try again."),
    "view.name": Text("저장할 이름을 쓰십시오.", "Give the view a name."),
    "outcome.incomplete": Text("결과, 검사 방법, 검사 일시를 채우십시오.", "Fill in the result, how and when."),
    "outcome.severity": Text("적발에는 심각도가 필요합니다.", "A violation needs its severity."),
    "outcome.future": Text("검사 일시가 아직 오지 않았습니다.", "The time of the inspection lies ahead."),
    "outcome.numbers": Text("숫자를 확인하십시오.", "Check the numbers."),
    "outcome.subject": Text("결과를 붙일 번호가 없는 화물입니다.", "The shipment has no number an outcome can name."),
    "account.name": Text("로그인 이름은 1~60자입니다.", "A sign-in name has 1 to 60 characters."),
    "account.taken": Text("이미 있는 로그인 이름입니다.", "That sign-in name is taken."),
    "account.role": Text("역할을 고르십시오.", "Choose a role."),
    "account.office": Text("이 역할에는 소속 세관이 필요합니다.", "This role needs an office."),
    "account.unknown": Text("없는 계정입니다.", "There is no such account."),
    "account.last_admin": Text("관리자가 한 명은 남아야 합니다.", "One administrator has to remain."),
    "key.name": Text("키의 용도를 쓰십시오.", "Say what the key is for."),
    "key.owner": Text("키는 계정 또는 협력업체(장치장·특송업체 부호)의 것이어야 합니다.", "A key belongs to an account, or to a partner by the code of its shed or courier."),
    "key.unknown": Text("사용 중인 키가 아닙니다.", "That key is not in use."),
    "lookout.kind": Text("종류와 등급을 고르십시오.", "Choose a kind and a grade."),
    "lookout.value": Text("값이 너무 짧거나 그 종류의 값이 아닙니다.", "The value is too short, or none of its kind."),
    "lookout.reason": Text("주시하는 사유를 쓰십시오.", "Write why it is watched for."),
    "lookout.until": Text("기간은 1일에서 365일까지입니다.", "From 1 to 365 days."),
    "lookout.many": Text("주시 대상이 너무 많습니다. 끝난 것을 해제하십시오.", "Too many lookouts stand. Withdraw some."),
    "lookout.unknown": Text("주시 중인 대상이 아닙니다.", "That lookout does not stand."),
    "lookout.owner": Text("등록한 사람이나 그 세관 과장만 해제합니다.", "Its owner or a supervisor of its office withdraws it."),
    "unmask.reason": Text("보는 사유를 쓰십시오.", "Write why."),
}
