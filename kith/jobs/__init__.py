"""Long work in the background: its progress, its cancel button, its page."""
