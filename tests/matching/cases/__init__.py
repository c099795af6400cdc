"""Pairs of records that the matching must, may or must not take for one, in tables a steward can extend.

Each `*.csv` has two rows per case, `left` and `right`. `expected`:
must      the two are grouped without asking anybody
may       grouped, or shown to a person; never ignored
review    shown to a person; neither grouped nor ignored
must_not  never grouped
`country` is the default country of the source the records come from; the comment stands on either row. All
other columns are raw claim fields of `kith.matching.records`, as a source writes them.

`python -m tests.matching.cases` prints which cases fail; `open.txt` names those the shipped model
does not meet yet.
"""

from tests.matching.cases.table import Case, Expected, all_cases, failure, judge, open_cases

__all__ = ["Case", "Expected", "all_cases", "failure", "judge", "open_cases"]
