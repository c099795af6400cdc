"""The past of contacts: as they stood on a date, the way of a System Ref, what was done to them."""
