"""`kith resolve`: cleaned records in files to clusters in files. It needs no database and starts none."""

from __future__ import annotations

import logging
import sys
from argparse import ArgumentParser, ArgumentTypeError, Namespace, RawDescriptionHelpFormatter
from pathlib import Path
from typing import Final

from kith.config.exit_codes import Exit
from kith.matching.engines.files import OutputExists, Task, resolve_files, resolve_files_on_spark
from kith.matching.engines.recipe_file import UnreadableRecipe, recipe_from_json
from kith.matching.engines.spark import UnusableRecords
from kith.matching.engines.spark_session import SessionOptions, SparkUnavailable
from kith.matching.evidence import EngineOptions, Progress, Recipe, Report, UnusableRules
from kith.matching.figures import Figures

EXAMPLES: Final = """
examples:
  kith export-cleaned exported
  kith resolve --input exported/records --recipe exported/recipe.json --output resolved
  kith resolve --input s3a://hub/records --recipe recipe.json --output s3a://hub/resolved \\
      --spark spark://host:7077 --memory 8g --worker-python /opt/kith/bin/python

OUTPUT gets three folders of parquet files: clusters (record_id, cluster), evidence (the pairs), doubts.
exit codes: 0 done, 2 what was asked cannot be done, 3 the cluster does not answer, 130 interrupted
"""


def resolve(arguments: list[str]) -> int:
    asked = _parser().parse_args(arguments)
    logging.basicConfig(level=logging.WARNING, format="%(message)s")
    try:
        report = _resolved(asked)
    except (UnusableRecords, UnusableRules, UnreadableRecipe, OutputExists, OSError) as error:
        return _tell(str(error), code=Exit.USAGE)
    except SparkUnavailable as error:
        return _tell(str(error), code=Exit.UNREACHABLE)
    except KeyboardInterrupt:
        return _tell("Interrupted.", code=Exit.INTERRUPTED)
    _say(report)
    return Exit.OK


def _parser() -> ArgumentParser:
    parser = ArgumentParser(
        prog="kith resolve",
        description="Match cleaned records in files, on this machine or on a Spark cluster.",
        epilog=EXAMPLES,
        formatter_class=RawDescriptionHelpFormatter,
    )
    parser.add_argument("--input", required=True, help="parquet files of cleaned records")
    parser.add_argument("--output", required=True, help="folder for the result")
    parser.add_argument("--recipe", type=Path, help="rules, models and guards; without it those Kith ships")
    parser.add_argument(
        "--figures", type=Path, help="how common values are: read where the file exists, else written there"
    )
    parser.add_argument("--max-block-size", type=int, default=EngineOptions().max_block_size)
    spark = parser.add_argument_group("on a cluster")
    spark.add_argument("--spark", metavar="MASTER", help="spark://host:7077, yarn, k8s://… or local[2]")
    spark.add_argument("--memory", default=SessionOptions().memory, help="of each executor (default 2g)")
    spark.add_argument(
        "--partitions", type=int, help="parts that rows are dealt into: four for each core is good"
    )
    spark.add_argument("--worker-python", help="the Python of the workers, which has Kith")
    spark.add_argument("--timeout", type=float, default=SessionOptions().timeout, help="seconds (default 60)")
    spark.add_argument(
        "--checkpoints", help="folder that all machines share; a lost worker then costs little"
    )
    spark.add_argument(
        "--set", action="append", default=[], type=_setting, metavar="NAME=VALUE", help="of Spark"
    )
    return parser


def _setting(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals:
        raise ArgumentTypeError("a setting is NAME=VALUE")
    return name, value


def _resolved(asked: Namespace) -> Report:
    kept: Path | None = asked.figures
    task = Task(
        records=asked.input,
        output=asked.output,
        recipe=recipe_from_json(asked.recipe.read_text("utf-8")) if asked.recipe else Recipe.shipped(),
        figures=Figures.from_bytes(kept.read_bytes()) if kept and kept.exists() else None,
        options=EngineOptions(max_block_size=asked.max_block_size),
    )
    if asked.spark is None:
        report, figures = resolve_files(task)
    else:
        report, figures = resolve_files_on_spark(
            task, master=asked.spark, session=_session(asked), checkpoints=asked.checkpoints, progress=_step
        )
    if kept and task.figures is None:
        kept.write_bytes(figures.to_bytes())
    return report


def _session(asked: Namespace) -> SessionOptions:
    return SessionOptions(
        timeout=asked.timeout,
        memory=asked.memory,
        partitions=asked.partitions,
        worker_python=asked.worker_python,
        settings=dict(asked.set),
    )


def _step(progress: Progress) -> None:
    sys.stderr.write(f"{progress.step} …\n")


def _say(report: Report) -> None:
    sys.stdout.write(
        f"{report.records:,} records, {report.compared:,} pairs compared, {report.cut_count:,} blocks cut,"
        f" {report.ignored:,} e-mails and phones are nobody's own.\n"
    )
    for step, seconds in report.seconds_by_step.items():
        sys.stdout.write(f"{step:<12}{seconds:8.1f} s\n")


def _tell(sentence: str, *, code: Exit) -> int:
    sys.stderr.write(f"{sentence}\n")
    return code
