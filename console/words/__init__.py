"""The words of the console's pages, both languages side by side; what officers choose from stands in console.vocabulary."""

from console.words import admin, carriage, everywhere, faults, lookouts, models, runs, shipment, tonight, work
from console.words.everywhere import MENU
from console.words.faults import FAULTS
from lakehouse.text import Text

_MODULES = (everywhere, tonight, shipment, carriage, work, admin, runs, models, lookouts, faults)
WORDS: dict[str, Text] = {name: value for module in _MODULES for name, value in vars(module).items() if isinstance(value, Text)}
__all__ = ["FAULTS", "MENU", "WORDS"]
