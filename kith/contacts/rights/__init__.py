"""Which fields of a contact who sees: privacy levels, masks, revealing (C20)."""
