"""Base page, components, static files, request and view kit. No business words."""
