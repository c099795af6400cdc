"""What may be chosen for contacts: display, uniqueness, types, categories, industries, formatting.

Each module is one section: its value, its rules, and how the rest of Kith reads it.
"""
