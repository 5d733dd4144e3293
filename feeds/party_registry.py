"""Feed `party_registry`: firms known to customs (CSV), sent as changes; the newest update of a firm counts."""

from feeds.feed import Feed, Mention
from feeds.readers import csv_rows
from lakehouse.field import Field, fields, string
from lakehouse.text import Text

KINDS = ("importer", "broker", "forwarder", "courier", "seller", "warehouse")
STATUSES = ("active", "suspended", "closed")

FIELDS = fields(
    string("customs_id", "customs_id", "통관고유부호", "Customs identifier", required=True),
    Field("kind", "string", Text("업체 구분", "Kind of firm"), "kind", allowed=KINDS),
    string("name_ko", "name_ko", "상호", "Name, Korean"),
    string("name_en", "name_en", "영문 상호", "Name, English"),
    string("business_no", "business_no", "사업자등록번호", "Business registration number"),
    string("aeo_grade", "aeo_grade", "AEO 등급", "AEO grade"),
    Field("established_on", "date", Text("설립일", "Date of establishment"), "established_on"),
    string("address", "address", "주소", "Address"),
    string("representative", "representative", "대표자", "Representative"),
    Field("status", "string", Text("상태", "Status"), "status", allowed=STATUSES),
    Field("updated_on", "date", Text("갱신일", "Date of the update"), "updated_on", required=True),
)

FEED = Feed(
    name="party_registry",
    text=Text("업체 등록부", "Party registry"),
    sender=Text("관세청 등록부", "Customs registry"),
    form="CSV",
    key=("customs_id",),
    fields=FIELDS,
    read=csv_rows.reader(lambda: FIELDS),
    count=csv_rows.count,
    parted="rows",
    issued_at="CAST(updated_on AS TIMESTAMP)",
    findings=(
        ("name.none", "name_ko IS NULL AND name_en IS NULL"),
        # The registry is of firms; a pseudonym in its key stands for the code of a person.
        ("party.person", "customs_id LIKE '~%'"),
        ("established.future", "established_on > updated_on"),
        ("updated.future", "CAST(updated_on AS TIMESTAMP) > known_at"),
    ),
    mentions=(Mention("party", "coalesce(name_ko, name_en)", "customs_id", also="business_no", address="address", country="CASE WHEN NOT kind <=> 'seller' THEN 'KR' END"),),
)
