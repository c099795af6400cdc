"""New contacts, as other systems send them: read by the form of the page, held to the same rules."""
