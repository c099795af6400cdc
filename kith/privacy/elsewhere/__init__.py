"""What has to be erased outside Kith after somebody was anonymised: in sources, at the identity provider."""
