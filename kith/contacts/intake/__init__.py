"""Files of contacts into Kith's own source: created and updated by Contact Code (C32), and taken back."""
