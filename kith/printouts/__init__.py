"""One contact on paper or in a file, taken along or e-mailed to the contact (C33, A32)."""
