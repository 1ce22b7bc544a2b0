// SPDX-License-Identifier: Apache-2.0

public import TDXABI
import TDXModule

/// What is to go wrong on a machine, and how often: the text of `--inject`.
///
/// `Documentation/Fault injection.md` has the grammar.
public struct FaultPlan: Sendable, Equatable {
    public enum Kind: Sendable, Equatable {
        /// A SEAMCALL ends with a status before it does anything; nil is `TDX_OPERAND_BUSY`.
        case status(TDXStatus?)
        /// The host has lost so many private KeyIDs before it starts the module.
        case keys(Int)
        /// A page of a TD's private memory goes bad; the memory controller finds it before somebody uses it, or does not.
        case memory(isFoundEarly: Bool)
        /// An interrupt takes so many nanoseconds on its way to a vCPU.
        case delay(nanoseconds: UInt64)
        /// The host answers a TDVMCALL otherwise than KVM and its program would.
        case answer
    }

    public struct Fault: Sendable, Equatable {
        public var kind: Kind
        /// The SEAMCALL leaf, or for answers the TDVMCALL's number. Nil: those that the kind is for.
        public var leaf: UInt64?
        /// How probable it is, each time it could happen.
        public var rate: Double = 1
        /// Or: each time it could happen for the so-and-so-many-th time.
        public var every: UInt64?
        /// So many times it does not happen at first.
        public var after: UInt64 = 0
        /// So many times in a row, for one leaf; then there is one time without.
        public var burst: UInt64 = 1
        /// So many times in all.
        public var count = UInt64.max
    }

    public var faults: [Fault] = []
    public var seed: UInt64 = 0

    public init(_ text: String) throws(FaultPlanError) {
        for item in text.split(separator: ";") {
            let parts = item.split(separator: ":", maxSplits: 1).map(String.init)
            if parts.count == 1, let value = FaultPlan.value(of: "seed", parts[0]) {
                guard let number = FaultPlan.number(value) else { throw .badValue("seed", value) }
                seed = number
            } else {
                faults.append(try FaultPlan.fault(parts[0], parts.count > 1 ? parts[1] : ""))
            }
        }
        guard !faults.isEmpty else { throw .empty }
    }

    private static func value(of name: String, _ text: String) -> String? {
        text.hasPrefix(name + "=") ? String(text.dropFirst(name.count + 1)) : nil
    }

    private static func number(_ text: String) -> UInt64? {
        text.hasPrefix("0x") ? UInt64(text.dropFirst(2), radix: 16) : UInt64(text)
    }

    private static func fault(_ kind: String, _ text: String) throws(FaultPlanError) -> Fault {
        var values: [String: String] = [:]
        for parameter in text.split(separator: ",") {
            let pair = parameter.split(separator: "=", maxSplits: 1).map(String.init)
            guard pair.count == 2 else { throw .badValue(String(parameter), "") }
            guard values.updateValue(pair[1], forKey: pair[0]) == nil else { throw .twice(pair[0]) }
        }
        func take<T>(_ name: String, _ read: (String) -> T?) throws(FaultPlanError) -> T? {
            guard let text = values.removeValue(forKey: name) else { return nil }
            guard let value = read(text) else { throw .badValue(name, text) }
            return value
        }
        func need<T>(_ name: String, _ read: (String) -> T?) throws(FaultPlanError) -> T {
            guard let value = try take(name, read) else { throw .missing(kind, name) }
            return value
        }
        var fault: Fault
        switch kind {
        case "busy": fault = Fault(kind: .status(nil))
        case "fail":
            fault = Fault(kind: .status(try need("status", status)))
            fault.leaf = UInt64(try need("leaf", TDXModule.hostLeaf(named:)).rawValue)
        case "keys":
            let lost = try need("lost") { number($0).flatMap(Int.init(exactly:)) }
            fault = Fault(kind: .keys(lost))
        case "memory":
            let early = try take("found") { ["early": true, "late": false][$0] }
            fault = Fault(kind: .memory(isFoundEarly: early ?? false))
        case "delay":
            let microseconds = try need("us") { number($0).flatMap { $0 <= 1 << 40 ? $0 : nil } }
            fault = Fault(kind: .delay(nanoseconds: microseconds * 1000))
        case "answer":
            fault = Fault(kind: .answer)
            fault.leaf = try take("leaf", number)
        default: throw .unknownKind(kind)
        }
        if case .status = fault.kind, let leaf = try take("leaf", TDXModule.hostLeaf(named:)) {
            fault.leaf = UInt64(leaf.rawValue)
        }
        if case .keys = fault.kind {
            // It happens once, at the start.
        } else {
            fault.rate = try take("rate") { Double($0).flatMap { 0...1 ~= $0 ? $0 : nil } } ?? 1
            fault.every = try take("every") { number($0).flatMap { $0 > 0 ? $0 : nil } }
            fault.after = try take("after", number) ?? 0
            fault.burst = try take("burst") { number($0).flatMap { $0 > 0 ? $0 : nil } } ?? 1
            fault.count = try take("count", number) ?? .max
        }
        if let name = values.keys.min() { throw .unknownParameter(kind, name) }
        return fault
    }

    private static func status(_ text: String) -> TDXStatus? {
        TDXStatus.names.first { $0.name == text }?.status ?? number(text).map { TDXStatus($0) }
    }
}

/// What is wrong with the text of `--inject`.
public enum FaultPlanError: Error, Equatable, CustomStringConvertible {
    case empty
    case unknownKind(String)
    case unknownParameter(String, String)
    case missing(String, String)
    case badValue(String, String)
    case twice(String)

    public var description: String {
        switch self {
        case .empty: "Say what to inject, such as “busy:rate=0.01”."
        case .unknownKind(let kind):
            "There is no fault “\(kind)”; there are busy, fail, keys, memory, delay and answer."
        case .unknownParameter(let kind, let name): "The fault “\(kind)” has no parameter “\(name)”."
        case .missing(let kind, let name): "The fault “\(kind)” needs its parameter “\(name)”."
        case .badValue(let name, let value): "“\(value)” is not a value of the parameter “\(name)”."
        case .twice(let name): "The parameter “\(name)” is given twice."
        }
    }
}
