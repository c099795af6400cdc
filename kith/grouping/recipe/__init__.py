"""What decides: versions of the matching rules and the model, edited, tried and put into force."""
