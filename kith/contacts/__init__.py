"""The contact: its GroupID, its golden details, finding it, adding one by hand."""
