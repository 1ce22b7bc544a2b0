// SPDX-License-Identifier: Apache-2.0

import Boot
import Dispatch
import Foundation
import KVM
import Platform
import Synchronization
import TDXABI
import VMM

/// What the boundaries of a trust domain cost, each alone: medians over the repeats.
struct Costs: Encodable {
    /// Nanoseconds of one.
    var nanoseconds: [String: Double] = [:]
    /// Seconds to build a TD with 64 MiB of measured memory, beyond what a TD takes anyway.
    var build = 0.0
    /// Seconds in which this machine's SHA-384 takes in the same measurement.
    var buildLimit = 0.0

    private static let call = "seamcall"
    private static let memory: UInt64 = 256 << 20
    private static let measured = 64 << 20

    /// - Throws: what stands against building or running a TD on this machine.
    static func measure(repeats: Int) throws -> Costs {
        var rows: [String: [Double]] = [:]
        var builds: [Double] = []
        var limits: [Double] = []
        for _ in 0..<repeats {
            rows[call, default: []].append(try seamcall())
            for (cost, nanoseconds) in try guest() { rows[cost.rawValue, default: []].append(nanoseconds) }
            builds.append(try build(size: measured) - build(size: 4096))
            let image = image(size: measured)
            limits.append(seconds { _ = MeasurementCalculator.mrTD(of: [image]) })
        }
        return Costs(
            nanoseconds: rows.mapValues(median), build: median(builds), buildLimit: median(limits))
    }

    /// A `SEAMCALL` that finds nothing to do: a leaf that does not exist.
    private static func seamcall() throws -> Double {
        let platform = try Platform(PlatformConfiguration.hosting(memory: memory, processors: 1))
        let kvm = try SoftwareKVM(platform: platform)
        let count = 1_000_000
        return withExtendedLifetime(kvm) {
            seconds {
                for _ in 0..<count {
                    var registers = HostRegisters()
                    registers.rax = 0x7FFF
                    _ = platform.processors[0].seamcall(&registers)
                }
            } / Double(count) * 1e9
        }
    }

    private static func seconds(_ body: () throws -> Void) rethrows -> Double {
        let start = DispatchTime.now().uptimeNanoseconds
        try body()
        return Double(DispatchTime.now().uptimeNanoseconds - start) / 1e9
    }

    private static func median(_ values: [Double]) -> Double { values.sorted()[values.count / 2] }

    // MARK: TDs

    private static func machine(
        _ configuration: MachineConfiguration, console: @escaping @Sendable ([UInt8]) -> Void = { _ in }
    ) throws -> Machine {
        let size = configuration.memory.reduce(UInt64(0)) { $0 + UInt64($1.count) }
        let platform = try Platform(
            PlatformConfiguration.hosting(memory: size, processors: configuration.processors))
        return Machine(
            configuration, device: try SoftwareKVM(platform: platform),
            wiring: MachineWiring(
                console: console, wallClock: { 0 }, nanoseconds: { DispatchTime.now().uptimeNanoseconds }))
    }

    private static func image(size: Int) -> MemoryImage {
        MemoryImage("memory", gpa: 0, bytes: [UInt8](repeating: 0x5A, count: size), measured: true)
    }

    /// Seconds to build a TD with so much measured memory.
    private static func build(size: Int) throws -> Double {
        let image = LaunchImage(gpa: 0, bytes: image(size: size).bytes, isMeasured: true)
        let machine = try machine(
            MachineConfiguration(memory: [0..<memory], images: [image], launchParameter: 0))
        defer { machine.close() }
        return try seconds { try machine.build() }
    }

    /// What the guest itself measures, in nanoseconds.
    private static func guest() throws -> [CostKernel.Cost: Double] {
        let plan = try LinuxBootPlan(
            kernel: LinuxKernel(CostKernel.image), initrd: nil, commandLine: "", memorySize: 512 << 20,
            processors: 2
        ).launch
        var configuration = MachineConfiguration(
            memory: plan.memory,
            images: plan.images.map { LaunchImage(gpa: $0.gpa, bytes: $0.bytes, isMeasured: $0.measured) },
            launchParameter: plan.hob)
        configuration.processors = 2
        let output = Mutex<[UInt8]>([])
        let machine = try machine(configuration) { bytes in output.withLock { $0 += bytes } }
        defer { machine.close() }
        try machine.build()
        let outcome = machine.run()
        guard case .poweredOff(.some(0)) = outcome else { throw BenchmarkError.costs("\(outcome)") }
        var ticks: [CostKernel.Cost: Double] = [:]
        var frequency = 0.0
        for line in String(decoding: output.withLock { $0 }, as: UTF8.self).split(separator: "\n") {
            let words = line.split(separator: " ")
            if words.count == 4, let cost = CostKernel.Cost(rawValue: String(words[1])),
                let count = Double(words[2]), let total = Double(words[3])
            {
                ticks[cost] = total / count
            } else if words.count == 2 {
                frequency = Double(words[1]) ?? 0
            }
        }
        guard frequency > 0, ticks.count == CostKernel.Cost.allCases.count else {
            throw BenchmarkError.costs("it did not print all of its figures")
        }
        return ticks.mapValues { $0 / frequency * 1e9 }
    }

    // MARK: For people

    var table: String {
        let titles: [(String, String)] = [
            (Costs.call, "an empty SEAMCALL"),
            (CostKernel.Cost.kvm.rawValue, "TDVMCALL to KVM and back"),
            (CostKernel.Cost.user.rawValue, "TDVMCALL to the VMM and back"),
            (CostKernel.Cost.page.rawValue, "AUG and ACCEPT of 4 KiB"),
            (CostKernel.Cost.largePage.rawValue, "AUG and ACCEPT of 2 MiB, which KVM maps in 4 KiB pages"),
            (CostKernel.Cost.ipi.rawValue, "IPI to a running vCPU, and one back"),
        ]
        let rows = titles.map { key, title in
            String(format: "%10.0f ns  ", nanoseconds[key] ?? 0) + title
        }
        let ratio = buildLimit > 0 ? build / buildLimit : 0
        return
            (rows + [
                String(
                    format:
                        "%10.3f s   a TD with 64 MiB of measured memory; SHA-384 alone takes %.3f s: × %.2f",
                    build, buildLimit, ratio)
            ]).joined(separator: "\n")
    }
}
