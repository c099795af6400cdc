"""What people write down about a contact, each with author and time."""
