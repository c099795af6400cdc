"""The public form: whoever it is sends a request, and hears nothing of who is known here."""
