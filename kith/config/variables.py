"""Every environment variable that Kith reads, in words. A test holds this list to the code."""

from __future__ import annotations

from typing import Final

VARIABLES: Final[dict[str, str]] = {
    "KITH_HOME": "Folder of database, imported files and secret key. Default: the system's data folder.",
    "DATABASE_URL": "`postgresql://user:password@host:port/name`; PostgreSQL 15 or newer. Default: embedded.",
    "KITH_SECRET_KEY": "Signs sessions. Default: made once and kept in the data folder.",
    "KITH_MASTER_KEY": "Wraps the keys that seal files and old values: `2:key,1:key`, the highest version"
    " in use. Without it nothing sealed opens. Default: made once and kept in the data folder.",
    "KITH_TOMBSTONE_KEY": "Tells deleted System Refs when a file names them again. Never change it. Default:"
    " as above.",
    "KITH_PROOF_KEY": "Vouches for the journal, the ledger of erasures and certificates: `2:key,1:key`,"
    " the highest version in use. Default: made once and kept in the data folder.",
    "KITH_JOURNAL_HEADS": "File to which the signed heads of the journal are appended. Let it lie on another"
    " disk or machine. Default: `journal-heads` in the data folder.",
    "KITH_ERASURE_LEDGER": "File that tells, after an older backup, who has to be erased again. Let it lie on"
    " another disk. Default: `erasures.ledger` in the data folder.",
    "KITH_BACKUP_FOLDER": "Folder of backups: a worker makes one there every night, `kith backup` writes"
    " there, and the doctor looks how old the newest one is. Let it lie on another disk. Default: none is"
    " made.",
    "KITH_BACKUP_AT": "When it is made every night, in the time zone of `KITH_TIME_ZONE`: `05:00`. `no`: not"
    " by itself. Default: 05:00.",
    "KITH_BACKUP_KEEP_DAYS": "Older backups in the folder are removed after each that was made at night. 0:"
    " all are kept. Default: 30.",
    "KITH_ALLOWED_HOSTS": "Host names Kith answers to, with commas. Default: localhost.",
    "KITH_TRUSTED_ORIGINS": "Origins that may send forms when a proxy stands before Kith: `https://kith.example.org`.",
    "KITH_PROXIES": "How many proxies stand before Kith, each adding to `X-Forwarded-For`: so that"
    " visitors are told apart where attempts are limited. Default: 0, the header is not believed.",
    "KITH_HTTPS": "`yes` when it is reached over https only: secure cookies, strict transport. Default: no.",
    "KITH_SIGN_IN_ATTEMPTS": "Failed sign-ins, or wrong API keys, before a pause of 15 minutes. Default: 5.",
    "KITH_ATTACHMENT_FOLDER": "Where attached files lie, sealed. Default: `attachments` in the data folder.",
    "KITH_S3_BUCKET": "Attached files lie in this bucket of a store that speaks S3, not in the folder.",
    "KITH_S3_PREFIX": "Under this name in it: `kith/attachments`. Default: directly.",
    "KITH_S3_ENDPOINT": "Address of the store: `https://s3.example.org`. Default: Amazon's of the region.",
    "KITH_S3_REGION": "Its region. Default: us-east-1.",
    "KITH_S3_KEY_ID": "Who signs in there. Default: what the machine's environment says.",
    "KITH_S3_SECRET": "The secret that belongs to it.",
    "KITH_UPLOAD_LIMIT_MB": "Largest file to import. Default: 4096.",
    "KITH_MAIL": "How e-mail leaves: `file` (into the folder `mail` of the data folder), `console`, `smtp`,"
    " or a provider: `brevo`, `mailersend`, `mailgun`, `postmark`, `resend`, `sendgrid`, `sparkpost`."
    " Default: file.",
    "KITH_MAIL_FROM": "Who e-mails come from: `Box office <office@example.org>`. Default: kith@localhost.",
    "KITH_MAIL_KEY": "Of a provider: the key it gave you.",
    "KITH_MAIL_URL": "Of a provider: its address, where it is not the usual one (another region).",
    "KITH_SMTP_HOST": "Mail server. Default: localhost.",
    "KITH_SMTP_PORT": "Its port. Default: 587, with `tls` 465, with `none` 25.",
    "KITH_SMTP_USER": "Who signs in there. Default: nobody.",
    "KITH_SMTP_PASSWORD": "The password of that user.",
    "KITH_SMTP_SECURITY": "`starttls`, `tls` or `none`. Default: starttls.",
    "KITH_SSO_URL": "The identity provider's SCIM 2.0 address; without it, Kith may keep accounts itself.",
    "KITH_SSO_TOKEN": "The bearer token the identity provider gave for Kith.",
    "KITH_SSO_EXTENSION": "The schema extension of its accounts, where it is not named as Kith names it.",
    "KITH_FONT_FOLDER": "Fonts for printouts beside those of the system, for scripts these do not write.",
    "KITH_WEBHOOKS_TO_PRIVATE": "`yes` lets webhooks go to private addresses and this machine. Default: no.",
    "KITH_TIME_ZONE": "Time zone of what is shown. Default: UTC.",
    "KITH_LOG_LEVEL": "DEBUG, INFO, WARNING or ERROR.",
    "KITH_DEBUG": "`yes` shows errors in the browser. Never where others can reach it.",
    "KITH_SUPERVISED": "Set by `kith serve` for the processes it looks after; they end with it.",
    "KITH_TESTING": "Set by the test suite: faster and unsafe. Never for data you want to keep.",
}
