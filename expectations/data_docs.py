"""Great Expectations' own pages of a validation, on request: every declared expectation of a feed over its newest rows."""

from collections.abc import Mapping
from pathlib import Path

from pyspark.sql import DataFrame

from expectations.suite import declared_expectations, great_expectations
from feeds.registry import BY_NAME

_SITE = "haechi"


def write_data_docs(rows: Mapping[str, DataFrame], folder: Path) -> tuple[Path, dict[str, bool]]:
    """Validate each feed's rows and write the pages; the first page, and whether each feed met all that is expected."""
    gx = great_expectations()
    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = {"globally": False, "metric_calculations": False}
    context.add_data_docs_site(site_name=_SITE, site_config={
        "class_name": "SiteBuilder", "site_index_builder": {"class_name": "DefaultSiteIndexBuilder"}, "show_how_to_buttons": False,
        "store_backend": {"class_name": "TupleFilesystemStoreBackend", "base_directory": str(folder.resolve())}})
    source, met = context.data_sources.add_spark("lake"), {}
    for name, frame in rows.items():
        definition = source.add_dataframe_asset(name).add_batch_definition_whole_dataframe("newest")
        suite = context.suites.add(gx.ExpectationSuite(name=name, expectations=declared_expectations(BY_NAME[name])))
        validation = context.validation_definitions.add(gx.ValidationDefinition(name=name, data=definition, suite=suite))
        checkpoint = context.checkpoints.add(gx.Checkpoint(name=name, validation_definitions=[validation], result_format="SUMMARY"))
        met[name] = bool(checkpoint.run(batch_parameters={"dataframe": frame}).success)
    context.build_data_docs(site_names=[_SITE])
    return folder / "index.html", met
