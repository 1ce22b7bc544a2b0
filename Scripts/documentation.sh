#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Converts the documentation of QuoteVerification with the toolchain's docc; a warning is an error.
#
# usage: documentation.sh BUILD     the folder of a build's products, which has the modules
set -euo pipefail
build=$1
root=$(cd "$(dirname "$0")/.." && pwd)
output=$root/.build/documentation
rm -rf "$output"
mkdir -p "$output/symbols"

includes=(-I "$build/Modules")
# Modules in C that the imported ones are made of.
while IFS= read -r map; do includes+=(-I "$(dirname "$map")"); done < <(
    find "$root/.build/checkouts" "$build" -name module.modulemap -path '*include*' 2>/dev/null)
target=$(swift -print-target-info | grep -o '"unversionedTriple": "[^"]*"' | cut -d'"' -f4)
swift-symbolgraph-extract -module-name QuoteVerification -target "$target" "${includes[@]}" \
    -minimum-access-level public -output-dir "$output/symbols"
docc convert "$root/Sources/QuoteVerification/QuoteVerification.docc" \
    --additional-symbol-graph-dir "$output/symbols" --fallback-display-name QuoteVerification \
    --fallback-bundle-identifier QuoteVerification --output-path "$output/QuoteVerification.doccarchive" --warnings-as-errors
echo "The documentation is in $output/QuoteVerification.doccarchive."
