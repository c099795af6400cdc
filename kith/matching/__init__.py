"""Identity resolution: records in, evidence and clusters out. Pure: no Django, no clock, no database."""
