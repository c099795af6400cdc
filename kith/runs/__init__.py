"""The overnight run: steps in order, one run at a time, resumable; knows nothing of what the steps do."""
