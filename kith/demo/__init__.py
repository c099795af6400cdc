"""The demo club: five believable source files of an invented sports club, with known truth."""
