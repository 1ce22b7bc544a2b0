// swift-tools-version: 6.2
// SPDX-License-Identifier: Apache-2.0

import PackageDescription

/// What every target is compiled with.
let strict: [SwiftSetting] = [
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
]
/// For the targets that have no business with raw memory beyond a few marked places.
let safe = strict + [.strictMemorySafety()]
/// The interpreter. Similar handlers are not folded into one, which would cost the tail calls; handlers have no frame; and a
/// vCPU's fields are its thread's alone, so that no access needs a check.
let interpreter =
    strict + [
        .unsafeFlags([
            "-Xllvm", "-swiftmergefunc-threshold=0", "-Xcc", "-momit-leaf-frame-pointer",
            "-enforce-exclusivity=unchecked",
        ])
    ]

let crypto: Target.Dependency = .product(name: "Crypto", package: "swift-crypto")
let asn1: Target.Dependency = .product(name: "SwiftASN1", package: "swift-asn1")
let x509: Target.Dependency = .product(name: "X509", package: "swift-certificates")
let arguments: Target.Dependency = .product(name: "ArgumentParser", package: "swift-argument-parser")
let nio: [Target.Dependency] = ["NIOCore", "NIOPosix", "NIOHTTP1"].map {
    .product(name: $0, package: "swift-nio")
}
/// Only where the trait asks for it.
let tls: Target.Dependency = .product(
    name: "NIOSSL", package: "swift-nio-ssl", condition: .when(traits: ["HTTPS"]))
let logging: Target.Dependency = .product(name: "Logging", package: "swift-log")

let package = Package(
    name: "seamless",
    platforms: [.macOS(.v15), .iOS(.v18)],
    products: [
        .executable(name: "seamless", targets: ["seamless"]),
        // What `seamless kvm` preloads.
        .library(name: "seamless-kvm", type: .dynamic, targets: ["KVMDoor"]),
        // Attestation, for programs that need nothing else of this package.
        .library(name: "Quote", targets: ["Quote"]),
        .library(name: "QuoteVerification", targets: ["Quote", "Collateral", "QuoteVerification"]),
    ],
    traits: [
        .trait(
            name: "HTTPS",
            description: "“seamless platform serve” over TLS, which takes a second BoringSSL to build.")
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-asn1", from: "1.7.4"),
        .package(url: "https://github.com/apple/swift-certificates", from: "1.21.1"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
    ],
    targets: [
        // Layer 0: definitions.
        .target(name: "X86", swiftSettings: safe),
        .target(name: "TDXABI", dependencies: ["X86"], swiftSettings: safe),
        .target(name: "KVMABI", dependencies: ["X86"], swiftSettings: safe),
        .target(name: "Quote", dependencies: ["TDXABI"], swiftSettings: safe),
        // Layer 1.
        .target(name: "PhysicalMemory", dependencies: ["X86", crypto], swiftSettings: strict),
        .target(name: "X86Decoder", dependencies: ["X86"], swiftSettings: safe),
        .target(
            name: "Collateral", dependencies: ["Quote", "TDXABI", asn1, crypto, x509], swiftSettings: safe),
        // Layer 2.
        .target(
            name: "X86Engine", dependencies: ["X86", "X86Decoder", "PhysicalMemory"],
            swiftSettings: interpreter),
        .target(
            name: "TDXModule", dependencies: ["X86", "TDXABI", "PhysicalMemory", crypto], swiftSettings: safe),
        .target(name: "Devices", dependencies: ["X86", "PhysicalMemory"], swiftSettings: safe),
        .target(
            name: "Boot", dependencies: ["X86", "TDXABI", "Quote", "PhysicalMemory", crypto],
            swiftSettings: safe),
        .target(
            name: "Quoting", dependencies: ["Quote", "TDXABI", "Collateral", crypto, x509],
            swiftSettings: safe),
        .target(
            name: "QuoteVerification", dependencies: ["Quote", "TDXABI", "Collateral", crypto],
            swiftSettings: safe),
        // Layer 4.
        .target(
            name: "Platform", dependencies: ["X86", "TDXABI", "X86Engine", "TDXModule", "PhysicalMemory"],
            swiftSettings: safe),
        // Layer 5.
        .target(
            name: "KVM", dependencies: ["X86", "TDXABI", "KVMABI", "Platform", "PhysicalMemory", logging],
            swiftSettings: strict),
        .target(
            name: "VMM",
            dependencies: ["X86", "TDXABI", "KVMABI", "Devices", "Boot", "PhysicalMemory", logging],
            swiftSettings: safe),
        .target(
            name: "CollateralServer", dependencies: ["Quote", "Collateral", "Quoting", tls] + nio,
            swiftSettings: safe),
        // Layer 6.
        .target(name: "Trace", dependencies: ["X86", "TDXABI"], swiftSettings: safe),
        .target(name: "CKVMDoor"),
        .target(
            name: "KVMDoor",
            dependencies: ["CKVMDoor", "TDXABI", "TDXModule", "KVMABI", "Platform", "KVM", "Trace"],
            swiftSettings: strict),
        .executableTarget(
            name: "seamless",
            dependencies: [
                "VMM", "KVM", "Platform", "TDXModule", "Boot", "KVMABI", "TDXABI", "X86", "Trace", "Quote",
                "Collateral", "QuoteVerification", "Quoting", "CollateralServer", arguments, crypto, logging,
                x509,
            ],
            swiftSettings: safe),

        // Measures the tool from outside, against other ways to run the same guest.
        .executableTarget(
            name: "Benchmarks",
            dependencies: [
                "Boot", "KVM", "Platform", "TDXABI", "VMM", "X86", "Quote", "Collateral", "QuoteVerification",
                "Quoting", "TDXModule", arguments, x509,
            ],
            path: "Benchmarks",
            swiftSettings: safe),

        // Nearly right input for every parser of attestation.
        .executableTarget(
            name: "Fuzz",
            dependencies: [
                "Quote", "Collateral", "Quoting", "QuoteVerification", "CollateralServer", "TDXABI",
                arguments,
                crypto,
            ],
            path: "Fuzz",
            swiftSettings: safe),

        // Runs the tool as a person does.
        .target(name: "ToolTesting", path: "Tests/ToolTesting", swiftSettings: strict),
        .testTarget(name: "FuzzTests", dependencies: ["Fuzz", "ToolTesting"], swiftSettings: strict),
        .testTarget(name: "ABITests", dependencies: ["X86", "TDXABI", "KVMABI"], swiftSettings: strict),
        .testTarget(name: "QuoteTests", dependencies: ["Quote", "TDXABI"], swiftSettings: strict),
        .testTarget(
            name: "CollateralTests", dependencies: ["Collateral", "Quote", "TDXABI", asn1, crypto, x509],
            swiftSettings: strict),
        .testTarget(
            name: "QuoteVerificationTests",
            dependencies: ["QuoteVerification", "Collateral", "Quote", "TDXABI", asn1, crypto, x509],
            swiftSettings: strict),
        .testTarget(
            name: "QuotingTests",
            dependencies: [
                "Quoting", "QuoteVerification", "TDXModule", "Collateral", "Quote", "TDXABI", crypto, x509,
            ],
            swiftSettings: strict),
        .testTarget(
            name: "CollateralServerTests",
            dependencies: [
                "CollateralServer", "Quoting", "QuoteVerification", "Collateral", "Quote", "TDXABI",
            ] + nio,
            swiftSettings: strict),
        .testTarget(name: "PhysicalMemoryTests", dependencies: ["PhysicalMemory"], swiftSettings: strict),
        .testTarget(name: "X86DecoderTests", dependencies: ["X86Decoder"], swiftSettings: strict),
        .testTarget(
            name: "X86EngineTests", dependencies: ["X86Engine", "X86Decoder", "PhysicalMemory", "X86"],
            swiftSettings: strict),
        .testTarget(
            name: "TDXModuleTests", dependencies: ["TDXModule", "TDXABI", "PhysicalMemory", "X86", crypto],
            swiftSettings: strict),
        .testTarget(name: "DevicesTests", dependencies: ["Devices"], swiftSettings: strict),
        .testTarget(name: "BootTests", dependencies: ["Boot", "Quote", "X86"], swiftSettings: strict),
        .testTarget(
            name: "KVMTests",
            dependencies: ["X86", "TDXABI", "KVM", "KVMABI", "Platform", "PhysicalMemory", "Boot"],
            swiftSettings: strict),
        .testTarget(
            name: "KVMDoorTests", dependencies: ["ToolTesting"], exclude: ["Programs"], swiftSettings: strict),
        .testTarget(
            name: "VMMTests", dependencies: ["VMM", "Devices", "Boot", "KVMABI"], swiftSettings: strict),
        .testTarget(
            name: "CommandLineTests",
            dependencies: [
                "seamless", "VMM", "Collateral", "Quote", "QuoteVerification", "Quoting", "CollateralServer",
                "Platform", "TDXABI", "TDXModule", "ToolTesting", arguments,
            ],
            swiftSettings: strict),
        .testTarget(
            name: "GuestTests",
            dependencies: [
                "seamless", "VMM", "KVM", "Platform", "Boot", "KVMABI", "TDXABI", "X86", "ToolTesting",
                crypto,
            ],
            resources: [
                .embedInCode("Resources/load.sh"), .embedInCode("Resources/userland.sh"),
            ],
            swiftSettings: strict),
    ]
)
