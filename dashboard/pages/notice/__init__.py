"""The list of what is under targeted remediation, as a sheet to print and put up."""
