"""The tables that models write: scores, frozen explanations, the selection and drift."""

from lakehouse.field import Field, fields
from lakehouse.table import Table
from lakehouse.text import Text

_SHIPMENT = Field("shipment_id", "string", Text("화물 식별자", "Shipment"), required=True)
_AS_OF = Field("as_of", "timestamp", Text("기준 시각: 이때까지 알려진 것만 사용", "What the run could know reaches to here"), required=True)
_DATE = Field("business_date", "date", Text("업무일자", "Business date"), required=True)
_OFFICE = Field("office_code", "string", Text("통관지 세관(3자리)", "Clearance office, 3 digits"))
_MODEL = Field("model_version", "string", Text("모델 버전", "Model version: haechi-n, or prior-1 before the first model"), required=True)
_BASE = Field("base_value", "double", Text("기준값(로그 오즈)", "Base value, log-odds"))
_CONTRIBUTIONS = Field("contributions", "array<double>", Text(
    "특징별 기여도(로그 오즈)", "Contribution of each feature, log-odds, in the order of features"))

SCORE = Table("gold", "score", Text("위험 점수", "Risk scores"), fields(
    _SHIPMENT, _AS_OF,
    Field("scored_at", "timestamp", Text("채점 시각(기준 시각과 같음)", "When it was scored; the same as as_of"), required=True),
    _DATE, _OFFICE, _MODEL,
    Field("score", "double", Text("점수(로그 오즈) = 기준값 + 기여도 합", "Score, log-odds: base value plus contributions"), required=True),
    Field("probability", "double", Text("적발 확률(보정)", "Calibrated probability of a violation"), required=True, low=0, high=1),
    Field("probability_low", "double", Text("적발 확률의 90% 범위 하한(유사 검사 결과 기준)",
                                            "Low end of the probability's 90 % range, by outcomes alike; NULL of the declared prior"), low=0, high=1),
    Field("probability_high", "double", Text("적발 확률의 90% 범위 상한", "High end of the range"), low=0, high=1),
    Field("similar_outcomes", "long", Text("추정의 근거인 유사 검사 결과 수", "How many outcomes alike the probability rests on"), low=0),
    Field("expected_revenue_krw", "double", Text("기대 추가 세수(원)", "Expected additional revenue, KRW"), low=0),
    Field("rank", "long", Text("세관·기준 시각 안의 순위", "Rank within office and as_of"), low=1),
    Field("lane", "string", Text("심사 구분", "Lane: green, yellow, orange, red"), allowed=("green", "yellow", "orange", "red")),
    Field("before_release", "boolean", Text("수리 전 채점 여부", "Whether it was scored before release")),
    Field("input_versions", "string", Text("입력 테이블 버전(JSON)", "Versions of the input tables, JSON")),
), unhashed=("shipment_id", "model_version", "input_versions"))

EXPLANATION = Table("gold", "explanation", Text(
    "점수 설명(채점 당시 그대로). 값과 모델이 그대로면 설명한 시각만 가리킴",
    "Explanations, frozen when scored; where values and model are the same as before, a row that only names when they were explained"), fields(
    _SHIPMENT, _AS_OF, _MODEL,
    Field("explained_at", "timestamp", Text(
        "설명한 기준 시각", "The as_of whose row holds the explanation; the same as as_of unless it is carried"), required=True),
    Field("why", "string", Text("설명 대상 사유: lane 자동심사 아님, selected 선별됨, sample 자동심사 표본",
                                "Why it was explained: lane (not green), selected, sample (of the green)"), allowed=("lane", "selected", "sample")),
    Field("method", "string", Text("설명 방법", "Method: pred_contrib (LightGBM), woodelf (patterns of conditions), prior (declared terms)"),
          allowed=("pred_contrib", "woodelf", "prior")),
    Field("score", "double", Text("점수(로그 오즈)", "Score, log-odds")),
    _BASE,
    Field("features", "array<string>", Text("특징 이름", "Feature names")),
    Field("feature_values", "array<string>", Text("특징 값", "Feature values as text, NULL where not known")),
    _CONTRIBUTIONS,
    Field("norms", "map<string,double>", Text("사유에 쓴 비교값", "Numbers that the reasons compare with")),
    Field("reasons", "list", Text(
        "사유", "Reasons, contradictions between sources first, then the weightiest, what lowers the risk last"), items=fields(
        Field("code", "string", Text("사유 코드", "Reason code")),
        Field("ko", "string", Text("한국어 문장", "Sentence in Korean")),
        Field("en", "string", Text("영어 문장", "Sentence in English")),
        Field("features", "array<string>", Text("관련 특징", "Features it speaks for")),
    )),
    Field("directions", "array<string>", Text(
        "사유별 방향: raises 높임, lowers 낮춤, fact 참고", "Of each reason: raises or lowers the score, or a fact that does neither")),
    Field("percentiles", "array<double>", Text(
        "사유별 학습한 화물 중 백분위(가장자리만)", "Of each reason: percentile among the shipments learned from, NULL but in a tail")),
    Field("input_versions", "string", Text("입력 테이블 버전(JSON)", "Versions of the input tables, JSON")),
    Field("model_hash", "string", Text("모델 해시", "SHA-256 of the model's files")),
    Field("input_hash", "string", Text("모델·특징 값 해시", "SHA-256 of model and values: by it a shipment is known to be as it was")),
), unhashed=("shipment_id", "model_version", "input_versions", "model_hash", "input_hash"))

SELECTION = Table("gold", "selection", Text("검사 선별 목록", "What each office is asked to look at"), fields(
    _DATE, _OFFICE, _SHIPMENT,
    Field("position", "long", Text("목록 순서", "Place in the office's list"), low=1),
    Field("action", "string", Text("조치", "Action: documents, scan, open"), allowed=("documents", "scan", "open")),
    Field("reason", "string", Text("선별 사유", "Selected by: mandate, model, explore, random"),
          allowed=("mandate", "model", "explore", "random")),
    Field("inclusion_probability", "double", Text("포함 확률", "Probability of being chosen: 1 unless drawn by lot"), low=0, high=1),
), unhashed=("shipment_id",))

DRIFT = Table("gold", "drift", Text("분포 변화", "Drift"), fields(
    _DATE,
    Field("segment", "string", Text("범위: all 전체, kind:종류, office:세관", "Of which shipments: all, kind:parcel, office:020"), required=True),
    Field("subject", "string", Text("대상", "What is compared: a feature, the score, what inspections find, a feed"), required=True),
    Field("kind", "string", Text("종류", "Kind: input, score, explanation, outcome, feed")),
    Field("value", "double", Text("차이(입력·점수·설명: 집단 안정성 지수)",
                                  "Difference; of inputs, scores and explanations the population stability index")),
    Field("threshold", "double", Text("한도", "Limit, wider where rows are few")),
    Field("is_drifting", "boolean", Text("한도 초과 여부", "Whether it is over the limit")),
    Field("text_ko", "string", Text("한국어 설명", "In Korean")),
    Field("text_en", "string", Text("영어 설명", "In English")),
))
PAST_CASE = Table("gold", "past_case", Text(
    "유사 사례 색인: 검사한 화물이 닿은 잎", "Index of similar cases: the leaves that inspected shipments come to"), fields(
    _SHIPMENT, _AS_OF, _MODEL,
    Field("known_at", "timestamp", Text("검사 결과 인지 시각", "When the outcome was known"), required=True),
    Field("inspected_at", "timestamp", Text("검사 시각", "When inspected")),
    _OFFICE,
    Field("illicit", "boolean", Text("적발 여부", "Whether a violation was found")),
    Field("severity", "string", Text("심각도", "minor, major or critical")),
    Field("revenue_krw", "double", Text("추징세액(원)", "Additional duty, KRW")),
    Field("leaves", "array<long>", Text("나무별 잎", "The leaf in each tree of the model")),
), unhashed=("shipment_id", "model_version"))
TABLES = (SCORE, EXPLANATION, SELECTION, DRIFT, PAST_CASE)
