"""Files and links that hang on a contact, the library they may come from, and the photo."""
