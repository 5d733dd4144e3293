# ---
# jupyter:
#   jupytext:
#     formats: py:percent
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # A first look at last night
# Scores by office and lane, what the model leans on, and why the highest shipment is on the list.
# Set `HAECHI_LAKE` to look at another lake than `./lake`.

# %%
import os

import matplotlib.pyplot as plt

from jobs.dossier import dossier
from jobs.manifest import seen_by_readers
from jobs.pictures import leaning_plot, scores_plot
from jobs.query import query
from lakehouse.lake import Lake

lake = seen_by_readers(Lake(os.environ.get("HAECHI_LAKE", "./lake")))

# %% [markdown]
# ## Scores by office and lane

# %%
scores_plot(lake)
plt.show()

# %% [markdown]
# ## What the model leans on
# Mean absolute contribution over the shipments explained last night, in log-odds.

# %%
leaning_plot(lake)
plt.show()

# %% [markdown]
# ## The highest shipment, and why

# %%
highest = "SELECT shipment_id FROM gold.score WHERE as_of = (SELECT max(as_of) FROM gold.score) ORDER BY score DESC LIMIT 1"
[[shipment_id]] = query(lake, highest, 1).rows
told = dossier(lake, shipment_id)
print(f"{told['lane']}, probability {told['probability']:.1%}, {told['model_version']}")
for reason in told["reasons"]:
    print("-", reason["en"])
    print(" ", reason["ko"])
