#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Judges the vectors of “seamless quote forge” with another team's verifier, the PyPI package dcap-qvl.

usage: crosscheck-dcap-qvl.py VECTORS
       crosscheck-dcap-qvl.py --service URL ROOT.pem QUOTE

VECTORS is the directory that the command made. A disagreement that is not in KNOWN fails, and so does one in KNOWN that is none.
With --service the collateral is fetched from a running “seamless platform serve”, and the quote's status printed.
"""
import asyncio
import base64
import calendar
import json
import os
import sys
import time

import dcap_qvl

# Vectors that dcap-qvl judges otherwise, and why: by their subject, or by their name where only one form is concerned.
KNOWN = {
    # It refuses a TD whose module or platform is revoked now; the vendor's library looks at the launch.
    **{
        f"relaunch-{launch}-Revoked": "current status"
        for launch in (
            "UpToDate", "SWHardeningNeeded", "ConfigurationNeeded", "ConfigurationAndSWHardeningNeeded",
            "OutOfDate", "OutOfDateConfigurationNeeded",
        )
    },
    "relaunch-module-now-revoked": "current status",
    "module-with-attributes-of-its-identity": "it takes the attributes of an identity, whatever they are",
    "module-levels-ascending": "it takes the levels of a module in their order in the document",
    "qe-levels-ascending": "it takes the levels of an enclave in their order in the document",
    "chain-reversed": "it takes the certificates of a chain in their order",
    **{
        f"chain-{kind}": "it needs no root in a chain, and takes more certificates than there should be"
        for kind in (
            "without-root", "of-four", "tcb-info-without-root", "qe-identity-without-root", "tcb-info-of-three",
        )
    },
    "platform-cpusvn-of-other-bytes": "it compares the bytes of CPUSVN and not the components",
    "platform-of-another-pceid": "it does not compare the PCEID",
    "date-root-crl-last-second": "a list ends before its nextUpdate",
    "date-pck-crl-last-second": "a list ends before its nextUpdate",
    "date-root-crl-not-yet": "it does not look at when a list begins",
    "date-pck-crl-not-yet": "it does not look at when a list begins",
    "date-root-over": "a root that is trusted has no period",
    "date-root-not-yet": "a root that is trusted has no period",
    "length-inner-certification-data-short": "it does not compare sizes with the sizes around them",
    "format-outer-certification-type": "it does not look at the outer type",
}


def der(path):
    lines = open(path).read().split("\n")
    return base64.b64decode("".join(line for line in lines if line and not line.startswith("-----")))


def verdict(quote, collateral, root, now):
    try:
        return dcap_qvl.verify_with_root_ca(quote, collateral, root, now).status
    except Exception as error:  # the package has no type of its own for a refusal
        return "refused: " + str(error)


def service(url, root, path):
    quote = open(path, "rb").read()

    async def fetch():
        return await dcap_qvl.get_collateral(url, quote)

    print(verdict(quote, asyncio.run(fetch()), der(root), int(time.time())), flush=True)
    # The package's threads do not survive the end of the interpreter.
    os._exit(0)


def vectors(directory):
    root = der(directory + "/root.pem")
    agreed, differed, surprises = 0, 0, []
    for vector in json.load(open(directory + "/vectors.json")):
        now = calendar.timegm(time.strptime(vector["time"], "%Y-%m-%dT%H:%M:%SZ"))
        quote = open(directory + "/" + vector["quote"], "rb").read()
        text = open(directory + "/" + vector["collateral"]).read()
        found = verdict(quote, dcap_qvl.QuoteCollateralV3.from_json(text), root, now)
        expected = vector.get("tcbStatus", "refused")
        agrees = found.split(":")[0] == expected
        name, subject = vector["name"], vector["subject"]
        if agrees == (name in KNOWN or subject in KNOWN):
            surprises.append(f"{vector['name']}: expected {expected}, dcap-qvl has {found}")
        agreed += agrees
        differed += not agrees
    print(f"dcap-qvl {dcap_qvl.__version__} agrees on {agreed} vectors, and differs as known on {differed}.")
    for surprise in surprises:
        print(surprise)
    return 1 if surprises else 0


if __name__ == "__main__":
    if len(sys.argv) == 5 and sys.argv[1] == "--service":
        service(*sys.argv[2:])
    elif len(sys.argv) == 2:
        sys.exit(vectors(sys.argv[1]))
    else:
        sys.exit(__doc__)
