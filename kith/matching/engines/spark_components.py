"""Connected components on a cluster: large-star and small-star by turns (Kiveris and others, 2014)."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pyspark.sql import DataFrame


def components(links: DataFrame, *, settled: Callable[[DataFrame], DataFrame]) -> DataFrame:
    """`links`: left_id < right_id. (node, component), the smallest node of it, for every node of a link.

    `settled` works a frame out and forgets how it came about; else every round would repeat all before.
    """
    from pyspark.sql import functions as f

    edges = settled(links.select(f.col("right_id").alias("node"), f.col("left_id").alias("near")).distinct())
    before, now = None, _mark(edges)
    while now != before:
        edges = settled(_small_star(_large_star(edges)).distinct())
        before, now = now, _mark(edges)
    outer = edges.select("node", f.col("near").alias("component"))
    centres = outer.select(f.col("component").alias("node"), "component").distinct()
    return outer.unionByName(centres)


def _mark(edges: DataFrame) -> tuple[int, int | None]:
    """The same for the same edges."""
    from pyspark.sql import functions as f

    found = edges.agg(f.count("*"), f.bit_xor(f.xxhash64("node", "near"))).collect()[0]
    return found[0], found[1]


def _large_star(edges: DataFrame) -> DataFrame:
    """Every larger neighbour of a node becomes a neighbour of the smallest one it has."""
    from pyspark.sql import Window
    from pyspark.sql import functions as f

    both = edges.union(edges.select("near", "node"))
    least = f.least(f.min("near").over(Window.partitionBy("node")), f.col("node"))
    starred = both.withColumn("least", least).where("near > node")
    return starred.select(f.col("near").alias("node"), f.col("least").alias("near"))


def _small_star(edges: DataFrame) -> DataFrame:
    """A node and its smaller neighbours become neighbours of the smallest of them."""
    from pyspark.sql import Window
    from pyspark.sql import functions as f

    least = f.min("near").over(Window.partitionBy("node"))
    starred = edges.withColumn("least", least)
    node = f.when(f.col("near") == f.col("least"), f.col("node")).otherwise(f.col("near"))
    return starred.select(node.alias("node"), f.col("least").alias("near"))
