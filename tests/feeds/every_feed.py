"""Good messages of every feed, in every form it is sent in."""

import json
from pathlib import Path

from edifact_sent import COARRI, CODECO, CUSCAR, sent

from feeds import declaration, declaration_open
from feeds.feed import Bounds

BOUNDS = Bounds(10_000_000, 1_000_000, 64)
DECLARATION = (f'<wco:Declaration xmlns:wco="{declaration.NAMESPACE}"><wco:ID>{{number}}</wco:ID><wco:DeclarationOfficeID>{{office}}</wco:DeclarationOfficeID>'
               "<wco:IssueDateTime>{issued}</wco:IssueDateTime></wco:Declaration>")
EVENT = {"eventID": "E1", "eventType": "EQUIPMENT", "eventDateTime": "2026-01-05T09:00:00Z", "eventCreatedDateTime": "2026-01-05T09:01:00Z"}
EVENTS = [EVENT, EVENT | {"eventID": "E2", "changeRemark": 'a "quoted" ] } , [ { \ufffc remark'}]
PARCEL = {"record_type": "shipment", "tracking_no": "T-1", "courier_code": "EX", "created_at": "2026-01-05T09:12:00+09:00", "weight_kg": 0.42}
MASTER = ('<w:Waybill xmlns:w="iata:waybill:1"><w:MessageHeaderDocument><SenderParty><PrimaryID>AIR1</PrimaryID></SenderParty></w:MessageHeaderDocument>'
          "<w:BusinessHeaderDocument><ID>18012345675</ID></w:BusinessHeaderDocument></w:Waybill>")
PROGRESS = "<cargCsclPrgsInfoQryRtnVo><tCnt>{count}</tCnt>{notice}{rows}</cargCsclPrgsInfoQryRtnVo>"
ROW = "<cargCsclPrgsInfoQryVo><cargMtNo>26HSLI0133I1001000{}</cargMtNo><prnm>A &amp; B</prnm></cargCsclPrgsInfoQryVo>"
STEP = "<cargCsclPrgsInfoDtlQryVo><prcsDttm>20260105091200</prcsDttm><cargTrcnRelaBsopTpcd>반입신고</cargTrcnRelaBsopTpcd></cargCsclPrgsInfoDtlQryVo>"
UN = ('<CONSOLIDATED_LIST dateGenerated="2026-01-05T00:00:00Z" other="&lt;&quot;"><INDIVIDUALS><INDIVIDUAL><DATAID>7</DATAID><FIRST_NAME>N &amp; M</FIRST_NAME>'
      "</INDIVIDUAL></INDIVIDUALS><ENTITIES><ENTITY><REFERENCE_NUMBER>e1</REFERENCE_NUMBER><FIRST_NAME>E</FIRST_NAME></ENTITY></ENTITIES></CONSOLIDATED_LIST>")
SDN = '{},"AEROLINEA UNO",-0- ,"CUBA",-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,"a.k.a. \'UNO\'."'


def lines(*objects: object) -> str:
    return "\n".join(json.dumps(one, ensure_ascii=False) for one in objects) + "\n"


def rows(feed_fields: object, *cells: dict[str, str]) -> str:
    """A CSV with every heading of the fields, in their order."""
    heads = [field.source for field in feed_fields]  # type: ignore[attr-defined]
    return "\r\n".join([",".join(heads), *(",".join(row.get(head, "") for head in heads) for row in cells)]) + "\r\n"


_OPEN = {field.source: "1" for field in declaration_open.FIELDS} | {"Date": "2026-01-05"}
MESSAGES: dict[str, tuple[str, ...]] = {
    "declaration": (DECLARATION.format(number="4389417308012M", office="03010", issued="20260105"),),
    "declaration_open": (rows(declaration_open.FIELDS, _OPEN, _OPEN | {"Declaration ID": "2", "Seller ID": '"S, ""T"""'}),),
    "manifest": (sent(CUSCAR), sent(CUSCAR, CUSCAR.replace("M1", "M2")), "UNH+1+CUSCAR'CNI+1+A'CNT+11:3'CNI+2+B'CNT+11:4'UNT+6+1'",
                 "UNH+1+CUSCAR'EQD+CN+CSQU3054383'EQD+CN+MSKU1234569'CNI+1+A'CNI+2+B'SGP+CSQU3054383+1'CNI+3+C'CNT+11:9'UNT+6+1'", "\ufeff" + sent(CUSCAR) + "\r\n\x1a"),
    "cargo_progress": (PROGRESS.format(count=1, notice="", rows=ROW.format(1) + STEP),
                       PROGRESS.format(count=2, notice="<ntceInfo>[N00] 2</ntceInfo>", rows=ROW.format(1) + ROW.format(2))),
    "terminal_event": (sent(COARRI, CODECO), sent(COARRI).replace("'", "'\r\n"), CODECO, sent(COARRI).replace("'", "\n").replace(":", "%").replace("UNB", "UNA%+.? \nUNB", 1),
                       sent(COARRI).translate(str.maketrans("'+:", "\x1c\x1d\x1f")), sent(COARRI) + "UNA:*.? ~" + sent(CODECO).replace("+", "*").replace("'", "~"),
                       "UNH+1+BAPLIE'LOC+147+01'EQD+CN+CSQU3054383'EQD+CN+MSKU1234569'LOC+147+02'EQD+CN+CSQU3054384'CNT+16:1'LOC+147+03'EQD+CN+A'UNT+8+1'"),
    "carrier_event": (json.dumps(EVENTS, indent=2), json.dumps({"events": EVENTS}), lines(*EVENTS), json.dumps(EVENT, indent=2), lines(EVENT)),
    "air_waybill": (MASTER,),
    "clearance_list": (lines({"list_no": "AE02312600001167", "line": 1, "submitted_at": "2026-01-05T09:12:00+09:00"}),),
    "courier": (lines(PARCEL, {"record_type": "event", "tracking_no": "T-1", "event_code": "ARRIVED", "event_at": "2026-01-05T09:12:00+09:00"}),),
    "order": (lines({"order_no": "O1", "market_code": "D1", "ordered_at": "2026-01-05T09:12:00+09:00"}),),
    "baggage": (lines({"bag_tag": "0988123456", "arrived_at": "2026-01-05T09:12:00+09:00"}),),
    "screening": (lines({"screening_id": "X1", "captured_at": "2026-01-05T09:12:00+09:00", "subject": {"ref": "C"}}),),
    "party_registry": ("customs_id,kind,name_ko,updated_on\n가나다라1234567,importer,\"가\n나\",2026-01-02\n가나다라1234568,importer,'다,2026-01-02\n",),
    "watchlist": (UN, f"{SDN.format(36)}\n{SDN.format(37)}\r\n\x1a", '36,12,"aka","OTHER",-0- \n', '36,25,"ROAD","TOWN","LAND",-0- \n',
                  "entry_id,kind,name,aliases,country,reason\nL1,Entity,Firm,A; B|C,CN,why\nL2,vessel,Ship,,,\n"),
    "tariff": ("\ufeffhs10,regime_code,country,valid_from,rate_percent\n8518300000,A,,2026-01-01,8\n8518300000,FCN1,CN,2026-01-01,0\n",),
    "exchange_rate": ('currency,valid_from,krw_per_unit\nUSD,2026-01-04,"1,412.35"\nEUR,2026-01-04,1600\n',),
    "outcome": (lines({"outcome_id": "O1", "subject": {"kind": "declaration", "ref": "A"}, "inspected_at": "2026-06-01T10:00:00+09:00", "result": "clean"}),),
}


def samples(shared: Path) -> dict[str, list[str]]:
    """Other people's messages, by feed."""
    folder = shared / "samples"
    places = {"declaration": "kcs-929/*.xml", "cargo_progress": "unipass/*.xml", "terminal_event": "edifact/*.edi", "carrier_event": "dcsa-tnt/*.json",
              "air_waybill": "cargo-xml/*.xml", "watchlist": "watchlist/*.*"}
    return {feed: [path.read_text(encoding="utf-8", errors="replace") for path in sorted(folder.glob(place))] for feed, place in places.items()}
