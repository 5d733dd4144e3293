"""Refusals that any feed may give; a feed's own stand in its file."""

from feeds.feed import Refusal
from lakehouse.text import Text

COMMON = (
    Refusal("file.empty", Text("빈 파일입니다.", "The file is empty.")),
    Refusal("file.unreadable", Text("파일을 읽을 수 없습니다: {detail}", "The file cannot be read: {detail}")),
    Refusal("archive.unreadable", Text("압축을 풀 수 없습니다: {detail}", "The archive cannot be opened: {detail}")),
    Refusal("archive.bounds", Text("압축 한도를 넘었습니다: {detail}", "The archive exceeds a bound: {detail}")),
    Refusal("archive.nested", Text("압축 안에 압축이 있습니다: {detail}", "An archive holds another archive: {detail}")),
    Refusal("text.encoding", Text("문자 인코딩이 맞지 않습니다: {detail}", "The text does not match its encoding: {detail}")),
    Refusal("record.bounds", Text("레코드 한도를 넘었습니다: {detail}", "The record exceeds a bound: {detail}")),
    Refusal("xml.entities", Text("DTD나 엔티티는 받지 않습니다.", "A DTD or entity is not accepted.")),
    Refusal("xml.malformed", Text("XML 형식이 아닙니다: {detail}", "The XML is not well formed: {detail}")),
    Refusal("xml.form", Text("정해진 서식이 아닙니다: {detail}", "The message is of another form: {detail}")),
    Refusal("json.malformed", Text("JSON 형식이 아닙니다: {detail}", "The line is not JSON: {detail}")),
    Refusal("csv.header", Text("필요한 열이 없거나 겹칩니다: {detail}", "The file lacks a needed column or has it twice: {detail}")),
    Refusal("csv.row", Text("열 수가 머리글과 다릅니다: {detail}", "The row does not match the header: {detail}")),
    Refusal("field.missing", Text("필수 항목이 없습니다: {detail}", "A needed field is missing: {detail}")),
    Refusal("field.unreadable", Text("항목 값을 읽을 수 없습니다: {detail}", "A field cannot be read: {detail}")),
    Refusal("field.range", Text("항목 값이 허용 범위를 벗어났습니다: {detail}", "A field is out of range: {detail}")),
    Refusal("field.code", Text("허용되지 않은 부호입니다: {detail}", "A field holds an unknown code: {detail}")),
)
