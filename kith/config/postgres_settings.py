"""What the embedded server is told before it starts: fit for one machine that it shares with Kith."""

from __future__ import annotations

import os

_MB = 1024 * 1024


def settings_text(*, durable: bool) -> str:
    memory = _memory_bytes()
    settings = {
        "shared_buffers": f"{max(min(memory // 4, 512 * _MB), 64 * _MB) // _MB}MB",
        "effective_cache_size": f"{max(memory // 2, 256 * _MB) // _MB}MB",
        "maintenance_work_mem": f"{max(min(memory // 16, 256 * _MB), 64 * _MB) // _MB}MB",
        "work_mem": "16MB",
        "max_wal_size": "2GB",
        "checkpoint_timeout": "15min",
        "random_page_cost": "1.1",  # solid-state disks
        "jit": "off",  # many short queries; compiling them costs more than it saves
        "max_connections": "60",
        "unix_socket_permissions": "0700",
        "timezone": "'UTC'",
        "log_timezone": "'UTC'",
        "log_min_error_statement": "panic",  # a failing statement may hold personal data
        "log_error_verbosity": "terse",  # so may the detail of an error: “Key (email)=(…) already exists”
        "wal_recycle": "off",  # old segments are removed, not kept under another name with what they held
    }
    if not durable:
        settings |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
    lines = ["# Written by Kith at every start. Your own settings: ALTER SYSTEM SET ..."]
    lines += [f"{name} = {value}" for name, value in settings.items()]
    return "\n".join(lines) + "\n"


def _memory_bytes() -> int:
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, ValueError, OSError):
        return 2048 * _MB
