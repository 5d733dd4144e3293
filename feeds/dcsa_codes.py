"""Codes of DCSA Track & Trace 2.2 and 3.0, and the words of those that say what happened."""

from feeds.expressions import table

TYPES = ("EQUIPMENT", "TRANSPORT", "SHIPMENT", "IOT", "REEFER")
# What happens to goods and means of transport, and what becomes of documents.
MOVES = table("""
    LOAD=선적=loaded
    DISC=양하=discharged
    GTIN=게이트 반입=gated in
    GTOT=게이트 반출=gated out
    STUF=적입=stuffed
    STRP=적출=stripped
    PICK=인수=picked up
    DROP=반납=dropped off
    INSP=검사=inspected
    RSEA=재봉인=resealed
    RMVD=제거=removed
    AVDO=반납 가능=available for drop-off
    AVPU=인수 가능=available for pick-up
    CROS=국경 통과=crossed the border
    CUSI=세관 검사 선별=selected by customs for inspection
    CUSS=세관 검색기검사 선별=selected by customs for a scan
    CUSR=세관 수리=released by customs
    ARRI=도착=arrived
    DEPA=출발=departed
    DETC=감지=detected
    MEAS=측정=measured
    ADJU=설정 변경=adjusted""")
PAPERS = table("""
    RECE=접수=received
    DRFT=초안=drafted
    PENA=승인 대기=pending approval
    PENU=갱신 대기=pending update
    PENM=변경 대기=pending amendment
    REJE=반려=rejected
    APPR=승인=approved
    ISSU=발행=issued
    SURR=회수=surrendered
    SUBM=제출=submitted
    VOID=무효=voided
    CONF=확정=confirmed
    REQS=요청=requested
    CMPL=완료=completed
    HOLD=보류=on hold
    RELS=해제=released
    DECL=거절=declined
    CANC=취소=cancelled
    CARE=취소 접수=cancellation received
    CACF=취소 확정=cancellation confirmed
    CADC=취소 거절=cancellation declined
    AMRE=변경 접수=amendment received
    AMPR=변경 처리 중=amendment in progress
    AMCF=변경 확정=amendment confirmed
    AMCN=변경 취소=amendment cancelled
    AMDC=변경 거절=amendment declined
    UPRE=갱신 접수=update received
    UPDT=갱신 처리 중=update in progress
    UPCF=갱신 확정=update confirmed
    UPCN=갱신 취소=update cancelled
    UPDC=갱신 거절=update declined
    PSAM=변경용 회수 대기=pending surrender for amendment
    PSDL=인도용 회수 대기=pending surrender for delivery
    SUAM=변경용 회수=surrendered for amendment
    SUDL=인도용 회수=surrendered for delivery""")
WORDS = MOVES | PAPERS
CLASSIFIERS = ("PLN", "EST", "ACT")
_DOCUMENT_CODES = "AMF ARN BKG BOK CAS CBR CEA CEO CQU CRO CUC CUS DEI DEO DGD FCE HCE ICE INV OOG PCE PFD SHI SRM TRD TRO VCE VGM"
DOCUMENT_TYPES = frozenset(_DOCUMENT_CODES.split())
SEAL_SOURCES = ("CAR", "CNS", "CST", "CUS", "PHY", "SHI", "TER", "VET")
MODES = ("VESSEL", "RAIL", "TRUCK", "BARGE", "MULTIMODAL")
