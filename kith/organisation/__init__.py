"""Communities, teams and units; who belongs where, and which team owns a contact."""
