"""Jobs are tested with the messages of the feeds' tests, and held to the schemas of the commands' tests."""

import sys
from pathlib import Path

sys.path += [str(Path(__file__).resolve().parents[1] / folder) for folder in ("feeds", "haechi")]
