"""Words of every page: the menu, signing in, keys."""

from lakehouse.text import Text

haechi = Text("해치", "Haechi")
MENU: tuple[tuple[str, str, Text], ...] = (
    ("tonight", "/tonight", Text("오늘 목록", "Tonight")), ("approvals", "/approvals", Text("승인", "Approvals")),
    ("outcomes", "/outcomes", Text("검사 결과", "Outcomes")), ("lookouts", "/lookouts", Text("주시 대상", "Lookouts")),
    ("models", "/models", Text("모델", "Models")), ("runs", "/runs", Text("실행·자료 품질", "Runs and data")),
    ("audit", "/audit", Text("감사 기록", "Audit")), ("admin", "/admin", Text("관리", "Admin")),
)

# Everywhere
skip = Text("본문으로 건너뛰기", "Skip to the content")
search = Text("식별번호 찾기", "Find by any number")
search_hint = Text("신고번호, B/L, 화물관리번호, 컨테이너, 운송장", "Declaration, bill, cargo no., container, tracking")
night_of = Text("{day} 밤 자료", "Night of {day}")
known_to = Text("{at} 기준", "known to {at}")
old_night = Text("지난 밤 자료이므로 남은 시간은 {at} 기준", "an earlier night, so times left are counted from {at}")
old_tag = Text("지난 밤", "Earlier night")
account = Text("내 계정", "My account")
sign_out = Text("로그아웃", "Sign out")
language = Text("언어", "Language")
theme = Text("화면 밝기", "Theme")
theme_auto = Text("기기 설정", "As the device")
theme_light = Text("밝게", "Light")
theme_dark = Text("어둡게", "Dark")
shortcuts = Text("단축키", "Keyboard shortcuts")
save = Text("저장", "Save")
cancel = Text("닫기", "Close")
back = Text("돌아가기", "Back")
yes = Text("예", "Yes")
no = Text("아니요", "No")
none = Text("없음", "None")
unknown = Text("자료 없음", "Not known")
no_limit = Text("시한 없음", "No limit")
copy = Text("복사", "Copy")
copied = Text("복사됨", "Copied")
office = Text("세관", "Office")
menu = Text("주 메뉴", "Main menu")
source = Text("출처", "Source")
person = Text("개인", "A person")
masked = Text("개인(가림)", "A person (masked)")

# Signing in
sign_in = Text("로그인", "Sign in")
sign_in_lead = Text("수입화물 선별 업무", "Selection of import shipments")
name = Text("계정", "Account")
password = Text("비밀번호", "Password")
wrong_password = Text("계정이나 비밀번호가 맞지 않습니다.", "Account or password is not right.")
too_many = Text("로그인 실패가 많아 잠시 막혔습니다. 15분 뒤 다시 하거나 관리자에게 문의하십시오.", "Too many failed attempts. Try again in 15 minutes or ask an administrator.")
new_password = Text("새 비밀번호(12자 이상)", "New password, 12 characters or more")
change_password = Text("비밀번호 바꾸기", "Change the password")
must_change = Text("처음 받은 비밀번호입니다. 본인만 아는 것으로 바꾸십시오.", "This password was given to you. Change it to one only you know.")

# Keys
keys_move = Text("아래·위 화물", "Down and up")
keys_open = Text("열기", "Open")
keys_select = Text("선택", "Select")
keys_next = Text("다음 화물 맡기", "Claim the next")
keys_search = Text("찾기", "Find")
keys_decide = Text("결정 고르기", "Choose a decision")
keys_confirm = Text("고른 결정 확정", "Confirm the choice")
keys_undo = Text("실행 취소", "Undo")
keys_later = Text("나중에", "Put off")
keys_back = Text("목록으로", "To the list")
keys_help = Text("이 도움말", "This help")
