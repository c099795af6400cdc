"""Which team owns a contact (C20)."""
