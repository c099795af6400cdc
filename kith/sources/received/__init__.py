"""What becomes of received files: how long they are kept, sealing those that lie plain, removing those in
which somebody was anonymised."""
