#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Computes MRTD from the list of pages that `seamless measure --pages FILE` writes.

An independent second opinion: SHA-384 over one record of 128 bytes for each added page, and for each measured page
sixteen records of 128 bytes, each followed by the 256 bytes it stands for.
"""
import hashlib
import json
import struct
import sys


def record(name: bytes, gpa: int) -> bytes:
    return name.ljust(16, b"\0") + struct.pack("<Q", gpa) + bytes(104)


def mrtd(pages) -> str:
    digest = hashlib.sha384()
    for page in pages:
        gpa = int(page["gpa"], 16)
        digest.update(record(b"MEM.PAGE.ADD", gpa))
        if not page["measured"]:
            continue
        contents = bytes.fromhex(page["contents"])
        if len(contents) != 4096:
            raise SystemExit(f"The page at {page['gpa']} has {len(contents)} bytes; it must have 4096.")
        for offset in range(0, 4096, 256):
            digest.update(record(b"MR.EXTEND", gpa + offset))
            digest.update(contents[offset:offset + 256])
    return digest.hexdigest()


if __name__ == "__main__":
    if len(sys.argv) != 2:
        raise SystemExit("usage: mrtd.py FILE")
    with open(sys.argv[1], encoding="utf-8") as file:
        print(mrtd(json.load(file)))
