// SPDX-License-Identifier: Apache-2.0

/// What a guest asks of its VMM by `TDG.VP.VMCALL`: the number in `R11` when `R10` is 0.
///
/// - SeeAlso: Guest-Host-Communication Interface, "TDG.VP.VMCALL Interface".
public struct TDVMCallLeaf: RawRepresentable, Hashable, Sendable, BitwiseCopyable {
    public var rawValue: UInt64
    public init(rawValue: UInt64) { self.rawValue = rawValue }
    private init(_ rawValue: UInt64) { self.rawValue = rawValue }

    public static let cpuid = TDVMCallLeaf(10)
    public static let hlt = TDVMCallLeaf(12)
    public static let io = TDVMCallLeaf(30)
    public static let rdmsr = TDVMCallLeaf(31)
    public static let wrmsr = TDVMCallLeaf(32)
    public static let requestMMIO = TDVMCallLeaf(48)
    public static let pconfig = TDVMCallLeaf(65)
    public static let getTDVMCallInfo = TDVMCallLeaf(0x10000)
    public static let mapGPA = TDVMCallLeaf(0x10001)
    public static let getQuote = TDVMCallLeaf(0x10002)
    public static let reportFatalError = TDVMCallLeaf(0x10003)
    public static let setupEventNotifyInterrupt = TDVMCallLeaf(0x10004)
    public static let service = TDVMCallLeaf(0x10005)
    public static let migTD = TDVMCallLeaf(0x10006)
}

/// What the VMM answers, in `R10`.
///
/// - SeeAlso: Guest-Host-Communication Interface, "TDG.VP.VMCALL Completion Status Codes".
public struct TDVMCallStatus: RawRepresentable, Hashable, Sendable, BitwiseCopyable {
    public var rawValue: UInt64
    public init(rawValue: UInt64) { self.rawValue = rawValue }
    private init(_ rawValue: UInt64) { self.rawValue = rawValue }

    public static let success = TDVMCallStatus(0)
    public static let retry = TDVMCallStatus(1)
    public static let invalidOperand = TDVMCallStatus(0x8000_0000_0000_0000)
    public static let gpaInUse = TDVMCallStatus(0x8000_0000_0000_0001)
    public static let alignError = TDVMCallStatus(0x8000_0000_0000_0002)
    public static let subfunctionUnsupported = TDVMCallStatus(0x8000_0000_0000_0003)
}
