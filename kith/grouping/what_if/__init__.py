"""Shadow runs: what publishing other rules, models, guards or golden rules would do, before anybody does."""
