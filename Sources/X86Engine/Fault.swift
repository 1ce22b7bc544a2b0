// SPDX-License-Identifier: Apache-2.0

/// Why an instruction, or the delivery of an event, could not be completed.
struct Fault: Error, Equatable {
    let vector: UInt8
    let errorCode: UInt32
    let hasErrorCode: Bool
    /// Not an exception: the `VirtualCPU` holds a VM exit.
    let isExit: Bool
    /// An address that is not canonical: #GP, or #SS when it is the stack's.
    let isNonCanonical: Bool

    private init(
        _ vector: UInt8, _ errorCode: UInt32?, isExit: Bool = false, isNonCanonical: Bool = false
    ) {
        self.vector = vector
        self.errorCode = errorCode ?? 0
        self.hasErrorCode = errorCode != nil
        self.isExit = isExit
        self.isNonCanonical = isNonCanonical
    }

    static let nonCanonical = Fault(ExceptionVector.protection, 0, isNonCanonical: true)
    static let exit = Fault(0, nil, isExit: true)
    /// An exception without error code.
    static func exception(_ vector: UInt8) -> Fault { Fault(vector, nil) }
    static let divide = Fault(ExceptionVector.divide, nil)
    static let debug = Fault(ExceptionVector.debug, nil)
    static let undefined = Fault(ExceptionVector.undefined, nil)
    static let deviceNotAvailable = Fault(ExceptionVector.deviceNotAvailable, nil)
    static let protection = Fault(ExceptionVector.protection, 0)
    static let alignment = Fault(ExceptionVector.alignment, 0)
    static let virtualization = Fault(ExceptionVector.virtualization, nil)
    static func protection(_ code: UInt32) -> Fault { Fault(ExceptionVector.protection, code) }
    static func notPresent(_ code: UInt32) -> Fault { Fault(ExceptionVector.notPresent, code) }
    static func stack(_ code: UInt32) -> Fault { Fault(ExceptionVector.stack, code) }
    static func invalidTSS(_ code: UInt32) -> Fault { Fault(ExceptionVector.invalidTSS, code) }
    static func page(_ code: UInt32) -> Fault { Fault(ExceptionVector.page, code) }

    /// An exception's error code as handlers pass it on.
    var code: UInt32? { hasErrorCode ? errorCode : nil }
}

/// Exception vectors.
///
/// - SeeAlso: SDM Vol. 3, "Exception and Interrupt Reference".
enum ExceptionVector {
    static let divide: UInt8 = 0
    static let debug: UInt8 = 1
    static let nmi: UInt8 = 2
    static let breakpoint: UInt8 = 3
    static let overflow: UInt8 = 4
    static let undefined: UInt8 = 6
    static let deviceNotAvailable: UInt8 = 7
    static let doubleFault: UInt8 = 8
    static let invalidTSS: UInt8 = 10
    static let notPresent: UInt8 = 11
    static let stack: UInt8 = 12
    static let protection: UInt8 = 13
    static let page: UInt8 = 14
    static let alignment: UInt8 = 17
    static let machineCheck: UInt8 = 18
    static let virtualization: UInt8 = 20
    static let controlProtection: UInt8 = 21
}

/// Bits of control registers and EFER that the engine acts on.
enum CR0 {
    static let pe: UInt64 = 1 << 0
    static let mp: UInt64 = 1 << 1
    static let em: UInt64 = 1 << 2
    static let ts: UInt64 = 1 << 3
    static let et: UInt64 = 1 << 4
    static let ne: UInt64 = 1 << 5
    static let wp: UInt64 = 1 << 16
    static let am: UInt64 = 1 << 18
    static let nw: UInt64 = 1 << 29
    static let cd: UInt64 = 1 << 30
    static let pg: UInt64 = 1 << 31
    /// Everything that is defined.
    static let all = pe | mp | em | ts | et | ne | wp | am | nw | cd | pg
}

enum CR4 {
    static let vme: UInt64 = 1 << 0
    static let pvi: UInt64 = 1 << 1
    static let tsd: UInt64 = 1 << 2
    static let de: UInt64 = 1 << 3
    static let pse: UInt64 = 1 << 4
    static let pae: UInt64 = 1 << 5
    static let mce: UInt64 = 1 << 6
    static let pge: UInt64 = 1 << 7
    static let pce: UInt64 = 1 << 8
    static let osfxsr: UInt64 = 1 << 9
    static let osxmmexcpt: UInt64 = 1 << 10
    static let umip: UInt64 = 1 << 11
    static let la57: UInt64 = 1 << 12
    static let vmxe: UInt64 = 1 << 13
    static let fsgsbase: UInt64 = 1 << 16
    static let pcide: UInt64 = 1 << 17
    static let osxsave: UInt64 = 1 << 18
    static let smep: UInt64 = 1 << 20
    static let smap: UInt64 = 1 << 21
    static let pke: UInt64 = 1 << 22
    static let pks: UInt64 = 1 << 24
    /// What the processor has; a MOV to CR4 that sets another bit is refused.
    static let all =
        vme | pvi | tsd | de | pse | pae | mce | pge | pce | osfxsr | osxmmexcpt | umip | la57 | vmxe
        | fsgsbase
        | pcide | osxsave | smep | smap | pke | pks
}

enum EFER {
    static let sce: UInt64 = 1 << 0
    static let lme: UInt64 = 1 << 8
    static let lma: UInt64 = 1 << 10
    static let nxe: UInt64 = 1 << 11
}

/// Access rights of a segment as the VMCS keeps them.
enum AccessRights {
    /// Bits of the type: code; for data, growing downwards; for data writable, for code readable.
    static let code: UInt32 = 1 << 3
    static let expandDown: UInt32 = 1 << 2
    static let writable: UInt32 = 1 << 1
    static let present: UInt32 = 1 << 7
    static let system: UInt32 = 1 << 4
    static let long: UInt32 = 1 << 13
    static let big: UInt32 = 1 << 14
    static let granular: UInt32 = 1 << 15
    static let unusable: UInt32 = 1 << 16
}
