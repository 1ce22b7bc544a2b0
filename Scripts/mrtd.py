#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Computes MRTD from a list of the pages added to a TD, independently of the rest of this project.

usage: mrtd.py [--order page|image] FILE   (FILE as `seamless measure --pages FILE` writes it; - is standard input)

The list is JSON: an array, in the order of adding, of
    {"gpa": 4096 or "0x1000", "measured": true, "data": "hex of a page or several"}
Pages without "data" are zero; "pages" then says how many there are (default 1). "measured" is false by default.

MRTD is the SHA-384 of one record per page added (TDH.MEM.PAGE.ADD) and, for measured pages, one record and
256 bytes of contents per TDH.MR.EXTEND: TDX Module Base Architecture Specification, "MRTD".
"""

import argparse
import hashlib
import json
import sys

PAGE = 4096
CHUNK = 256


def record(name, gpa):
    return name.ljust(16, b"\0") + gpa.to_bytes(8, "little") + bytes(104)


def number(value):
    return int(value, 0) if isinstance(value, str) else value


def mrtd(entries, order="page"):
    digest = hashlib.sha384()

    def add(gpa):
        digest.update(record(b"MEM.PAGE.ADD", gpa))

    def extend(gpa, page):
        for offset in range(0, PAGE, CHUNK):
            digest.update(record(b"MR.EXTEND", gpa + offset))
            digest.update(page[offset : offset + CHUNK])

    for entry in entries:
        gpa = number(entry["gpa"])
        data = bytes.fromhex(entry["data"]) if "data" in entry else bytes(PAGE * entry.get("pages", 1))
        data += bytes(-len(data) % PAGE)
        if gpa % PAGE:
            sys.exit(f"gpa {gpa:#x} is not page aligned")
        pages = [(gpa + at, data[at : at + PAGE]) for at in range(0, len(data), PAGE)]
        measured = entry.get("measured", False)
        if order == "image":
            for address, _ in pages:
                add(address)
            for address, page in pages if measured else []:
                extend(address, page)
        else:
            for address, page in pages:
                add(address)
                if measured:
                    extend(address, page)
    return digest.hexdigest()


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--order", choices=["page", "image"], default="page")
    parser.add_argument("file")
    arguments = parser.parse_args()
    with sys.stdin if arguments.file == "-" else open(arguments.file) as file:
        print(mrtd(json.load(file), arguments.order))


if __name__ == "__main__":
    main()
