"""What leaves Kith by itself: webhooks."""
