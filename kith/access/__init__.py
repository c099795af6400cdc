"""Who may do what: users, roles in code, permissions, actors."""
