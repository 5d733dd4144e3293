"""Settings declared once: the YAML check, the command line's help and the documentation derive from here."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any

import yaml

from lakehouse.errors import CallerError
from lakehouse.text import Text


@dataclass(frozen=True)
class Setting:
    """One setting: dotted name, default (its type is the type allowed), lowest allowed number, help in both languages."""

    name: str
    default: Any
    text: Text
    low: float | None = None

    @property
    def variable(self) -> str:
        """The environment variable that overrides it."""
        return "HAECHI_" + self.name.upper().replace(".", "_")


SETTINGS: tuple[Setting, ...] = (
    Setting("spark.master", "local[*]", Text("스파크 마스터 주소", "Spark master: local[*] or a cluster's address")),
    Setting("spark.driver_memory", "2200m", Text("스파크 드라이버 메모리", "Memory of the Spark driver")),
    Setting("spark.shuffle_partitions", 2, Text("셔플 파티션 수", "Shuffle partitions; raise with the size of a night"), 1),
    Setting("spark.options", {}, Text("그 밖의 스파크 설정", "Any further options of Spark, by their full names")),
    Setting("mlflow.tracking_uri", "", Text("MLflow 주소(비우면 레이크 안 SQLite)", "MLflow tracking address; empty keeps SQLite inside the lake")),
    Setting("profile", "development", Text("운영 구분", "development, or any other name, which then needs a pseudonym key and a vault key")),
    Setting("pseudonym.key", "", Text("가명처리 열쇠", "Key of the pseudonyms; required outside development")),
    Setting("vault.url", "", Text("원래 값 보관소 주소(비우면 레이크 안 SQLite, 한 대에서만)", "Address of the vault of clear values, such as postgresql+psycopg://host/haechi; empty keeps SQLite inside the lake, for workers of one machine")),
    Setting("vault.key", "", Text("보관소 열쇠", "Key that the vault is encrypted with; required outside development")),
    Setting("vault.new_key", "", Text("보관소의 새 열쇠(교체할 때만)", "Key that haechi vault rekey changes to; given for that command only")),
    Setting("vault.roles", "privacy_officer,investigator", Text("가명 해제 가능한 역할", "Roles that may open the vault, parted by commas")),
    Setting("seal.key", "", Text("설명 파일 봉인 열쇠", "Key that explanation files are sealed with; required outside development")),
    Setting("bounds.record_bytes", 10_000_000, Text("레코드 최대 크기(바이트)", "Largest record, bytes"), 1),
    Setting("bounds.field_bytes", 1_000_000, Text("항목 최대 크기(바이트)", "Largest field, bytes"), 1),
    Setting("bounds.message_bytes", 100_000_000, Text("나누지 않고 읽는 전문 최대 크기(바이트)", "Largest message that is read whole, bytes"), 1),
    Setting("bounds.expansion_ratio", 100, Text("압축 해제 최대 배율", "Largest expansion of an archive beyond the first 10 MB"), 1),
    Setting("bounds.members", 100_000, Text("압축 파일 최대 구성원 수", "Most members of an archive"), 1),
    Setting("bounds.depth", 64, Text("최대 중첩 깊이", "Deepest nesting of JSON or XML"), 1),
    Setting("reference.folder", "", Text("참조목록 폴더(unlocode, hs, smdg)", "Folder of reference lists (unlocode, hs, smdg); empty uses the project's own small ones")),
    Setting("quarantine.threshold", 0.2, Text("격리 비율 한도", "Share of refused records above which a feed is held"), 0),
    Setting("quarantine.minimum_records", 50, Text("격리 한도 적용 최소 건수", "Records below which a feed is never held"), 1),
    Setting("labels.outcomes_needed", 200, Text("학습에 필요한 검사결과 수", "Outcomes needed before a model is trained"), 1),
    Setting("labels.violations_needed", 20, Text("학습에 필요한 적발 수", "Violations needed before a model is trained"), 1),
    Setting("train.every_days", 7, Text("재학습 주기(일)", "Days between trainings"), 1),
    Setting("train.seed", 20260101, Text("학습 난수 씨앗", "Seed of every random choice in training")),
    Setting("train.weight_cap", 10.0, Text("추첨된 검사결과 하나가 대표할 수 있는 최대 화물 수(1이면 가중 없음)", "Most shipments that an outcome drawn by lot may stand for in training, by 1 over its stored inclusion probability; 1 weighs all outcomes alike"), 1),
    Setting("promote.outcomes_needed", 200, Text("후보 모델 비교에 필요한 검사결과 수", "Outcomes that neither model learned from, needed to compare a challenger with the champion"), 1),
    Setting("promote.violations_needed", 50, Text("후보 모델 비교에 필요한 적발 수", "Violations among them needed to compare"), 1),
    Setting("promote.cell_violations", 50, Text("세관·종류·업체 규모를 따로 판정할 최소 적발 수", "Violations from which an office, kind or trader size is judged by itself; smaller ones are pooled"), 1),
    Setting("promote.random_violations", 10, Text("무작위 표본을 따로 판정할 최소 적발 수", "Violations from which the random stratum is judged by itself"), 1),
    Setting("promote.certainty", 0.9, Text("후보의 적중률이 더 높아야 하는 재표본 비율", "Share of resamples in which a challenger's precision must be the higher one"), 0),
    Setting("promote.second_person", False, Text("후보 승격에 두 번째 사람의 승인 필요 여부", "Whether a promotion takes a second person's approval")),
    Setting("lanes.red", 0.5, Text("물품검사 확률 기준", "Probability from which a shipment is red"), 0),
    Setting("lanes.orange", 0.25, Text("검색기검사 확률 기준", "Probability from which a shipment is orange"), 0),
    Setting("lanes.yellow", 0.1, Text("화면·서류심사 확률 기준", "Probability from which a shipment is yellow"), 0),
    Setting("explain.green_share", 0.02, Text("설명을 보존할 자동심사 화물 비율", "Share of the green shipments whose explanation is frozen too"), 0),
    Setting("snapshot.shrink_share", 0.2, Text("목록 급감 한도", "Share of its entries that a whole list may lose before its feed is held"), 0),
    Setting("volume.most_times", 10, Text("평소 대비 물량 한도(배)", "Times the usual day's records above which a feed is held"), 1),
    Setting("volume.minimum_records", 1000, Text("물량 한도 적용 최소 건수", "Records below which a feed is never held for its volume"), 1),
    Setting("watchlist.least_score", 0.66, Text("우려거래자 일치도 하한", "How alike a name has to be to a listed one, 0 to 1"), 0),
    Setting("watchlist.least_words", 0.8, Text("우려거래자 낱말 일치율 하한", "Share of either name's words, rare ones weighing more, that has to be found in the other; of names in the same letters"), 0),
    Setting("watchlist.least_score_across", 0.62, Text("우려거래자 일치도 하한(다른 문자)", "The same for names in another script"), 0),
    Setting("shipments.stale_days", 60, Text("사실 없이 지난 종결 일수", "Days without a fact after which a shipment is stale"), 1),
    Setting("drift.reference_nights", 7, Text("분포 변화 기준으로 삼는 모델의 첫 밤 수", "First nights of a model whose open shipments are the reference of drift"), 1),
    Setting("drift.sample", 20_000, Text("분포 변화 비교 표본 수", "Shipments of a night that are compared for drift, drawn by lot where there are more"), 1_000),
    Setting("drift.outcome_days", 28, Text("최근 검사 결과로 보는 일수", "Days whose inspections are held against those before"), 1),
    Setting("drift.retrain_share", 0.1, Text("재학습을 제안하는 변화 입력값 비율", "Share of drifting inputs above which training anew is proposed"), 0),
    Setting("drift.explore_factor", 2.0, Text("재학습 제안 뒤 탐색 비율 배수", "What the exploration share is multiplied by while training anew is proposed"), 1),
    Setting("selection.seed", "", Text("무작위 선별 씨앗(비밀)", "Secret that keeps the random share from being foretold")),
    Setting("decisions.url", "", Text("결정 데이터베이스 주소(비우면 레이크 안 SQLite)", "Address of the decisions database, such as postgresql+psycopg://host/haechi; empty keeps SQLite inside the lake")),
    Setting("decisions.heads", "", Text("감사 기록의 끝 해시를 하루 한 번 남길 파일(비우면 레이크 안)", "File that keeps the audit's head of each day, best on another machine; empty keeps it inside the lake")),
    Setting("decisions.second_person_probability", 0.25, Text("완화 결정에 두 번째 사람이 필요한 적발 확률", "Probability from which deciding below the recommendation takes a second person"), 0),
    Setting("decisions.second_person_krw", 10_000_000, Text("완화 결정에 두 번째 사람이 필요한 기대 추징액(원)", "Expected revenue, KRW, from which deciding below the recommendation takes a second person"), 0),
    Setting("console.idle_minutes", 30, Text("사용 없이 지난 접속 종료 시간(분)", "Minutes unused after which a session ends"), 1),
    Setting("api.per_minute", 6000, Text("API 키 하나의 분당 요청 한도", "Requests a minute of one API key"), 1),
    Setting("api.partner_per_minute", 60, Text("협력업체 API 키 하나의 분당 요청 한도", "Requests a minute of one partner's API key"), 1),
    Setting("console.session_hours", 10, Text("접속 최대 시간", "Hours after which a session ends at the latest"), 1),
    Setting("retention.days", 730, Text("지난 밤의 상태를 그대로 볼 수 있는 일수(불복 기간보다 길어야 함)", "Days back from the last published run for which a night can be read, explained and scored again as it was; longer than an appeal may take"), 180),
    Setting("retention.unneeded_hours", 24, Text("쓰지 않는 파일을 지우기까지의 시간", "Hours for which files that no kept night needs are left to whoever still reads them"), 0),
    Setting("maintain.most_files", 32, Text("병합하지 않고 두는 작은 파일 수", "Small files of a table above which they are put together"), 1),
    Setting("sql.row_limit", 10_000, Text("조회 최대 행 수", "Most rows a query returns"), 1),
    Setting("parties.link_weight", 3.0, Text("당사자 연결 기준", "Match weight (log2 of the odds) from which two texts are of one party")),
    Setting("parties.merge_weight", 8.0, Text("당사자 병합 기준", "Match weight from which two parties held become one")),
    Setting("parties.estimate_from", 20_000, Text("연결 매개변수 추정 최소 표기 수 (식별번호 있는 것)", "New texts with an identifier in a batch from which the parameters of the linkage are estimated anew, once"), 100),
    Setting("parties.memory", "2GB", Text("당사자 연결 메모리", "Memory of the linkage of parties")),
)
BY_NAME = {setting.name: setting for setting in SETTINGS}


class Settings(Mapping[str, Any]):
    """Every declared setting by dotted name: environment over the configuration folder over the default."""

    def __init__(self, given: Mapping[str, Any]) -> None:
        self._values = {setting.name: given.get(setting.name, setting.default) for setting in SETTINGS}

    def __getitem__(self, name: str) -> Any:
        return self._values[name]

    def __iter__(self) -> Any:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def replaced(self, **changes: Any) -> "Settings":
        """A copy with some values changed; write dots as double underscores."""
        return Settings(dict(self._values) | {name.replace("__", "."): value for name, value in changes.items()})


def load_settings(environment: Mapping[str, str] | None = None) -> Settings:
    """Settings from `haechi.yaml` and HAECHI_ variables; CallerError names the wrong one and what is allowed."""
    environment = os.environ if environment is None else environment
    given = dict(_flatten(load_yaml("haechi.yaml")))
    unknown = sorted(set(given) - set(BY_NAME))
    if unknown:
        raise CallerError("setting.unknown", f"haechi.yaml sets {unknown[0]}, which is no setting", "See docs/settings.md for the names.")
    given |= {s.name: yaml.safe_load(environment[s.variable]) if not isinstance(s.default, str) else environment[s.variable]
              for s in SETTINGS if s.variable in environment}
    return Settings({name: _checked(BY_NAME[name], value) for name, value in given.items()})


def configuration_folder() -> Path:
    """The folder of the YAML files: HAECHI_CONF, else the ones shipped."""
    return Path(os.environ["HAECHI_CONF"]) if os.environ.get("HAECHI_CONF") else Path(str(resources.files("conf")))


def load_yaml(name: str) -> Any:
    """One configuration file, parsed; a file the given folder lacks is taken from the shipped ones."""
    folder = configuration_folder()
    path = folder / name if (folder / name).exists() else Path(str(resources.files("conf"))) / name
    try:
        return yaml.safe_load(path.read_text(encoding="utf-8")) or {}
    except (OSError, yaml.YAMLError) as fault:
        raise CallerError("configuration.unreadable", f"{path} cannot be read: {fault}", "Mend the file or unset HAECHI_CONF.") from None


def _flatten(tree: Mapping[str, Any], prefix: str = "") -> list[tuple[str, Any]]:
    leaves: list[tuple[str, Any]] = []
    for key, value in tree.items():
        name = f"{prefix}{key}"
        is_leaf = not isinstance(value, dict) or name in BY_NAME
        leaves += [(name, value)] if is_leaf else _flatten(value, f"{name}.")
    return leaves


def _checked(setting: Setting, value: Any) -> Any:
    kind = type(setting.default)
    wanted = (int, float) if kind is float else (kind,)
    if not isinstance(value, wanted) or isinstance(value, bool) != (kind is bool):
        raise CallerError("setting.type", f"{setting.name} is {value!r}, not {kind.__name__}", f"Mend it in haechi.yaml or {setting.variable}.")
    if setting.low is not None and value < setting.low:
        raise CallerError("setting.range", f"{setting.name} is {value}, below {setting.low}", f"Mend it in haechi.yaml or {setting.variable}.")
    return value
