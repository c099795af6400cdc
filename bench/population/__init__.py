"""Believable people and companies with every trouble that source systems make, and the truth about them."""
