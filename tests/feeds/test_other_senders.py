"""Messages of the same standards as other senders write them: older directories, shares of containers, other orders, names of encodings, desktops' archives."""

import zipfile
from pathlib import Path

import pytest
from accounted import land, take
from edifact_sent import sent, told, values
from every_feed import DECLARATION, PROGRESS, ROW, STEP

from feeds import manifest, terminal_event

# A stowage plan of SMDG 1.5 as sent under D.91.1: places of loading and discharge have other qualifiers, the call sign leads the vessel.
BAPLIE_911 = (
    "UNH+1+BAPLIE:1:911:UN:SMDG15'BGM++88+9'DTM+137:2601050900:201'TDT+20+512E+++MSK:172:20+++VRKX:103::MAERSK X'LOC+5+CNSHA:139:6'LOC+61+KRPUS:139:6'"
    "LOC+147+0010482::5'FTX+AAA+++TOYS'MEA+WT++KGM:21000'LOC+6+CNSHA:139:6'LOC+12+KRPUS:139:6'LOC+83+KRSEL'RFF+BM:1'EQD+CN+MSKU1234569+4310+++5'NAD+CA+MSK:172:20'"
    "LOC+147+0010484::5'MEA+WT++KGM:3900'LOC+6+CNNGB'LOC+12+JPUKB'RFF+BM:1'EQD+CN+CSQU3054383+2210+++4'NAD+CA+MSK:172:20'UNT+22+1'")
BAPLIE_22 = (
    "UNH+1+BAPLIE:D:13B:UN:SMDG22'BGM+659+89+9'DTM+137:202601050900:203'TDT+20+512E+++MSK:LINES:306+++9525338:IMO:11:MAERSK X:DK'LOC+5+CNSHA:139:6'"
    "LOC+147+0010482::5'MEA+AAE+VGM+KGM:21000'EQD+CN+MSKU1234569:6346:5+45R1:6346:5+++5'NAD+CF+MSK:LINES:306'TMP+2+-018:CEL'LOC+9+CNSHA:139:6'LOC+11+KRPUS:139:6'"
    "RFF+BN:BK1'UNT+14+1'")
CODECO = ("UNH+5+CODECO:D:95B:UN:ITG14'BGM+34+5+9'EQD+CN+MSKU1234569+22G1:102:5+++5'DTM+7:202601050930:203'LOC+165+KRINC:139:6+E1CT:TER:ZZZ'"
          "TDT+1++3++HAUL02:172:ZZZ+++:::12GA3456'CNT+16:1'UNT+8+5'")
SHARED = ("UNH+1+CUSCAR:D:95B:UN'BGM+85+M+9'EQD+CN+CSQU3054383+22G1'SEL+H1+CA'CNI+1+H1'RFF+BM:M1'RFF+BH:H1'NAD+OS+++SHANGHAI TOY'NAD+UC+++KOREA TOY'NAD+N2+++SEOUL BANK'"
          "GID+1+10:CT'MEA+AAE+G+KGM:500'SGP+CSQU3054383+10'GID+2+20:CT'MEA+AAE+G+KGM:1000.5'SGP+CSQU3054383+5'SGP+MSKU1234569+15'UNT+18+1'")


def test_an_older_stowage_plan_tells_where_containers_were_loaded_and_leave() -> None:
    first, second = values(terminal_event.FEED, sent(BAPLIE_911))
    told(first, loading_port="CNSHA", discharge_port="KRPUS", destination="KRSEL", gross_mass="21000", gross_kind="WT", vessel_id="VRKX", stowage_position="0010482",
         event_at="202601050900")
    told(second, loading_port="CNNGB", discharge_port="JPUKB", full_empty_code="4")


def test_a_newer_stowage_plan_is_read_alike() -> None:
    [one] = values(terminal_event.FEED, sent(BAPLIE_22))
    told(one, loading_port="CNSHA", discharge_port="KRPUS", gross_kind="VGM", temperature="-018", vessel_id="9525338", vessel_id_list="11", operator_code="MSK", booking_no="BK1")


def test_a_truck_without_code_is_known_by_its_plate() -> None:
    [one] = values(terminal_event.FEED, sent(CODECO))
    told(one, event_kind="gate_in", truck_id="12GA3456", truck_carrier_code="HAUL02", terminal_code="E1CT")


def test_shares_of_a_container_add_up_over_goods_items() -> None:
    [one] = values(manifest.FEED, sent(SHARED))
    assert [(box["container_no"], box["packages"]) for box in one["containers"]] == [("CSQU3054383", "15"), ("MSKU1234569", "15")]
    told(one, packages="30", gross_mass="1500.5", consignor_name="SHANGHAI TOY", consignee_name="KOREA TOY", notify_name="SEOUL BANK")


def test_steps_before_the_cargo_are_its_steps(tmp_path: Path) -> None:
    path = tmp_path / "answer.xml"
    path.write_text(PROGRESS.format(count=2, notice="", rows=STEP + STEP.replace("0912", "1012") + ROW.format(1)), encoding="utf-8")
    [row] = land("cargo_progress", path)
    assert [step["processed_at"] for step in row["values"]["steps"]] == ["20260105091200", "20260105101200"]


@pytest.mark.parametrize("name", ["EUC-KR", "euc_kr", "x-windows-949", "MS949", "KS_C_5601-1987", "cp949", "UHC"])
def test_korean_encodings_have_many_names(name: str, tmp_path: Path) -> None:
    path, text = tmp_path / "declaration.xml", DECLARATION.format(number="1", office="03010", issued="20260105")
    path.write_bytes(f'<?xml version="1.0" encoding="{name}"?>'.encode() + text.replace("<wco:DeclarationOfficeID>", "<wco:Importer><wco:Name>똠방상사</wco:Name>"
                                                                                       "</wco:Importer><wco:DeclarationOfficeID>").encode("cp949"))
    [row] = land("declaration", path)
    assert row["refusal"] is None and row["values"]["importer_name"] == "똠방상사"


def test_what_a_desktop_adds_to_an_archive_is_no_delivery(tmp_path: Path) -> None:
    path = tmp_path / "day.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a/b/1.xml", DECLARATION.format(number="1", office="03010", issued="20260105"))
        for name in ("__MACOSX/a/b/._1.xml", ".DS_Store", "a/.hidden/2.xml", "a/3.xml.part", "../.DS_Store"):
            archive.writestr(name, b"\0\1")
    rows = land("declaration", path)
    take("declaration", rows)
    assert [row["position"] for row in rows] == ["a/b/1.xml"]
