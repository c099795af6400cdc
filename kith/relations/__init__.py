"""How contacts are related: families and households, companies and their people."""
