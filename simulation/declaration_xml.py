"""Import declarations in the form GOVCBR929, the WCO Data Model profile of Korea customs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

NAMESPACE = "urn:kr:gov:kcs:data:standard:KCS_DeclarationOfIMP_929SchemaModule:1:0"
Row = Mapping[str, Any]
UNIT_OF_MODE = ("FC", "LC", "ETC")


def declaration_xml(row: Row, items: Sequence[Row], encoding: str = "UTF-8") -> str:
    """Write one declaration; texts in `row` and `items` are escaped already, amounts are final."""
    equipment = "".join(
        f"<wco:TransportEquipment><wco:SequenceNumeric>{place:03d}</wco:SequenceNumeric><wco:ID>{number}</wco:ID>"
        "</wco:TransportEquipment>"
        for place, number in enumerate(row["containers"], 1)
    )
    return (
        f'<?xml version="1.0" encoding="{encoding}"?>\n'
        f'<wco:Declaration xmlns:wco="{NAMESPACE}" xmlns:kcs="{NAMESPACE}">'
        f"{_head(row)}{_market(row)}{_totals(row, items)}{_shipment(row, items)}{_parties(row)}{equipment}</wco:Declaration>\n"
    )


def _head(row: Row) -> str:
    return (
        f"<wco:DeclarationOfficeID>{row['office']}{row['section']}</wco:DeclarationOfficeID>"
        f"<wco:ID>{row['declaration_no']}</wco:ID>"
        f'<wco:InvoiceAmount currencyID="{row["currency_code"]}">{row["invoice"]:.2f}</wco:InvoiceAmount>'
        f"<wco:IssueDateTime>{row['issued_on']}</wco:IssueDateTime>"
        f'<wco:TotalGrossMassMeasure kcsUnitCode="KG">{row["declared_gross_kg"]:.1f}</wco:TotalGrossMassMeasure>'
        f'<wco:TotalPackageQuantity kcsUnitCode="{row["package_unit"]}">{row["declared_packages"]}'
        "</wco:TotalPackageQuantity>"
        "<wco:TypeCode>GOVCBR929</wco:TypeCode><wco:TransactionNatureCode>11</wco:TransactionNatureCode>"
        f"<kcs:ResponseTypeCode>AB</kcs:ResponseTypeCode><kcs:PaymentTypeCode>{row['payment']}</kcs:PaymentTypeCode>"
        "<wco:AdditionalCode>"
        f"<kcs:CertificateOfOriginIndicatorCode>{row['certificate_flag']}</kcs:CertificateOfOriginIndicatorCode>"
        "<kcs:ValueDeclarationFormIndicatorCode>Y</kcs:ValueDeclarationFormIndicatorCode></wco:AdditionalCode>"
        f"{_relation(row)}<wco:BorderTransportMeans><wco:ArrivalDateTime>{row['declared_arrival_on']}</wco:ArrivalDateTime>"
        f"<wco:Name>{row['craft']}</wco:Name>"
        f"<wco:RegistrationNationalityID>{row['flag']}</wco:RegistrationNationalityID>"
        f"<wco:TypeCode>{4 if row['is_air'] else 1}</wco:TypeCode></wco:BorderTransportMeans>"
        f"<wco:CurrencyExchange><wco:RateNumeric>{row['rate_krw']:.4f}</wco:RateNumeric></wco:CurrencyExchange>"
        f"<wco:CustomsProcedure><kcs:ProcessTypeCode>{row['process']}</kcs:ProcessTypeCode>"
        "<kcs:TypeCode>K</kcs:TypeCode></wco:CustomsProcedure>"
    )


def _relation(row: Row) -> str:
    code = row.get("relation_code")
    return f'<wco:AdditionalInformation><wco:StatementCode name="257">{code}</wco:StatementCode></wco:AdditionalInformation>' if code else ""


def _market(row: Row) -> str:
    """Where the goods were bought: the marketplace, the seller there and the orders of a parcel; nothing for other cargo."""
    if not row.get("market_code"):
        return ""
    orders = "".join(
        f"<wco:PreviousDocument><wco:ID>{number}</wco:ID><wco:SequenceNumeric>{place:02d}</wco:SequenceNumeric></wco:PreviousDocument>"
        for place, number in enumerate(row.get("order_nos", ()), 1)
    )
    return (
        "<wco:Consignment><wco:AdditionalInformation><wco:StatementTypeCode>A</wco:StatementTypeCode></wco:AdditionalInformation>"
        f"<wco:Agent><wco:ID>{row['market_code']}</wco:ID><wco:Name>{row['market_name']}</wco:Name></wco:Agent>"
        f"<wco:Exporter><wco:ID>{row['seller_id']}</wco:ID><wco:Name>{row['seller_name']}</wco:Name></wco:Exporter>{orders}</wco:Consignment>"
    )


def _fee(code: str, amount: float, before: str = "", after: str = "") -> str:
    return (
        f"<wco:DutyTaxFee>{before}<wco:TypeCode>{code}</wco:TypeCode>{after}<wco:Payment>"
        f"<wco:TaxAssessedAmount>{amount:.0f}</wco:TaxAssessedAmount></wco:Payment></wco:DutyTaxFee>"
    )


def _bases(krw: float, usd: float) -> str:
    return (
        f'<wco:AdValoremTaxBaseAmount currencyID="KRW">{krw:.0f}</wco:AdValoremTaxBaseAmount>'
        f'<wco:AdValoremTaxBaseAmount currencyID="USD">{usd:.0f}</wco:AdValoremTaxBaseAmount>'
    )


def _totals(row: Row, items: Sequence[Row]) -> str:
    duty, vat = sum(item["duty_krw"] for item in items), sum(item["vat_krw"] for item in items)
    taxed = sum(item["vat_base_krw"] for item in items if item["is_taxable"])
    exempt = sum(item["vat_base_krw"] for item in items if not item["is_taxable"])
    bases = _bases(sum(item["base_krw"] for item in items), sum(item["base_usd"] for item in items))
    vat_bases = (
        f"<kcs:TotalVATBaseAmount>{taxed:.0f}</kcs:TotalVATBaseAmount>"
        f"<kcs:TotalVATExemptionBaseAmount>{exempt:.0f}</kcs:TotalVATExemptionBaseAmount>"
    )
    return _fee("CUD", duty, bases) + _fee("VAT", vat) + _fee("5CZ", duty + vat, after=vat_bases)


def _shipment(row: Row, items: Sequence[Row]) -> str:
    return (
        f"<wco:GoodsShipment><wco:ExportationCountryCode>{row['export_code']}</wco:ExportationCountryCode>"
        f"<wco:Agent><wco:ID>{row['forwarder_sign']}</wco:ID><wco:Name>{row['forwarder_name']}</wco:Name></wco:Agent>"
        f"<wco:AdditionalDocument><wco:Authenticator><wco:ID>{row['supplier_id']}</wco:ID>"
        f"<wco:Name>{row['supplier_name']}</wco:Name><wco:Address><wco:CountryCode>{row['supplier_country']}"
        "</wco:CountryCode></wco:Address></wco:Authenticator></wco:AdditionalDocument>"
        f"<wco:Consignment><wco:Carrier><wco:ID>{row['carrier_sign']}</wco:ID></wco:Carrier>{_express(row)}"
        f"<wco:TransportContractDocument><wco:ID>{row['house_bl']}</wco:ID><wco:TypeCode>714</wco:TypeCode>"
        "</wco:TransportContractDocument>"
        f"<wco:TransportContractDocument><wco:ID>{row['master_bl']}</wco:ID><wco:TypeCode>704</wco:TypeCode>"
        "</wco:TransportContractDocument><wco:TransportEquipment>"
        f"<wco:CharacteristicCode>{UNIT_OF_MODE[row['mode']]}</wco:CharacteristicCode></wco:TransportEquipment>"
        f"<wco:UnloadingLocation><wco:ID>{row['locode']}</wco:ID></wco:UnloadingLocation></wco:Consignment>"
        "<wco:CustomsValuation>"
        f'<wco:ExitToEntryChargeAmount currencyID="KRW">{row["insurance_krw"]:.0f}</wco:ExitToEntryChargeAmount>'
        f'<wco:FreightChargeAmount currencyID="KRW">{row["freight_krw"]:.0f}</wco:FreightChargeAmount>'
        f"</wco:CustomsValuation>{''.join(_item(row, item) for item in items)}"
        f"<wco:Seller><wco:ID>{row['seller_id']}</wco:ID><wco:Name>{row['seller_name']}</wco:Name><wco:Address>"
        f"<wco:CountryCode>{row['seller_country']}</wco:CountryCode></wco:Address></wco:Seller>"
        f"<wco:TradeTerms><wco:ConditionCode>{row['terms']}</wco:ConditionCode>"
        f"<kcs:SettlementConditionCode>{row['settlement']}</kcs:SettlementConditionCode></wco:TradeTerms>"
        f"<wco:UCR><kcs:CustomsAssignedReferenceID>{row['cargo_control_no']}</kcs:CustomsAssignedReferenceID></wco:UCR>"
        f"<wco:Warehouse><wco:ArrivalDateTime>{row['carried_in_on']}</wco:ArrivalDateTime>"
        f"<wco:ID>{row['shed_code']}</wco:ID></wco:Warehouse></wco:GoodsShipment>"
        f"<wco:GovernmentProcedure><wco:CurrentCode>{row['plan']}</wco:CurrentCode></wco:GovernmentProcedure>"
    )


def _express(row: Row) -> str:
    return f"<wco:Express><kcs:ID>{row['courier_code']}</kcs:ID></wco:Express>" if row.get("courier_code") else ""


def _item(row: Row, item: Row) -> str:
    unit = item["unit"]
    vat_base = "VATBaseAmount" if item["is_taxable"] else "VATExemptionBaseAmount"
    is_preferred = item["regime"].startswith("F")
    vat_base_text = f"<kcs:{vat_base}>{item['vat_base_krw']:.0f}</kcs:{vat_base}>"
    rule = "<wco:RuleCode>A</wco:RuleCode>" if is_preferred else ""
    duty = (
        f"<wco:DutyRegimeCode>{item['regime']}</wco:DutyRegimeCode>"
        f"<wco:TaxRateNumeric>{item['rate']:.2f}</wco:TaxRateNumeric>"
    )
    return (
        f"<wco:GovernmentAgencyGoodsItem><wco:SequenceNumeric>{item['seq']:03d}</wco:SequenceNumeric><wco:Commodity>"
        f"<wco:CargoDescription>{item['trade_name']}</wco:CargoDescription>"
        f'<wco:CountQuantity kcsUnitCode="{unit}">{item["quantity"]:g}</wco:CountQuantity>'
        f"<wco:Description>{item['standard_name']}</wco:Description>"
        f"{_certificate(row, item) if is_preferred and row['certificate_flag'] == 'Y' else ''}"
        f"<wco:Classification><wco:ID>{item['hs10']}</wco:ID></wco:Classification>"
        f'<wco:DetailedCommodity><wco:SequenceNumeric>01</wco:SequenceNumeric><wco:CountQuantity kcsUnitCode="{unit}">'
        f"{item['quantity']:g}</wco:CountQuantity><wco:Description>{item['model']}</wco:Description>"
        f"<kcs:UnitPriceAmount>{item['unit_price']:.4f}</kcs:UnitPriceAmount>"
        f"<kcs:ValueAmount>{item['value']:.2f}</kcs:ValueAmount></wco:DetailedCommodity>"
        f"{_fee('CUD', item['duty_krw'], _bases(item['base_krw'], item['base_usd']) + duty)}"
        f"{_fee('VAT', item['vat_krw'], after=vat_base_text)}"
        '</wco:Commodity><wco:GoodsMeasure><wco:NetNetWeightMeasure kcsUnitCode="KG">'
        f"{item['declared_net_kg']:.1f}</wco:NetNetWeightMeasure></wco:GoodsMeasure>"
        f"<wco:Origin><wco:CountryCode>{item['origin_code']}</wco:CountryCode>{rule}<wco:OriginDescription>"
        "<kcs:DisplayIndicatorCode>Y</kcs:DisplayIndicatorCode></wco:OriginDescription></wco:Origin>"
        "</wco:GovernmentAgencyGoodsItem>"
    )


def _certificate(row: Row, item: Row) -> str:
    used = item["declared_net_kg"]
    return (
        f"<wco:CertificateOfOrigin><kcs:CriteriaCode>01</kcs:CriteriaCode><kcs:IssueDateTime>{row['certified_on']}"
        f"</kcs:IssueDateTime><kcs:IssueID>{row['certificate_no']}</kcs:IssueID>"
        f"<kcs:IssueLocationCode>{row['certificate_code']}</kcs:IssueLocationCode>"
        f"<kcs:TotalGrossMassMeasure>{used / row['certificate_overuse']:.1f}</kcs:TotalGrossMassMeasure>"
        f"<kcs:UsageGrossMassMeasure>{used:.1f}</kcs:UsageGrossMassMeasure></wco:CertificateOfOrigin>"
    )


def _parties(row: Row) -> str:
    # A firm pays under its number and is called at its office; a person has neither.
    business = f'<wco:ID schemeAgencyID="ZZZ">{row["payer_business_no"]}</wco:ID>' if row["payer_business_no"] else ""
    line = f"<wco:Line>{row['payer_address']}</wco:Line>" if row.get("payer_address") else ""
    phone = row.get("payer_mobile") or f"02-555-{row['payer_phone']}"
    return (
        f"<wco:Importer><wco:ID>{row['importer_code']}</wco:ID><wco:Name>{row['importer_name']}</wco:Name>"
        f"<wco:RoleCode>A</wco:RoleCode></wco:Importer><wco:Submitter><wco:Name>{row['broker_name']}</wco:Name>"
        f"</wco:Submitter><wco:Payer>{business}"
        f'<wco:ID schemeAgencyID="380">{row["payer_code"]}</wco:ID><wco:ID schemeAgencyID="KTS">0001</wco:ID>'
        f"<wco:Name>{row['payer_name']}</wco:Name><wco:RoleCode>01</wco:RoleCode>"
        f"<wco:Address>{line}<wco:PostcodeID>{row['payer_postcode']}</wco:PostcodeID></wco:Address>"
        f"<wco:Communication><wco:TypeID>TE</wco:TypeID><wco:ID>{phone}</wco:ID>"
        "</wco:Communication></wco:Payer>"
    )
