"""Every way to cheat that the simulated world knows: a new one is one file and one line here."""

from simulation.typologies.concealment import CONCEALMENT
from simulation.typologies.diversion import DIVERSION
from simulation.typologies.false_origin import FALSE_ORIGIN
from simulation.typologies.hidden_packages import HIDDEN_PACKAGES
from simulation.typologies.hidden_weight import HIDDEN_WEIGHT
from simulation.typologies.misclassification import MISCLASSIFICATION
from simulation.typologies.preference_abuse import PREFERENCE_ABUSE
from simulation.typologies.seal_swap import SEAL_SWAP
from simulation.typologies.transshipment import TRANSSHIPMENT
from simulation.typologies.typology import Typology
from simulation.typologies.undervaluation import UNDERVALUATION

TYPOLOGIES: tuple[Typology, ...] = (
    UNDERVALUATION, MISCLASSIFICATION, FALSE_ORIGIN, HIDDEN_WEIGHT, HIDDEN_PACKAGES, PREFERENCE_ABUSE,
    SEAL_SWAP, DIVERSION, CONCEALMENT, TRANSSHIPMENT)
BY_NAME = {typology.name: typology for typology in TYPOLOGIES}
