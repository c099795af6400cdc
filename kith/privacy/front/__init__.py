"""What every page shares that somebody unknown may open: how often, and by which links."""
