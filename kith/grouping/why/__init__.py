"""Why System Refs are one contact, and why they are not: bits, pictures, pages."""
