"""May we? One answer to what may be done with a contact, with every reason (X5, C39, A11, X9)."""
