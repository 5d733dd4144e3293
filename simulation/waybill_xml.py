"""Air waybills as IATA Cargo-XML 3.00: the airline's master (XFWB) and the forwarder's house (XFZB); all texts are escaped already."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

Row = Mapping[str, Any]
CREATION, UPDATE = "Creation", "Update"
_PROLOG = '<?xml version="1.0" encoding="UTF-8"?>\n'


class Issue(NamedTuple):
    """Number, time and purpose of a message."""

    number: str
    at: str
    purpose: str


class Load(NamedTuple):
    """What a waybill is about: weight, pieces, and the charges in USD with who pays them."""

    gross_kg: float
    pieces: int
    charge_usd: float
    is_prepaid: bool

    @property
    def chargeable_kg(self) -> float:
        """The weight that freight is paid for: never below a minimum."""
        return max(round(self.gross_kg * 1.04 * 2) / 2, 10.0)


def dashed(awb: str) -> str:
    """A master's number as airlines write it."""
    return f"{awb[:3]}-{awb[3:]}"


def master_xml(row: Row, issue: Issue, load: Load, departs: str, houses: int) -> str:
    """The master: consolidator to consolidator, goods as per list; `row` is one of its shipments."""
    note = "<IncludedHeaderNote><ContentCode>C</ContentCode><Content>Consolidation Shipment</Content></IncludedHeaderNote>" if houses > 1 else ""
    charge = f"{load.charge_usd:.2f}"
    return (
        f'{_PROLOG}<w:Waybill xmlns:w="iata:waybill:1" xmlns="iata:datamodel:3">'
        f"{_header(issue, 'Master Air Waybill', '741' if houses > 1 else '740', row['carrier_sign'])}"
        f"<w:BusinessHeaderDocument><ID>{dashed(row['master_bl'])}</ID>{note}</w:BusinessHeaderDocument><w:MasterConsignment>"
        f"<NilCarriageValueIndicator>true</NilCarriageValueIndicator><NilCustomsValueIndicator>true</NilCustomsValueIndicator>"
        f"<TotalChargePrepaidIndicator>true</TotalChargePrepaidIndicator>{_load(load)}"
        f"{_party('ConsignorParty', row['forwarder_latin'] + ' AGENT', row['load_port'], row['load_code'])}"
        f"{_party('ConsigneeParty', row['forwarder_latin'], 'SEOUL', 'KR')}{_route(row, departs)}"
        f"<ApplicableRating><TypeCode>F</TypeCode><IncludedMasterConsignmentItem><SequenceNumeric>1</SequenceNumeric>"
        f'<GrossWeightMeasure unitCode="KGM">{load.gross_kg:.1f}</GrossWeightMeasure><PieceQuantity>{load.pieces}</PieceQuantity>'
        f"<NatureIdentificationTransportCargo><Identification>CONSOLIDATION AS PER ATTACHED LIST</Identification>"
        f"</NatureIdentificationTransportCargo><ApplicableFreightRateServiceCharge>"
        f'<ChargeableWeightMeasure unitCode="KGM">{load.chargeable_kg:.1f}</ChargeableWeightMeasure>'
        f'<AppliedAmount currencyID="USD">{charge}</AppliedAmount></ApplicableFreightRateServiceCharge></IncludedMasterConsignmentItem>'
        f"</ApplicableRating><ApplicableTotalRating><TypeCode>F</TypeCode><ApplicablePrepaidCollectMonetarySummation>"
        f'<PrepaidIndicator>true</PrepaidIndicator><WeightChargeTotalAmount currencyID="USD">{charge}</WeightChargeTotalAmount>'
        f'<GrandTotalAmount currencyID="USD">{charge}</GrandTotalAmount></ApplicablePrepaidCollectMonetarySummation>'
        f"</ApplicableTotalRating></w:MasterConsignment></w:Waybill>\n"
    )


def house_xml(row: Row, issue: Issue, load: Load, master: Load, departs: str) -> str:
    """A house under its master: seller to importer, with goods, charges and the importer's number for customs."""
    prepaid, collect = (load.charge_usd, 0.0) if load.is_prepaid else (0.0, load.charge_usd)
    hs_code = f"<TypeCode>{row['bill_hs6']}</TypeCode>" if row["serial"] % 5 < 3 else ""
    return (
        f'{_PROLOG}<h:HouseWaybill xmlns:h="iata:housewaybill:1" xmlns="iata:datamodel:3">'
        f"{_header(issue, 'House Waybill', '703', row['forwarder_sign'])}"
        f"<h:BusinessHeaderDocument><ID>{row['house_bl']}</ID></h:BusinessHeaderDocument><h:MasterConsignment>"
        f'<IncludedTareGrossWeightMeasure unitCode="KGM">{master.gross_kg:.1f}</IncludedTareGrossWeightMeasure>'
        f"<TotalPieceQuantity>{master.pieces}</TotalPieceQuantity><TransportContractDocument><ID>{dashed(row['master_bl'])}</ID>"
        f"</TransportContractDocument><OriginLocation><ID>{row['load_port']}</ID></OriginLocation><FinalDestinationLocation>"
        f"<ID>{row['progress_code']}</ID></FinalDestinationLocation><IncludedHouseConsignment><ID>{row['house_bl']}</ID>"
        f"<NilCarriageValueIndicator>true</NilCarriageValueIndicator><NilCustomsValueIndicator>true</NilCustomsValueIndicator>"
        f"<TotalChargePrepaidIndicator>{'true' if load.is_prepaid else 'false'}</TotalChargePrepaidIndicator>"
        f'<WeightTotalChargeAmount currencyID="USD">{load.charge_usd:.2f}</WeightTotalChargeAmount>'
        f'<TotalPrepaidChargeAmount currencyID="USD">{prepaid:.2f}</TotalPrepaidChargeAmount>'
        f'<TotalCollectChargeAmount currencyID="USD">{collect:.2f}</TotalCollectChargeAmount>{_load(load)}'
        f"<SummaryDescription>{row['cargo_words']}</SummaryDescription>"
        f"{_party('ConsignorParty', row['seller_latin'], row['seller_city'], row['seller_country'])}"
        f"{_party('ConsigneeParty', row['importer_latin'], 'KOREA', 'KR', row['importer_postcode'], row['importer_phone'])}"
        f"{_party('FreightForwarderParty', row['forwarder_latin'], 'SEOUL', 'KR')}{_route(row, departs)}"
        f"<IncludedCustomsNote><ContentCode>T</ContentCode><Content>{row['importer_business_no']}</Content><SubjectCode>CNE</SubjectCode>"
        f"<CountryID>KR</CountryID></IncludedCustomsNote><IncludedHouseConsignmentItem><SequenceNumeric>1</SequenceNumeric>{hs_code}"
        f'<GrossWeightMeasure unitCode="KGM">{load.gross_kg:.1f}</GrossWeightMeasure><PieceQuantity>{load.pieces}</PieceQuantity>'
        f"<NatureIdentificationTransportCargo><Identification>{row['cargo_words']}</Identification></NatureIdentificationTransportCargo>"
        f'<ApplicableFreightRateServiceCharge><ChargeableWeightMeasure unitCode="KGM">{load.chargeable_kg:.1f}</ChargeableWeightMeasure>'
        f"</ApplicableFreightRateServiceCharge></IncludedHouseConsignmentItem></IncludedHouseConsignment></h:MasterConsignment></h:HouseWaybill>\n"
    )


def _header(issue: Issue, name: str, kind: str, sender: str) -> str:
    prefix = "h" if kind == "703" else "w"
    return (
        f"<{prefix}:MessageHeaderDocument><ID>{issue.number}</ID><Name>{name}</Name><TypeCode>{kind}</TypeCode>"
        f"<IssueDateTime>{issue.at}</IssueDateTime><PurposeCode>{issue.purpose}</PurposeCode><VersionID>3.00</VersionID>"
        f'<SenderParty><PrimaryID schemeID="C">{sender}</PrimaryID></SenderParty>'
        f'<RecipientParty><PrimaryID schemeID="C">KRCUSTOMS</PrimaryID></RecipientParty></{prefix}:MessageHeaderDocument>'
    )


def _load(load: Load) -> str:
    return (
        f'<IncludedTareGrossWeightMeasure unitCode="KGM">{load.gross_kg:.1f}</IncludedTareGrossWeightMeasure>'
        f'<GrossVolumeMeasure unitCode="MTQ">{load.chargeable_kg / 167:.3f}</GrossVolumeMeasure>'
        f"<TotalPieceQuantity>{load.pieces}</TotalPieceQuantity>"
    )


def _party(tag: str, name: str, city: str, country: str, postcode: str = "", phone: str = "") -> str:
    address = "FreightForwarderAddress" if tag == "FreightForwarderParty" else "PostalStructuredAddress"
    code = f"<PostcodeCode>{postcode}</PostcodeCode>" if postcode else ""
    contact = (f"<DefinedTradeContact><DirectTelephoneCommunication><CompleteNumber>{phone}</CompleteNumber></DirectTelephoneCommunication>"
               "</DefinedTradeContact>") if phone else ""
    return (f"<{tag}><Name>{name}</Name><{address}>{code}<CityName>{city}</CityName><CountryID>{country}</CountryID></{address}>"
            f"{contact}</{tag}>")


def _route(row: Row, departs: str) -> str:
    start, end = row["load_port"], row["progress_code"]
    return (
        f"<OriginLocation><ID>{start}</ID></OriginLocation><FinalDestinationLocation><ID>{end}</ID></FinalDestinationLocation>"
        f"<SpecifiedLogisticsTransportMovement><StageCode>Main-Carriage</StageCode><ModeCode>4</ModeCode><Mode>Air transport</Mode>"
        f"<ID>{row['craft']}</ID><SequenceNumeric>1</SequenceNumeric><UsedLogisticsTransportMeans><Name>{row['carrier_sign']}</Name>"
        f"</UsedLogisticsTransportMeans><ArrivalEvent><OccurrenceArrivalLocation><ID>{end}</ID><TypeCode>Airport</TypeCode>"
        f"</OccurrenceArrivalLocation></ArrivalEvent><DepartureEvent><ScheduledOccurrenceDateTime>{departs}</ScheduledOccurrenceDateTime>"
        f"<OccurrenceDepartureLocation><ID>{start}</ID><TypeCode>Airport</TypeCode></OccurrenceDepartureLocation></DepartureEvent>"
        f"</SpecifiedLogisticsTransportMovement>"
    )
