"""Legal holds: contacts that must be kept as they are, whoever asks for them to be erased."""
