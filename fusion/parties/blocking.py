"""Blocking: which texts are compared at all. Each rule is a key; texts that share one are candidates, common keys within bounds."""

from dataclasses import dataclass

from lakehouse.text import Text


@dataclass(frozen=True)
class Rule:
    """A blocking rule: DuckDB SQL of its key over a text, NULL where the text has none."""

    name: str
    key: str
    text: Text


RULES: tuple[Rule, ...] = (
    Rule("customs_id", "customs_id", Text("통관고유부호", "Customs code")),
    Rule("business_no", "business_no", Text("사업자등록번호", "Business number")),
    Rule("code", "code", Text("그 밖의 부호", "Other identifier")),
    Rule("phone", "phone", Text("전화", "Phone")),
    Rule("place", "place", Text("주소", "Address")),
    Rule("words", "words", Text("이름", "Words of the name")),
    Rule("words_there", "words || '|' || coalesce(postcode, country)", Text("이름과 지역", "Words of the name with postcode or country")),
    Rule("bones", "CASE WHEN length(bones) >= 5 THEN bones END", Text("이름의 골격", "Skeletons of the words")),
    Rule("letters", "CASE WHEN length(letters) >= 6 THEN letters || '|' || coalesce(country, postcode, '') END", Text("이름의 자음과 지역", "Consonants of the name with the country")),
)
# Texts under one key of which each is compared with each; beyond it, each with those next to it by name.
_ALL_PAIRS, _NEIGHBOURS = 20, 4
# Of a party held, so many texts under a key; of a key held by more parties, none: it tells nothing of whom.
_OF_A_PARTY, PARTIES_OF_A_KEY = 3, 40
_HASH = "(md5_number_lower({}) >> 1)::BIGINT"


def hashed(value: str) -> str:
    """DuckDB SQL of a value's hash, the same in every version and on every machine; NULL for NULL."""
    return _HASH.format(value)


def keys_sql(texts: str) -> str:
    """SQL of the keys of texts: key, text_id, rule."""
    each = " UNION ALL ".join(
        "SELECT " + hashed(f"'{rule.name}|' || kind || '|' || ({rule.key})") + f" AS key, text_id, '{rule.name}' AS rule FROM {texts}" for rule in RULES)
    return f"SELECT * FROM ({each}) WHERE key IS NOT NULL"


def fresh_pairs_sql(keys: str, texts: str) -> str:
    """SQL of pairs among new texts: all under a small key, neighbours by name under a large one."""
    placed = (f"SELECT k.key, k.text_id, count(*) OVER (PARTITION BY k.key) AS many, row_number() OVER (PARTITION BY k.key ORDER BY t.words, t.compact, k.text_id) AS place "
              f"FROM {keys} k JOIN {texts} t USING (text_id)")
    return (f"WITH placed AS ({placed}) SELECT least(a.text_id, b.text_id) AS one, greatest(a.text_id, b.text_id) AS other FROM placed a JOIN placed b "
            f"ON a.key = b.key AND a.place < b.place AND (a.many <= {_ALL_PAIRS} OR b.place <= a.place + {_NEIGHBOURS})")


def held_pairs_sql(keys: str, held: str, members: str) -> str:
    """SQL of pairs of new texts with texts held under the same keys; `members` tells whose each is."""
    placed = (f"SELECT h.key, h.text_id, m.party_id, row_number() OVER (PARTITION BY h.key, m.party_id ORDER BY h.text_id) AS place, "
              f"dense_rank() OVER (PARTITION BY h.key ORDER BY m.party_id) AS party FROM {held} h JOIN {members} m USING (text_id)")
    return (f"WITH placed AS ({placed}), told AS (SELECT *, max(party) OVER (PARTITION BY key) AS parties FROM placed) "
            f"SELECT DISTINCT least(n.text_id, o.text_id) AS one, greatest(n.text_id, o.text_id) AS other FROM {keys} n JOIN told o USING (key) "
            f"WHERE o.place <= {_OF_A_PARTY} AND o.parties <= {PARTIES_OF_A_KEY} AND n.text_id <> o.text_id")
