"""What people buy abroad: wares with their words, price, weight and how they look under X-ray; and what must not come in.

Rates, prices and tariff lines are plausible, not the tariff; brands are invented.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from simulation.draws import Floats, Ints
from simulation.images import NOTHING, SHADOWS

# hs10|category|words of courier and list|Korean words|titles; …|USD a piece|spread|kg a piece|duty %|marks|shadow=chance
# Marks: E excluded from list clearance, B branded and worth copying.
WARES_TABLE = """
8518300000|Electronics>Audio|WIRELESS EARPHONES|무선 이어폰|Wireless Earbuds ANC;Over-Ear Bluetooth Headphones|48|.6|.25|8|B|battery=.8
8504409000|Electronics>Accessories|USB CHARGER|충전기|65W GaN Fast Charger;Travel Adapter USB-C|19|.4|.2|8||battery=.1
8507600000|Electronics>Accessories|POWER BANK|보조배터리|20000mAh Power Bank;Magnetic Battery Pack|28|.4|.45|8||battery=.95
8517130000|Electronics>Phones|SMARTPHONE|스마트폰|5G Smartphone Global Version;Unlocked Phone 256GB|310|.5|.45|0|B|battery=.9
8517620000|Electronics>Wearables|SMART WATCH|스마트워치|Fitness Smart Watch;GPS Running Watch|72|.6|.2|0|B|battery=.85
8471300000|Electronics>Computers|TABLET PC|태블릿 컴퓨터|10 inch Android Tablet;Drawing Tablet with Pen|195|.5|.9|0||battery=.9
8471609000|Electronics>Computers|COMPUTER KEYBOARD|키보드|Mechanical Keyboard 75%;Wireless Mouse Set|44|.5|.9|0||battery=.3
8525890000|Electronics>Cameras|ACTION CAMERA|액션캠|4K Action Camera;Dash Cam Dual|88|.5|.5|0||battery=.8
9504500000|Electronics>Games|VIDEO GAME CONSOLE|게임기|Retro Handheld Game Console;Game Controller|62|.6|.6|0||battery=.7
8513100000|Home>Lighting|LED FLASHLIGHT|손전등|Rechargeable LED Flashlight;Camping Head Lamp|17|.4|.3|8||battery=.8
6109100000|Fashion>Tops|COTTON T-SHIRT|면 티셔츠|Oversized Cotton T-Shirt;Graphic Tee|21|.5|.25|13|B|
6110300000|Fashion>Tops|KNITTED PULLOVER|니트 스웨터|Fleece Hoodie;Knit Pullover Sweater|38|.5|.6|13|B|
6203420000|Fashion>Bottoms|COTTON TROUSERS|면바지|Wide Cargo Pants;Slim Denim Jeans|36|.4|.7|13||
6202400000|Fashion>Outerwear|PADDED JACKET|패딩 점퍼|Light Down Jacket;Hooded Padded Coat|98|.6|1.1|13|B|
6404110000|Fashion>Shoes|SPORTS SHOES|운동화|Running Shoes Foam;Basketball Sneakers|86|.5|1.1|13|B|
6403990000|Fashion>Shoes|LEATHER SHOES|가죽 구두|Leather Loafers;Ankle Boots|118|.6|1.4|13||density_anomaly=.04
4202210000|Fashion>Bags|LEATHER HANDBAG|가죽 가방|Leather Shoulder Bag;Crossbody Bag Genuine Leather|165|.8|.9|8|B|
4202220000|Fashion>Bags|NYLON BACKPACK|나일론 백팩|Nylon Backpack;Canvas Tote Bag|41|.5|.8|8|B|
9102110000|Fashion>Watches|QUARTZ WATCH|손목시계|Minimalist Quartz Watch;Chronograph Watch|128|.9|.25|8|B|
9004100000|Fashion>Accessories|SUNGLASSES|선글라스|Polarized Sunglasses;Retro Round Sunglasses|34|.7|.2|8|B|
7117190000|Fashion>Accessories|FASHION ACCESSORY|패션 장신구|Necklace Set;Silver Plated Ring|15|.6|.1|8||
6506990000|Fashion>Accessories|KNITTED CAP|모자|Baseball Cap;Beanie Hat|18|.4|.15|8|B|
3304990000|Beauty>Skin Care|SKIN CARE CREAM|기초화장품|Vitamin C Serum;Moisturizing Cream|32|.5|.3|6.5||organic_mass=.1
3303000000|Beauty>Fragrance|PERFUME|향수|Eau de Parfum 100ml;Travel Perfume Set|76|.5|.5|6.5|B|
3305100000|Beauty>Hair|SHAMPOO|샴푸|Repair Shampoo;Scalp Care Shampoo|19|.4|.7|6.5||organic_mass=.1
3304991000|Beauty>Skin Care|FUNCTIONAL COSMETICS|기능성 화장품|Whitening Spot Cream;Wrinkle Care Retinol|39|.5|.2|6.5|E|organic_mass=.1
2106909000|Health>Supplements|FOOD SUPPLEMENT|건강기능식품|Omega 3 Softgels;Multivitamin Tablets;Whey Protein Powder|34|.5|.8|8|E|organic_mass=.5
2936290000|Health>Supplements|VITAMIN TABLETS|비타민|Vitamin D3 5000IU;Vitamin B Complex|18|.4|.3|8|E|organic_mass=.4
3004900000|Health>Medicine|PAIN RELIEF PATCH|의약품|Pain Relief Patch;Eye Drops;Digestive Tablets|22|.5|.3|8|E|organic_mass=.3
1704900000|Food>Sweets|CANDY AND GUMMIES|사탕·젤리|Fruit Gummies;Assorted Candy Box|14|.4|.8|8||organic_mass=.5
1806900000|Food>Sweets|CHOCOLATE|초콜릿|Dark Chocolate Bars;Chocolate Gift Box|23|.4|.9|8||organic_mass=.6
0902300000|Food>Drinks|BLACK TEA|홍차|English Breakfast Tea;Loose Leaf Black Tea|17|.5|.5|40|E|organic_mass=.6
0901210000|Food>Drinks|ROASTED COFFEE|볶은 커피|Espresso Beans 1kg;Drip Coffee Bags|24|.4|1.1|8||organic_mass=.6
2309100000|Pets>Food|PET FOOD|애완동물 사료|Cat Treats;Grain Free Dog Food|27|.4|2.2|5|E|organic_mass=.7
9503000000|Toys>Models|TOY|완구|Building Blocks Set;Collectible Figure;RC Car|37|.7|.9|8|B|battery=.2
9504400000|Toys>Games|TRADING CARDS|카드 게임|Trading Card Booster Box;Board Game|58|.6|.6|0||
4901990000|Books>Books|BOOKS|서적|Hardcover Book;Picture Book Set|29|.5|.9|0||density_anomaly=.1
8211920000|Home>Kitchen|KITCHEN KNIFE|주방용 칼|Chef Knife 8 inch;Santoku Knife|42|.6|.5|8||weapon=.25
7323930000|Home>Kitchen|STAINLESS KITCHENWARE|스테인리스 주방용품|Steel Tumbler;Stainless Mixing Bowls|26|.4|.9|8||density_anomaly=.1
3924100000|Home>Kitchen|PLASTIC TABLEWARE|플라스틱 주방용품|Food Storage Containers;Silicone Baking Mat|16|.4|.8|8||
6302600000|Home>Bath|COTTON TOWEL|면 수건|Bath Towel Set;Beach Towel|25|.4|1.2|13||
8205590000|Home>Tools|HAND TOOLS|수공구|Multi Tool Pliers;Precision Screwdriver Set|29|.5|.8|8||density_anomaly=.2
8708290000|Auto>Parts|CAR ACCESSORIES|자동차 용품|Car Phone Mount;LED Interior Light Strip|23|.6|.7|8||
8714990000|Sports>Cycling|BICYCLE PARTS|자전거 부품|Carbon Handlebar;Clipless Pedals|78|.7|.9|8||density_anomaly=.1
9506990000|Sports>Fitness|SPORTS GOODS|운동용품|Yoga Mat;Resistance Band Set|27|.5|1.3|8||
9507300000|Sports>Fishing|FISHING REEL|낚시 릴|Spinning Reel;Fishing Lure Kit|66|.7|.7|8||density_anomaly=.1
9207100000|Hobby>Music|ELECTRIC MUSICAL INSTRUMENT|전자악기|Portable MIDI Keyboard;Guitar Effects Pedal|124|.6|1.6|8||battery=.2
8714100000|Auto>Motorcycle|MOTORCYCLE PARTS|이륜차 부품|Brake Lever Set;Motorcycle Exhaust|83|.7|1.5|8||density_anomaly=.2
"""
# title|what it really is, hs6|USD|kg|shadow|lines it passes for
CONTRABAND_TABLE = """
Hemp Gummies 1000mg Relax|200899|62|.4|narcotic_like|1704900000 1806900000
Herbal Spice Blend Potpourri|121190|75|.2|organic_mass|0902300000 2106909000
Fine White Powder Sample 50g|293979|140|.1|narcotic_like|3304990000 2106909000
Sleep Aid Melatonin 10mg 250ct|293729|21|.3|organic_mass|1704900000 2936290000
Diet Capsules Strong Formula|300490|48|.2|organic_mass|2106909000 1704900000
Vape Liquid High Nicotine Salt|240412|36|.4|narcotic_like|3305100000 3303000000
Stun Torch Self Defense|930400|55|.4|weapon|8513100000 9506990000
Full Metal Airsoft Pistol|930400|96|1.3|weapon|9503000000 9504500000
Butterfly Karambit Live Blade|821193|38|.4|weapon|8211920000 8205590000
Crossbow Compact with Bolts|930400|120|1.9|weapon|9506990000 9507300000
Rifle Scope Night Vision|901310|210|.8|density_anomaly|8525890000 9506990000
Dried Beef Jerky Family Pack|021020|33|1.2|organic_mass|1806900000 2309100000
"""
REPLICA_TITLES = ("Mirror Quality {} with Box", "1:1 Designer Inspired {}", "AAA Grade {} Logo", "{} Premium Dupe with Tag")
# What honest shops cry.
LOUD_TITLES = ("Military Style {}", "Herbal Relax {}", "Designer Look {}", "Pro Grade {} Not for Resale")
VAGUE_WORDS = ("GIFT", "ACCESSORIES", "DAILY GOODS", "SAMPLE", "PERSONAL GOODS")


@dataclass(frozen=True)
class Ware:
    """One ware as it is offered and declared."""

    hs10: str
    category: tuple[str, ...]
    words: str
    words_ko: str
    titles: tuple[str, ...]
    usd: float
    sigma: float
    kg: float
    duty_percent: float
    is_excluded: bool
    is_branded: bool
    shadow: str
    shadow_chance: float


@dataclass(frozen=True)
class Contraband:
    """What must not come in, and the lines it is passed off as."""

    title: str
    hs6: str
    usd: float
    kg: float
    shadow: str
    claimed: tuple[str, ...]


def _ware(line: str) -> Ware:
    hs10, category, words, words_ko, titles, usd, sigma, kg, duty, marks, shadows = line.split("|")
    shadow, _, odds = shadows.partition("=")
    return Ware(hs10, tuple(category.split(">")), words, words_ko, tuple(titles.split(";")), float(usd), float(sigma), float(kg),
                float(duty), "E" in marks, "B" in marks, shadow or NOTHING, float(odds or 0))


def _contraband(line: str) -> Contraband:
    title, hs6, usd, kg, shadow, claimed = line.split("|")
    return Contraband(title, hs6, float(usd), float(kg), shadow, tuple(claimed.split()))


WARES: tuple[Ware, ...] = tuple(_ware(line) for line in WARES_TABLE.strip().splitlines())
WARE: dict[str, int] = {ware.hs10: place for place, ware in enumerate(WARES)}
CONTRABAND: tuple[Contraband, ...] = tuple(_contraband(line) for line in CONTRABAND_TABLE.strip().splitlines())


def _titles() -> tuple[list[str], list[int]]:
    """Every title an offer may bear: the wares' own, then contraband, then for each ware as a replica and as an honest shop cries it out;
    and where each ware's own begin."""
    texts: list[str] = []
    begins = []
    for ware in WARES:
        begins.append(len(texts))
        texts.extend(ware.titles)
    begins.append(len(texts))
    texts.extend(goods.title for goods in CONTRABAND)
    for place, ware in enumerate(WARES):
        texts.append(REPLICA_TITLES[place % len(REPLICA_TITLES)].format(ware.titles[0]))
    for place, ware in enumerate(WARES):
        texts.append(LOUD_TITLES[place % len(LOUD_TITLES)].format(ware.titles[0]))
    return texts, begins


TITLES, _BEGINS = _titles()
FIRST_TITLE: Ints = np.array(_BEGINS[:-1], dtype=np.int64)
MANY_TITLES: Ints = np.array([end - begin for begin, end in pairwise(_BEGINS)], dtype=np.int64)
CONTRABAND_TITLE = _BEGINS[-1]
REPLICA_TITLE = CONTRABAND_TITLE + len(CONTRABAND)
LOUD_TITLE = REPLICA_TITLE + len(WARES)

USD: Floats = np.array([ware.usd for ware in WARES])
SIGMA: Floats = np.array([ware.sigma for ware in WARES])
KG: Floats = np.array([ware.kg for ware in WARES])
DUTY: Floats = np.array([ware.duty_percent for ware in WARES])
IS_EXCLUDED = np.array([ware.is_excluded for ware in WARES])
IS_BRANDED = np.array([ware.is_branded for ware in WARES])
SHADOW: Ints = np.array([SHADOWS.index(ware.shadow) for ware in WARES], dtype=np.int64)
SHADOW_CHANCE: Floats = np.array([ware.shadow_chance for ware in WARES])
# Shops sell one kind of ware: the first word of the category.
KINDS: tuple[str, ...] = tuple(dict.fromkeys(ware.category[0] for ware in WARES))
KIND: Ints = np.array([KINDS.index(ware.category[0]) for ware in WARES], dtype=np.int64)
WARES_A_KIND: Floats = np.bincount(KIND).astype(np.float64)
