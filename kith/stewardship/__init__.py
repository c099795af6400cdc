"""Work of data stewards: group, ungroup, the review queue, requests that wait, cases."""
