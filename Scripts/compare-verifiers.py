#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Verifications a second of the PyPI package dcap-qvl, on the input of the benchmark of QuoteVerification.

usage: compare-verifiers.py FIXTURES [AFRESH REUSED]

FIXTURES is the directory that SEAMLESS_FIXTURES names. AFRESH and REUSED are the figures that the benchmark
printed; with them the ratios are printed too.
"""
import json
import sys
import time

import dcap_qvl

directory = sys.argv[1] + "/attestation/"
quote = open(directory + "quotes/v4-90c06f-azure-2025.bin", "rb").read()
bundle = open(directory + "collateral/90c06f-2026-02.json").read()
# 2026-02-14T00:00:00Z
NOW = 1771027200


def rate(body):
    body()
    runs, start = 0, time.perf_counter()
    while time.perf_counter() - start < 1:
        body()
        runs += 1
    return runs / (time.perf_counter() - start)


def afresh():
    dcap_qvl.verify(quote, dcap_qvl.QuoteCollateralV3.from_json(bundle), NOW)


kept = dcap_qvl.QuoteCollateralV3.from_json(bundle)
other = {"afresh": rate(afresh), "reused": rate(lambda: dcap_qvl.verify(quote, kept, NOW))}
print(json.dumps({"dcap-qvl " + dcap_qvl.__version__: {name: round(value) for name, value in other.items()}}))
if len(sys.argv) == 4:
    for name, ours in zip(other, sys.argv[2:]):
        print(f"{name}: {float(ours) / other[name]:.2f} times as fast")
