#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Verifications a second of processor time of the PyPI package dcap-qvl, for the benchmark of verification.

usage: compare-verifiers.py DIRECTORY TIME

DIRECTORY has quote.bin, collateral.json and root.der; TIME is in seconds since 1970. Prints one line of JSON.
"""
import json
import sys
import time

import dcap_qvl


def read(name):
    return open(sys.argv[1] + "/" + name, "rb").read()


quote, bundle, root = read("quote.bin"), read("collateral.json").decode(), read("root.der")
now = int(sys.argv[2])


def rate(body):
    status = body().status
    assert status == "UpToDate", status
    runs, start = 0, time.process_time()
    while time.process_time() - start < 1:
        body()
        runs += 1
    return round(runs / (time.process_time() - start))


def verify(collateral):
    return dcap_qvl.verify_with_root_ca(quote, collateral, root, now)


kept = dcap_qvl.QuoteCollateralV3.from_json(bundle)
read_again = rate(lambda: verify(dcap_qvl.QuoteCollateralV3.from_json(bundle)))
print(json.dumps({"version": dcap_qvl.__version__, "collateralRead": read_again, "collateralReused": rate(lambda: verify(kept))}))
