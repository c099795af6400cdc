"""What people type about contacts is held to: formats (C11), mandatory types (C6), uniqueness (C2, C3).

Only what is typed: sources are never refused (X1).
"""
