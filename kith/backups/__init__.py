"""One encrypted file, and a restore that replays the erasures made since."""
