"""Cargo progress as the UNI-PASS service API001 answers it: a header, a step count, steps newest first."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

Row = Mapping[str, Any]
Stamp = Callable[[int], str]
PROLOG = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
NOTHING_FOUND = f"{PROLOG}<cargCsclPrgsInfoQryRtnVo><ntceInfo></ntceInfo><tCnt>0</tCnt></cargCsclPrgsInfoQryRtnVo>"
REFUSED = (
    f"{PROLOG}<cargCsclPrgsInfoQryRtnVo><ntceInfo>존재하지 않는 인증키입니다.</ntceInfo><tCnt>-1</tCnt>"
    "</cargCsclPrgsInfoQryRtnVo>"
)
MINUTE = 60
PlannedStep = tuple[int, str, str, tuple[str, str], str, str, str, str]


def steps_of(row: Row, until: int, stamp: Stamp, spoken: Stamp) -> list[tuple[int, str, str]]:
    """Give the steps the cargo has taken until a second, oldest first: time, step name, its XML.

    `stamp` writes a time as yyyyMMddHHmmss, `spoken` as yyyy-MM-dd HH:mm:ss.
    """
    unloading = "하기신고 수리" if row["is_air"] else "하선신고 수리"
    mrn, year = row["mrn"], row["mrn"][:2]
    shed, serial = row["shed_code"], row["serial"]
    bill = (f"{row['bill_gross_kg']:g}", str(row["bill_packages"]))
    seen = (f"{row['measured_gross_kg']:g}", str(row["measured_packages"]))
    none = ("", "0")
    manifest, arrival, carried = row["t_manifest"], row["t_arrival"], row["t_carried_in"]
    out, list_no = row["t_out"], row.get("list_no")
    plan = [
        (arrival - row["notice"], "입항보고 제출", mrn, none, "", "", "", ""),
        (manifest, "입항적하목록 제출", "", bill, shed, "", "", ""),
        (manifest + row["screening"], "입항적하목록 심사완료", "", bill, shed, row["forwarder_name"], "", ""),
        (arrival, "입항보고 수리", mrn, none, "", "", "", ""),
        (arrival, "입항적하목록 운항정보 정정", f"{mrn}00000001", none, "", "", "", ""),
        (arrival + 20 * MINUTE, unloading, f"{year}{shed[:3]}{serial % 1_000_000:06d}", bill, shed, "", "", ""),
        (
            carried,
            "반입신고",
            f"{shed}{year}{serial % 100_000_000:08d}",
            seen,
            shed,
            "",
            "입항 반입",
            spoken(carried - 90),
        ),
        *(_listed(row, bill) if list_no else _declared(row, bill)),
        (
            out,
            "반출신고",
            f"{shed}{year}{(serial + 37) % 100_000_000:08d}",
            seen,
            shed,
            list_no or row["declaration_no"],
            "목록통관특송물품 반출" if list_no else "수입신고 수리후 반출",
            spoken(out - 80),
        ),
    ]
    taken = sorted((step for step in plan if step[0] <= until), key=lambda step: step[0])
    return [(step[0], step[1], _step(row, stamp(step[0]), *step[1:])) for step in taken]


def _declared(row: Row, bill: tuple[str, str]) -> list[PlannedStep]:
    """The steps of clearance by declaration."""
    number, shed, declared, released = row["declaration_no"], row["shed_code"], row["t_declared"], row["t_released"]
    return [
        (declared, "수입신고", number, bill, shed, row["broker_name"], "", ""),
        (declared + 5, "수입(사용소비) 심사진행", number, bill, shed, "", "", ""),
        (released - 3 * MINUTE, "수입(사용소비) 결재통보", number, bill, shed, "", "", ""),
        (released, "수입신고수리", number, bill, shed, "", "", ""),
    ]


def _listed(row: Row, bill: tuple[str, str]) -> list[PlannedStep]:
    """The steps of clearance by list."""
    number, shed = row["list_no"], row["shed_code"]
    return [
        (row["t_declared"], "통관목록접수", number, bill, shed, "", "", ""),
        (row["t_released"], "통관목록심사완료", number, bill, shed, "", "", ""),
    ]


def _step(
    row: Row, at: str, name: str, number: str, load: tuple[str, str], shed: str, basis: str, note: str, done: str
) -> str:
    weight, packages = load
    return (
        f"<cargCsclPrgsInfoDtlQryVo><shedNm>{row['shed_name'] if shed else ''}</shedNm><prcsDttm>{at}</prcsDttm>"
        f"<dclrNo>{number}</dclrNo><rlbrDttm>{done}</rlbrDttm><wght>{weight}</wght><rlbrBssNo>{basis}</rlbrBssNo>"
        f"<bfhnGdncCn></bfhnGdncCn><wghtUt>KG</wghtUt><pckGcnt>{packages}</pckGcnt>"
        f"<cargTrcnRelaBsopTpcd>{name}</cargTrcnRelaBsopTpcd><pckUt>{row['package_unit'] if shed else ''}</pckUt>"
        f"<rlbrCn>{note}</rlbrCn><shedSgn>{shed}</shedSgn></cargCsclPrgsInfoDtlQryVo>"
    )


def answer(row: Row, steps: Sequence[tuple[int, str, str]], stamp: Stamp) -> str:
    """Write the answer that shows these steps, given oldest first."""
    names = {name for _, name, _ in steps}
    cleared, code = _status(names)
    last_at, last, _ = steps[-1]
    state = "반출완료" if last == "반출신고" else last
    details = "".join(xml for _, _, xml in reversed(steps))
    return (
        f"{PROLOG}<cargCsclPrgsInfoQryRtnVo><ntceInfo></ntceInfo><cargCsclPrgsInfoQryVo>"
        f"<csclPrgsStts>{cleared}</csclPrgsStts><vydf>{row['voyage_no']}</vydf>"
        f"<rlseDtyPridPassTpcd>N</rlseDtyPridPassTpcd><prnm>{row['cargo_words']}</prnm><ldprCd>{row['load_port']}</ldprCd>"
        f"<shipNat>{row['flag']}</shipNat><blPt>{row.get('bill_type', 'C')}</blPt><dsprNm>{row['entry_name']}</dsprNm>"
        f"<etprDt>{row['arrived_on']}</etprDt><prgsStCd>{code}</prgsStCd><msrm>{row['volume']}</msrm><wghtUt>KG</wghtUt>"
        f"<dsprCd>{row['progress_code']}</dsprCd><cntrGcnt>{len(row['containers'])}</cntrGcnt>"
        f"<cargTp>수입 일반화물</cargTp><shcoFlcoSgn>{row['carrier_sign']}</shcoFlcoSgn>"
        f"<pckGcnt>{row['bill_packages']}</pckGcnt><etprCstm>{row['customs_name']}</etprCstm>"
        f"<shipNm>{row['craft']}</shipNm><hblNo>{row['house_bl']}</hblNo><prcsDttm>{stamp(last_at)}</prcsDttm>"
        f"<frwrSgn>{row['forwarder_sign']}</frwrSgn><spcnCargCd>{row.get('special_code', '')}</spcnCargCd><ttwg>{row['bill_gross_kg']:g}</ttwg>"
        f"<ldprNm>{row['load_port_name']}</ldprNm><frwrEntsConm>{row['forwarder_name']}</frwrEntsConm>"
        f"<dclrDelyAdtxYn>N</dclrDelyAdtxYn><mtTrgtCargYnNm>{row['managed_flag']}</mtTrgtCargYnNm>"
        f"<cargMtNo>{row['cargo_control_no']}</cargMtNo><cntrNo>{(row['containers'] or [''])[0]}</cntrNo>"
        f"<mblNo>{row['master_bl']}</mblNo><blPtNm>{row.get('bill_type_name', 'Consol')}</blPtNm><lodCntyCd>{row['load_code']}</lodCntyCd>"
        f"<prgsStts>{state}</prgsStts><shcoFlco>{row['carrier_name']}</shcoFlco><pckUt>{row['package_unit']}</pckUt>"
        f"<shipNatNm>{row['flag_name']}</shipNatNm><agnc></agnc></cargCsclPrgsInfoQryVo>"
        f"<tCnt>{len(steps)}</tCnt>{details}</cargCsclPrgsInfoQryRtnVo>"
    )


def _status(names: set[str]) -> tuple[str, str]:
    """Give the clearance state and its code from the steps taken."""
    for name, state, code in (
        ("통관목록심사완료", "통관목록심사완료", "IMPA36"),
        ("수입신고수리", "수입신고수리", "CAGE12"),
        ("수입신고", "수입(사용소비) 심사진행", "CAGC03"),
        ("반입신고", "반입신고", "CAGB09"),
    ):
        if name in names:
            return state, code
    return "입항적하목록 심사완료", "CAGA05"
