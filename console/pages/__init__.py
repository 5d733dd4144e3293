"""The pages, one module each with its router; the templates lie in console/templates under the same names."""

from console.pages import (
    admin,
    approvals,
    audit,
    carriage,
    lookouts,
    models,
    outcomes,
    preferences,
    runs,
    shipment,
    shipment_acts,
    sign_in,
    tonight,
    tonight_acts,
)

ROUTERS = (sign_in.router, preferences.router, tonight.router, tonight_acts.router, shipment.router, shipment_acts.router, approvals.router,
           outcomes.router, audit.router, admin.router, runs.router, models.router, carriage.router, lookouts.router)
