"""Who is one person: clusters to GroupIDs, lineage, evidence. The only place that changes membership."""
