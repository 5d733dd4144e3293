"""Goods that may not come in at all, or not like this, by the words that offers use for them."""

from dataclasses import dataclass

from lakehouse.text import Text


@dataclass(frozen=True)
class Barred:
    """One group: its sign, what it is, and a regular expression over lower-case words of offers and descriptions."""

    sign: str
    text: Text
    words: str


BARRED: tuple[Barred, ...] = (
    Barred("weapon", Text("총포·도검·분사기", "firearms, blades, sprays"),
           r"airsoft|bb gun|pellet gun|\\bpistol|revolver|silencer|stun (gun|torch|baton)|taser|crossbow|karambit|butterfly knife|balisong|switchblade"
           r"|brass knuckle|telescopic baton|pepper spray|rifle scope|night vision scope|laser (sight|scope)|slingshot hunting|모의총포|비비탄|석궁|전자충격기|삼단봉|도검|나이프 ?너클|조준경"),
    Barred("drug", Text("마약류·향정 우려", "possible drugs"),
           r"hemp|cannabis|\\bcbd\\b|\\bthc\\b|\\bkratom|\\bkhat\\b|poppers|magic mushroom|psilocyb|herbal spice|potpourri blend|spice blend potpourri|research chemical"
           r"|(fine|pure) white powder|\\bghb\\b|ketamine|대마|칸나비|환각|양귀비|흥분제"),
    Barred("medicine", Text("의약품·오남용 우려", "medicine, open to abuse"),
           r"melatonin|sildenafil|tadalafil|viagra|cialis|steroid|dhea|yohimb|ephedr|sibutramine|(diet|slimming) (capsules?|pills?)|fat burner|멜라토닌|스테로이드|비아그라|다이어트 ?약"),
    Barred("tobacco", Text("담배·니코틴 용액", "tobacco, nicotine"),
           r"nicotine|vape (liquid|juice)|e-?liquid|cigarettes?\\b|heated tobacco|snus|니코틴|전자담배 ?액상|궐련"),
    Barred("quarantine", Text("검역대상 축산물·식물", "meat and plants under quarantine"),
           r"jerky|sausage|salami|prosciutto|\\bbacon\\b|raw meat|live plant|seeds for planting|육포|소시지|생육|묘목"),
    Barred("copy", Text("지재권 침해 우려", "possible copies of brands"),
           r"mirror quality|1:1 (designer|quality|copy)|aaa+ (grade|quality)|\\breplica|\\bdupe\\b|designer inspired|super copy|knock-?off|레플리카|미러급|정품급|이미테이션"),
)


def barred(words: str) -> str:
    """Spark SQL of the sign of the first group whose words are met; NULL where none is."""
    whens = " ".join(f"WHEN lower({words}) RLIKE '{one.words}' THEN '{one.sign}'" for one in BARRED)
    return f"CASE {whens} END"
