"""Tables of the works: files taken and stages run."""

from lakehouse.field import Field, fields
from lakehouse.table import Table
from lakehouse.text import Text

FILE = Table(
    "ops", "file", Text("처리한 파일과 건수", "Files taken, with their counts"),
    fields(
        Field("feed", "string", Text("자료원", "Feed")),
        Field("file", "string", Text("파일", "File, relative to the landing folder")),
        Field("sha256", "string", Text("파일 해시", "SHA-256 of the file")),
        Field("known_at", "timestamp", Text("인지 시각", "When Haechi had it")),
        Field("records_in", "long", Text("레코드 수", "Records, counted from the raw text")),
        Field("accepted", "long", Text("채택", "Accepted")),
        Field("quarantined", "long", Text("격리", "Refused")),
        Field("duplicate", "long", Text("중복", "Seen before with the same content")),
        Field("finding", "string", Text("특이사항", "What is odd about the delivery")),
        Field("batch_id", "string", Text("적재 묶음", "Batch that brought it")),
    ),
    unhashed=("batch_id",),
)
REPLAY = Table(
    "ops", "replay", Text("격리 레코드 처리 기록", "What was done about refused records"),
    fields(
        Field("refusal_id", "string", Text("격리 번호", "Number of the refusal")),
        Field("feed", "string", Text("자료원", "Feed")),
        Field("file", "string", Text("파일", "File, relative to the landing folder")),
        Field("position", "string", Text("파일 안 위치", "Where it stands in the file")),
        Field("action", "string", Text("처리: replayed 재처리, corrected 정정, dismissed 종결", "replayed, corrected or dismissed")),
        Field("code", "string", Text("격리 코드", "Code of the refusal")),
        Field("outcome", "string", Text("결과: accepted 채택, duplicate 중복, refused 다시 거부, dismissed 종결",
                                        "accepted, duplicate, refused again or dismissed")),
        Field("found_code", "string", Text("다시 거부된 코드", "Code with which it was refused again")),
        Field("content_sha256", "string", Text("정정문 해시", "SHA-256 of the corrected text, pseudonymised")),
        Field("reason", "string", Text("사유", "Reason given")),
        Field("who", "string", Text("처리자", "Who did it")),
        Field("done_at", "timestamp", Text("처리 시각", "When it was done")),
        Field("known_at", "timestamp", Text("인지 시각", "When its rows are known")),
        Field("batch_id", "string", Text("적재 묶음", "Batch that holds its rows")),
    ),
    unhashed=("done_at", "batch_id"),
)
HOLD = Table(
    "ops", "hold", Text("자료원 보류", "Batches of feeds kept back for their quality"),
    fields(
        Field("feed", "string", Text("자료원", "Feed")),
        Field("batch_id", "string", Text("적재 묶음", "Batch kept back")),
        Field("state", "string", Text("상태: held 보류, released 해제, dropped 폐기", "held, released, or dropped for good")),
        Field("reason_ko", "string", Text("사유(한국어)", "Why, Korean")),
        Field("reason_en", "string", Text("사유(영어)", "Why, English")),
        Field("who", "string", Text("처리자", "Who released or dropped it")),
        Field("known_at", "timestamp", Text("인지 시각", "When the batch was known")),
        Field("stated_at", "timestamp", Text("시각", "When it came to this state")),
    ),
    key=("feed", "batch_id"), newest=("stated_at",),
    unhashed=("batch_id", "stated_at"),
)
RUN = Table(
    "ops", "run", Text("실행 단계 기록", "Stages of every run"),
    fields(
        Field("run_id", "string", Text("실행 번호", "Run")),
        Field("business_date", "date", Text("업무일", "Business date")),
        Field("kind", "string", Text("실행 종류", "nightly, refresh or backfill")),
        Field("stage", "string", Text("단계", "Stage")),
        Field("attempt", "long", Text("시도 차수", "Attempt, from 1")),
        Field("status", "string", Text("상태", "done or failed")),
        Field("started_at", "timestamp", Text("시작", "Started")),
        Field("ended_at", "timestamp", Text("종료", "Ended")),
        Field("rows_in", "long", Text("입력 건수", "Rows in")),
        Field("rows_out", "long", Text("출력 건수", "Rows out")),
        Field("message", "string", Text("내용", "What failed, if it did")),
    ),
    unhashed=("run_id", "started_at", "ended_at"),
)
CHECK = Table(
    "ops", "check", Text("품질 검사 결과", "Results of the quality checks"),
    fields(
        Field("run_id", "string", Text("실행 번호", "Run")),
        Field("feed", "string", Text("자료원", "Feed")),
        Field("expectation", "string", Text("기대", "Expectation")),
        Field("column", "string", Text("열", "Column")),
        Field("rows", "long", Text("검사 건수", "Rows checked")),
        Field("unexpected", "long", Text("벗어난 건수", "Rows that fail it")),
        Field("is_met", "boolean", Text("충족", "Met")),
        Field("known_at", "timestamp", Text("인지 시각", "As of")),
    ),
    unhashed=("run_id",),
)
