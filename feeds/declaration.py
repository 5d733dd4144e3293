"""Feed `declaration`: KCS GOVCBR929 import declarations (XML, WCO Data Model profile), one a message."""

from feeds.feed import Event, Feed, Mention
from feeds.readers.xml_messages import one_record
from lakehouse.field import Field, fields
from lakehouse.text import Text

NAMESPACE = "urn:kr:gov:kcs:data:standard:KCS_DeclarationOfIMP_929SchemaModule:1:0"
_BILL = "GoodsShipment/Consignment/TransportContractDocument[normalize-space(TypeCode)='{}']/ID"


def _s(name: str, source: str, ko: str, en: str, required: bool = False) -> Field:
    return Field(name, "string", Text(ko, en), source, required)


def _n(name: str, source: str, ko: str, en: str, strict: bool = False) -> Field:
    return Field(name, "double", Text(ko, en), source, strict=strict)


_DUTY = "Commodity/DutyTaxFee[normalize-space(TypeCode)='{}']"
_DETAIL = fields(
    _s("sequence", "SequenceNumeric", "규격번호", "Model line number"),
    _s("description", "Description", "모델·규격", "Model and specification"),
    _n("quantity", "CountQuantity", "수량", "Quantity"),
    _s("quantity_unit", "CountQuantity/@kcsUnitCode", "수량단위", "Unit of the quantity"),
    _n("unit_price", "UnitPriceAmount", "단가", "Unit price, in the invoice currency"),
    _n("amount", "ValueAmount", "금액", "Amount, in the invoice currency"),
)
_ITEM = fields(
    _s("sequence", "SequenceNumeric", "란번호", "Item number"),
    _s("hs_code", "Commodity/Classification/ID", "세번부호", "HS code, 10 digits"),
    _s("cargo_description", "Commodity/CargoDescription", "거래품명", "Trade description"),
    _s("description", "Commodity/Description", "품명", "Description"),
    _s("brand", "Commodity/Name", "상표명", "Brand"),
    _n("quantity", "Commodity/CountQuantity", "수량", "Quantity"),
    _s("quantity_unit", "Commodity/CountQuantity/@kcsUnitCode", "수량단위", "Unit of the quantity"),
    _n("net_mass", "GoodsMeasure/NetNetWeightMeasure", "순중량", "Net mass"),
    _s("net_mass_unit", "GoodsMeasure/NetNetWeightMeasure/@kcsUnitCode", "순중량 단위", "Unit of the net mass"),
    _s("origin_country", "Origin/CountryCode", "원산지", "Country of origin"),
    _s("origin_rule_code", "Origin/RuleCode", "원산지결정기준", "Origin criterion"),
    _s("origin_marking_code", "Origin/OriginDescription/DisplayIndicatorCode", "원산지 표시유무", "Origin marked"),
    _n("value_krw", _DUTY.format("CUD") + "/AdValoremTaxBaseAmount[@currencyID='KRW']", "과세가격(원)", "Customs value, KRW"),
    _n("value_usd", _DUTY.format("CUD") + "/AdValoremTaxBaseAmount[@currencyID='USD']", "과세가격(미화)", "Customs value, USD"),
    _s("regime_code", _DUTY.format("CUD") + "/DutyRegimeCode", "관세율구분", "Duty regime"),
    _n("duty_rate_percent", _DUTY.format("CUD") + "/TaxRateNumeric", "관세율", "Duty rate, percent"),
    _n("duty_krw", _DUTY.format("CUD") + "/Payment/TaxAssessedAmount", "관세액", "Duty, KRW"),
    _n("vat_krw", _DUTY.format("VAT") + "/Payment/TaxAssessedAmount", "부가세액", "VAT, KRW"),
    _s("certificate_no", "Commodity/CertificateOfOrigin/IssueID", "원산지증명서 발행번호", "Certificate of origin number"),
    _s("certificate_country", "Commodity/CertificateOfOrigin/IssueLocationCode", "원산지증명서 발행국", "Where the certificate was issued"),
    _n("certificate_total_kg", "Commodity/CertificateOfOrigin/TotalGrossMassMeasure", "원산지증명서 전체중량", "Mass the certificate covers, kg"),
    _n("certificate_used_kg", "Commodity/CertificateOfOrigin/UsageGrossMassMeasure", "원산지증명서 사용중량", "Mass used of it here, kg"),
    Field("details", "list", Text("규격", "Model lines"), "Commodity/DetailedCommodity", items=_DETAIL),
)
FIELDS = fields(
    _s("declaration_no", "ID", "신고번호", "Declaration number", required=True),
    _s("declaration_office_id", "DeclarationOfficeID", "신고세관·과", "Clearance office 3 digits and section 2", required=True),
    Field("issued_on", "date", Text("신고일자", "Date of declaration"), "IssueDateTime", required=True),
    _s("type_code", "TypeCode", "문서형태", "Document type"),
    _n("invoice_amount", "InvoiceAmount", "결제금액", "Invoice amount", strict=True),
    _s("invoice_currency", "InvoiceAmount/@currencyID", "결제통화", "Invoice currency"),
    _n("total_gross_mass", "TotalGrossMassMeasure", "총중량", "Total gross mass", strict=True),
    _s("total_gross_mass_unit", "TotalGrossMassMeasure/@kcsUnitCode", "총중량 단위", "Unit of the gross mass"),
    _n("total_packages", "TotalPackageQuantity", "총포장개수", "Packages", strict=True),
    _s("package_code", "TotalPackageQuantity/@kcsUnitCode", "포장종류", "Kind of package"),
    _s("transaction_code", "TransactionNatureCode", "거래구분", "Kind of transaction"),
    _s("payment_code", "PaymentTypeCode", "징수형태", "Kind of payment"),
    _s("certificate_of_origin", "AdditionalCode/CertificateOfOriginIndicatorCode", "원산지증명서 유무", "Certificate of origin given"),
    _s("split_reason_code", "AdditionalCode/BillOfLadingSplitCode", "B/L분할사유", "Reason of a split bill"),
    _s("relation_code", "AdditionalInformation/StatementCode[@name='257']", "거래관계", "Relation of buyer and seller"),
    _s("purchasing_agent_name", "Agent/Name", "구매·배송대행업자", "Purchasing or forwarding agent"),
    _s("purchasing_agent_id", "Agent/RegistrationID", "구매·배송대행업자 부호", "Code of the purchasing agent"),
    Field("arrived_on", "date", Text("입항일자", "Date of arrival declared"), "BorderTransportMeans/ArrivalDateTime"),
    _s("vessel_name", "BorderTransportMeans/Name", "선(기)명", "Vessel or flight"),
    _s("vessel_country", "BorderTransportMeans/RegistrationNationalityID", "선(기)국적", "Flag"),
    _s("transport_mode", "BorderTransportMeans/TypeCode", "운송수단", "Mode of transport"),
    _n("exchange_rate", "CurrencyExchange/RateNumeric", "환율", "Exchange rate"),
    Field("process_code", "string", Text("신고구분", "How it is processed, set by the system"), "CustomsProcedure/ProcessTypeCode", echo=True),
    _s("import_type_code", "CustomsProcedure/TypeCode", "수입종류", "Import type"),
    _s("procedure_code", "GovernmentProcedure/CurrentCode", "통관계획", "Clearance plan"),
    _s("ecommerce_code", "Consignment/AdditionalInformation/StatementTypeCode", "전자상거래유형", "Kind of e-commerce"),
    _s("market_code", "Consignment/Agent/ID", "판매중개자 부호", "Marketplace code"),
    _s("market_name", "Consignment/Agent/Name", "판매중개자", "Marketplace"),
    _s("exporter_id", "Consignment/Exporter/ID", "해외판매자 부호", "Overseas seller code"),
    _s("exporter_name", "Consignment/Exporter/Name", "해외판매자", "Overseas seller"),
    Field("order_nos", "array<string>", Text("주문번호", "Order numbers"), "Consignment/PreviousDocument/ID"),
    _n("total_duty_krw", "DutyTaxFee[normalize-space(TypeCode)='CUD']/Payment/TaxAssessedAmount", "총관세", "Total duty, KRW"),
    _n("total_vat_krw", "DutyTaxFee[normalize-space(TypeCode)='VAT']/Payment/TaxAssessedAmount", "총부가세", "Total VAT, KRW"),
    _n("total_tax_krw", "DutyTaxFee[normalize-space(TypeCode)='5CZ']/Payment/TaxAssessedAmount", "총세액", "Total tax, KRW"),
    _n("total_value_krw", "DutyTaxFee[normalize-space(TypeCode)='CUD']/AdValoremTaxBaseAmount[@currencyID='KRW']", "총과세가격(원)", "Total customs value, KRW"),
    _s("export_country", "GoodsShipment/ExportationCountryCode", "적출국", "Country of dispatch"),
    _s("forwarder_id", "GoodsShipment/Agent/ID", "운송주선인 부호", "Forwarder code"),
    _s("forwarder_name", "GoodsShipment/Agent/Name", "운송주선인", "Forwarder"),
    _s("supplier_id", "GoodsShipment/AdditionalDocument/Authenticator/ID", "해외공급자 부호", "Overseas supplier code"),
    _s("supplier_name", "GoodsShipment/AdditionalDocument/Authenticator/Name", "해외공급자", "Overseas supplier"),
    _s("supplier_country", "GoodsShipment/AdditionalDocument/Authenticator/Address/CountryCode", "해외공급자 국가", "Country of the supplier"),
    _s("carrier_id", "GoodsShipment/Consignment/Carrier/ID", "운수기관", "Carrier code"),
    _s("courier_id", "GoodsShipment/Consignment/Express/ID", "특송업체", "Express courier code"),
    _s("house_bl", _BILL.format("714"), "H B/L", "House bill or HAWB"),
    _s("master_bl", _BILL.format("704"), "M B/L", "Master bill or MAWB"),
    _s("unloading_port", "GoodsShipment/Consignment/UnloadingLocation/ID", "국내도착항", "Port of unloading"),
    _n("insurance", "GoodsShipment/CustomsValuation/ExitToEntryChargeAmount", "보험료", "Insurance"),
    _s("insurance_currency", "GoodsShipment/CustomsValuation/ExitToEntryChargeAmount/@currencyID", "보험료 통화", "Currency of the insurance"),
    _n("freight", "GoodsShipment/CustomsValuation/FreightChargeAmount", "운임", "Freight"),
    _s("freight_currency", "GoodsShipment/CustomsValuation/FreightChargeAmount/@currencyID", "운임 통화", "Currency of the freight"),
    Field("items", "list", Text("란", "Goods items"), "GoodsShipment/GovernmentAgencyGoodsItem", items=_ITEM),
    _s("seller_id", "GoodsShipment/Seller/ID", "해외거래처 부호", "Seller code"),
    _s("seller_name", "GoodsShipment/Seller/Name", "해외거래처", "Seller"),
    _s("seller_country", "GoodsShipment/Seller/Address/CountryCode", "해외거래처 국가", "Country of the seller"),
    _s("terms_code", "GoodsShipment/TradeTerms/ConditionCode", "인도조건", "Terms of delivery"),
    _s("cargo_control_no", "GoodsShipment/UCR/CustomsAssignedReferenceID", "화물관리번호", "Cargo control number"),
    Field("carried_in_on", "date", Text("반입일자", "Date carried in"), "GoodsShipment/Warehouse/ArrivalDateTime"),
    _s("warehouse_id", "GoodsShipment/Warehouse/ID", "장치장", "Shed"),
    _s("importer_id", "Importer/ID", "수입자 통관고유부호", "Importer's customs code"),
    _s("importer_name", "Importer/Name", "수입자", "Importer"),
    _s("importer_role", "Importer/RoleCode", "수입자 구분", "Kind of importer"),
    _s("declarant_name", "Submitter/Name", "신고인(관세사)", "Declarant (broker)"),
    _s("payer_id", "Payer/ID[@schemeAgencyID='380']", "납세의무자 통관고유부호", "Payer's customs code"),
    _s("payer_name", "Payer/Name", "납세의무자", "Payer"),
    _s("payer_address", "Payer/Address/Line", "납세의무자 주소", "Payer's address"),
    _s("payer_postcode", "Payer/Address/PostcodeID", "납세의무자 우편번호", "Payer's postcode"),
    Field("container_nos", "array<string>", Text("컨테이너 번호", "Container numbers"), "TransportEquipment/ID"),
)

FEED = Feed(
    name="declaration",
    text=Text("수입신고서(929)", "Import declaration (929)"),
    sender=Text("관세사", "Customs broker"),
    form="KCS GOVCBR929 XML",
    key=("declaration_no",),
    # The broker's code: its name is a person's too.
    sent_by="substr(declaration_no, 1, 5)",
    fields=FIELDS,
    read=one_record("Declaration", NAMESPACE, lambda: FIELDS),
    count=lambda text: 1,
    issued_at="CAST(issued_on AS TIMESTAMP)",
    findings=(
        ("weight.unit", "total_gross_mass_unit NOT IN ('KG', 'KGM', 'G', 'GRM', 'T', 'TNE', 'TON', 'LB', 'LBR')"),
        ("items.none", "items IS NULL OR size(items) = 0"),
    ),
    events=(
        Event("declared", "known_at", Text("수입신고 {declaration_no}: {office} 세관, 총중량 {mass}㎏", "Declared {declaration_no} at office {office}, gross mass {mass} kg"),
              place="substr(declaration_office_id, 1, 3)",
              uses=("declaration_no=declaration_no", "office=substr(declaration_office_id, 1, 3)", "mass=format_number(total_gross_mass, 1)")),
    ),
    mentions=(
        Mention("importer", "importer_name", "importer_id", country="'KR'"),
        Mention("payer", "payer_name", "payer_id", address="payer_address", postcode="payer_postcode", country="'KR'"),
        Mention("seller", "seller_name", "seller_id", country="seller_country"),
        Mention("supplier", "supplier_name", "supplier_id", country="supplier_country"),
        Mention("exporter", "exporter_name", "exporter_id"),
        Mention("forwarder", "forwarder_name", "forwarder_id", country="'KR'"),
        Mention("broker", "declarant_name", "substr(declaration_no, 1, 5)", country="'KR'"),
    ),
)
