"""Every way to cheat that the simulated world knows: a new one is one file and one line here."""

from simulation.typologies.bag_currency import BAG_CURRENCY
from simulation.typologies.bag_narcotics import BAG_NARCOTICS
from simulation.typologies.bag_valuables import BAG_VALUABLES
from simulation.typologies.borrowed_identity import BORROWED_IDENTITY
from simulation.typologies.concealment import CONCEALMENT
from simulation.typologies.disguised_seller import DISGUISED_SELLER
from simulation.typologies.diversion import DIVERSION
from simulation.typologies.false_origin import FALSE_ORIGIN
from simulation.typologies.ghost_importer import GHOST_IMPORTER
from simulation.typologies.hidden_packages import HIDDEN_PACKAGES
from simulation.typologies.hidden_weight import HIDDEN_WEIGHT
from simulation.typologies.misclassification import MISCLASSIFICATION
from simulation.typologies.not_own_use import NOT_OWN_USE
from simulation.typologies.officer_collusion import OFFICER_COLLUSION
from simulation.typologies.parcel_contraband import PARCEL_CONTRABAND
from simulation.typologies.parcel_counterfeit import PARCEL_COUNTERFEIT
from simulation.typologies.parcel_split import PARCEL_SPLIT
from simulation.typologies.parcel_undervaluation import PARCEL_UNDERVALUATION
from simulation.typologies.preference_abuse import PREFERENCE_ABUSE
from simulation.typologies.related_party import RELATED_PARTY
from simulation.typologies.seal_swap import SEAL_SWAP
from simulation.typologies.transshipment import TRANSSHIPMENT
from simulation.typologies.typology import Typology
from simulation.typologies.undervaluation import UNDERVALUATION
from simulation.typologies.watchlisted_seller import WATCHLISTED_SELLER

TYPOLOGIES: tuple[Typology, ...] = (
    UNDERVALUATION, MISCLASSIFICATION, FALSE_ORIGIN, HIDDEN_WEIGHT, HIDDEN_PACKAGES, PREFERENCE_ABUSE,
    SEAL_SWAP, DIVERSION, CONCEALMENT, TRANSSHIPMENT, GHOST_IMPORTER, RELATED_PARTY, OFFICER_COLLUSION, WATCHLISTED_SELLER,
    PARCEL_UNDERVALUATION, PARCEL_SPLIT, BORROWED_IDENTITY, PARCEL_CONTRABAND, PARCEL_COUNTERFEIT, DISGUISED_SELLER, NOT_OWN_USE,
    BAG_VALUABLES, BAG_CURRENCY, BAG_NARCOTICS)
BY_NAME = {typology.name: typology for typology in TYPOLOGIES}
