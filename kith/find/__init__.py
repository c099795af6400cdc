"""Finding contacts: every criterion, lists with columns of choice, saved views; export, bulk changes."""
