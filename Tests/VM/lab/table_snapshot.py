"""Reads and writes the snapshots of mirrors, independently of the program."""

from __future__ import annotations

import hashlib
import ipaddress
import struct
from collections.abc import Iterable
from pathlib import Path

NAMES = "sessions.0", "sessions.1"
MAGIC, PREFIX, FIXED, RECORD, CHECKSUM = b"JoolTabl", 16, 128, 44, 32
POOL6 = ipaddress.IPv6Address("64:ff9b::").packed
TIMEOUTS = (7_200_000, 240_000, 300_000, 60_000)


def read(file: Path) -> tuple[int, list[bytes]] | None:
    """The number of a snapshot and its sessions: Jool's 36 bytes and a version. None if it is not complete."""
    try:
        data = file.read_bytes()
    except FileNotFoundError:
        return None
    if len(data) < FIXED or data[:8] != MAGIC or hashlib.sha256(data[:-CHECKSUM]).digest() != data[-CHECKSUM:]:
        return None
    header = struct.unpack("!I", data[12:16])[0]
    number, count = struct.unpack("!QQ", data[32:48])
    removals = struct.unpack("!Q", data[120:128])[0]
    if header + (count + removals) * RECORD + CHECKSUM != len(data):
        return None
    records = [data[start : start + RECORD] for start in range(header, len(data) - CHECKSUM, RECORD)]
    return number, [record for record in records if record[35] & 3 != 3]


def newest(folder: Path) -> tuple[int, list[bytes]]:
    """The newest snapshot in a directory; number 0 if there is none."""
    return max((found for name in NAMES if (found := read(folder / name))), default=(0, []), key=lambda found: found[0])


def write(file: Path, group: str, taken: int, sessions: Iterable[bytes], count: int) -> None:
    """Writes a snapshot that was taken at a time of day, in milliseconds since 1970."""
    header = (
        MAGIC + struct.pack("!II", 2, FIXED) + group.encode().ljust(16, b"\0") + struct.pack("!QQQQ16x", 1, count, taken, 0)
        + POOL6 + struct.pack("!IIIIIIQ", 96, *TIMEOUTS, 0, 0))
    with open(file, "wb") as out:
        digest = hashlib.sha256(header)
        out.write(header)
        for number, session in enumerate(sessions):
            record = session + struct.pack("!Q", (taken << 20) + number % 1024)
            digest.update(record)
            out.write(record)
        out.write(digest.digest())
