"""Raw text to the cleaned claim: names, e-mails, phones, addresses, dates, numbers; junk to nothing."""

from kith.matching.cleaning.addresses import clean_postcode
from kith.matching.cleaning.cleaned import CleanedAddress, CleanedRecord, Remark
from kith.matching.cleaning.dates import DateOrder, parse_date
from kith.matching.cleaning.emails import clean_email, mailbox
from kith.matching.cleaning.frequent import frequent_values
from kith.matching.cleaning.junk import JunkList
from kith.matching.cleaning.one import clean_record
from kith.matching.cleaning.options import CLEANING_VERSION, CleaningOptions
from kith.matching.cleaning.phones import clean_phone
from kith.matching.cleaning.table import clean
from kith.matching.cleaning.text import fold

__all__ = [
    "CLEANING_VERSION",
    "CleanedAddress",
    "CleanedRecord",
    "CleaningOptions",
    "DateOrder",
    "JunkList",
    "Remark",
    "clean",
    "clean_email",
    "clean_phone",
    "clean_postcode",
    "clean_record",
    "fold",
    "frequent_values",
    "mailbox",
    "parse_date",
]
