#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Makes a package that depends on this one by its URL, and verifies a quote in it with the example of the documentation.
#
# usage: check-library.sh SEAMLESS     the tool, which makes the quote
set -euo pipefail
tool=$(realpath "$1")
root=$(cd "$(dirname "$0")/.." && pwd)
revision=$(git -C "$root" rev-parse HEAD)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

git clone -q "$root" "$work/seamless"
"$tool" quote forge "$work/vectors"

mkdir -p "$work/example/Sources/Example"
cat >"$work/example/Package.swift" <<END
// swift-tools-version: 6.2
import PackageDescription

let package = Package(
    name: "example", platforms: [.macOS(.v15)],
    dependencies: [.package(url: "file://$work/seamless", revision: "$revision")],
    targets: [
        .executableTarget(
            name: "Example", dependencies: [.product(name: "QuoteVerification", package: "seamless")])
    ])
END
cp "$root/Tests/QuoteVerificationTests/Example.swift" "$work/example/Sources/Example/"
cat >"$work/example/Sources/Example/main.swift" <<'END'
import Collateral
import Foundation
import QuoteVerification

func bytes(_ path: String) throws -> [UInt8] { Array(try Data(contentsOf: URL(fileURLWithPath: path))) }

let words = CommandLine.arguments
guard words.count == 5, let time = Timestamp(words[4]),
    let root = try AttestationCertificate.chain(bytes(words[3]), document: "root").first
else { exit(2) }
let quote = try bytes(words[1])
let bundle = try bytes(words[2])
guard try isGood(quote, bundle: bundle, at: time, root: TrustedRoot(named: root)) else { exit(1) }
// Of a simulated platform, and so no quote for those who trust Intel alone.
guard try !isGood(quote, bundle: bundle, at: time) else { exit(1) }
END

cd "$work/example"
# Built apart from the package itself, and kept: the products it uses of other packages are the same each time.
swift build --scratch-path "$root/.build/library" -q
modules=$(cd "$root/.build/library/debug/Modules" && echo *.swiftmodule)
echo "Modules that a program of the library is built of: ${modules//.swiftmodule/}"
read -r name time < <(python3 - "$work/vectors/vectors.json" <<'END'
import json, sys
for vector in json.load(open(sys.argv[1])):
    if vector.get("tcbStatus") == "UpToDate":
        print(vector["quote"].split("/")[0], vector["time"])
        break
END
)
"$root/.build/library/debug/Example" "$work/vectors/$name/quote.bin" "$work/vectors/$name/collateral.json" \
    "$work/vectors/root.pem" "$time"
echo "The library verifies a quote in a package that depends on it by URL."
