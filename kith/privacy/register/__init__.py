"""What persons ask for under the law: when it came, who answers it, by when, and what was answered."""
