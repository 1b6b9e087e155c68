"""The chapters of the report, from the analysis to blocks ready to be written."""
