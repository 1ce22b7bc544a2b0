// SPDX-License-Identifier: Apache-2.0

import X86

/// The state of one virtual CPU: one page-aligned block of memory with fixed offsets, which a translator can use too.
///
/// Everything hot is a plain load or store behind one pointer; no Swift object is touched while guest code runs.
struct State {
    let base: UnsafeMutableRawPointer

    @inline(__always) init(_ base: UnsafeMutableRawPointer) { self.base = base }

    /// Offsets into the block, in bytes.
    enum Offset {
        /// 16 × 8 bytes, encoding order.
        static let gpr = 0x000
        /// Always zero: the base or index "none" points here.
        static let zero = 0x080
        /// RIP at instruction boundaries; inside a block it is implied by the position.
        static let rip = 0x088
        /// Lazy flags: result and source of the last flag writer, both shifted so that the operand's top bit is bit 63.
        static let flagResult = 0x090
        static let flagSource = 0x098
        /// `FlagKind` in byte 0; the shift in byte 1; explicit carry in byte 2, explicit overflow in byte 3, explicit
        /// AF in byte 4.
        static let flagKind = 0x0A0
        /// The RFLAGS bits other than CF, PF, AF, ZF, SF, OF.
        static let systemFlags = 0x0A8
        /// Atomic 32-bit: `ProcessorRequest` bits.
        static let request = 0x0B0
        /// Signed 64-bit: instructions until the next look at the request word.
        static let budget = 0x0B8
        /// Why the interpreter left the current block, `Leave`; and its operand words.
        static let leave = 0x0C0
        /// The micro-op that left or faulted, so that RIP can be found.
        static let leaveOp = 0x0C8
        static let exceptionErrorCode = 0x0D0
        static let faultAddress = 0x0D8
        /// Always zero: the base of no segment, in front of those of the segments.
        static let noBase = segments - 32
        /// Unmanaged pointer to the `VirtualCPU` object, for slow paths.
        static let owner = 0x0E8
        /// 6 × 32 bytes {base 8, limit 4, access rights 4, selector 2, pad}: ES CS SS DS FS GS, then TR, LDTR.
        static let segments = 0x100
        static let gdtr = 0x200
        static let idtr = 0x210
        static let cr0 = 0x220
        static let cr2 = 0x228
        static let cr3 = 0x230
        static let cr4 = 0x238
        static let xcr0 = 0x240
        static let efer = 0x248
        /// `Mode`
        static let mode = 0x250
        static let kernelGSBase = 0x258
        static let star = 0x260
        static let lstar = 0x268
        static let cstar = 0x270
        static let fmask = 0x278
        static let sysenterCS = 0x280
        static let sysenterESP = 0x288
        static let sysenterEIP = 0x290
        static let tscAux = 0x298
        static let pat = 0x2A0
        static let xss = 0x2A8
        /// DR0–3, DR6, DR7.
        static let dr = 0x2B0
        static let pkru = 0x2E0
        static let pkrs = 0x2E8
        /// Pointer to the TLB that data accesses of the current mode use, and its index mask (entries − 1) << 5.
        static let dataTLB = 0x2F0
        static let dataTLBMask = 0x2F8
        /// Interruptibility as in the VMCS; bit 8: one-instruction shadow is to be cleared at the next boundary.
        static let interruptibility = 0x300
        /// RIP of the first instruction of the running block.
        static let blockStart = 0x308
        /// Where the block that is looked up next is to be linked from: the address of a link slot, or 0.
        static let pendingLink = 0x310
        /// Pointer to the jump cache.
        static let jumpCache = 0x318
        /// The `VMExit` that `Leave.exit` means.
        static let exit = 0x340
        /// The FXSAVE image: x87 control words, ST0–7/MM0–7, XMM0–15. 64-byte aligned.
        static let fxsave = 0x400
        static let xmm = fxsave + 160
        static let st = fxsave + 32
        static let fcw = fxsave + 0
        static let fsw = fxsave + 2
        /// Abridged tag word: bit *i* set when physical register *i* is not empty.
        static let ftw = fxsave + 4
        static let fop = fxsave + 6
        static let fip = fxsave + 8
        static let fdp = fxsave + 16
        static let mxcsr = fxsave + 24
        /// Scratch slots of the SIMD handlers, 8 × 16 bytes: memory operands on their way to an operation.
        static let simdScratch = 0x700
        /// The software TLBs.
        static let tlb = 0x1000
    }

    @inline(__always) func read<T: BitwiseCopyable>(_ offset: Int, as type: T.Type = T.self) -> T {
        base.load(fromByteOffset: offset, as: T.self)
    }
    @inline(__always) func write<T: BitwiseCopyable>(_ offset: Int, _ value: T) {
        base.storeBytes(of: value, toByteOffset: offset, as: T.self)
    }

    /// A general register by number, 64 bits.
    @inline(__always) subscript(gpr number: Int) -> UInt64 {
        get { read(Offset.gpr + number &* 8) }
        nonmutating set { write(Offset.gpr + number &* 8, newValue) }
    }
    @inline(__always) subscript(_ register: GeneralRegister) -> UInt64 {
        get { self[gpr: Int(register.rawValue)] }
        nonmutating set { self[gpr: Int(register.rawValue)] = newValue }
    }
    /// A 64-bit field by its offset.
    @inline(__always) subscript(field offset: Int) -> UInt64 {
        get { read(offset) }
        nonmutating set { write(offset, newValue) }
    }
    @inline(__always) var rip: UInt64 {
        get { read(Offset.rip) }
        nonmutating set { write(Offset.rip, newValue) }
    }
    /// XMM register *number*.
    @inline(__always) subscript(xmm number: Int) -> SIMD2<UInt64> {
        get { (base + Offset.xmm + number &* 16).loadUnaligned(as: SIMD2<UInt64>.self) }
        nonmutating set {
            (base + Offset.xmm + number &* 16).storeBytes(of: newValue, as: SIMD2<UInt64>.self)
        }
    }
    var mode: Mode { Mode(rawValue: read(Offset.mode)) }
}

/// Everything that a block's meaning depends on; part of a block's key.
struct Mode: OptionSet, Hashable {
    var rawValue: UInt32

    /// 64-bit code (CS.L). Neither this nor `code32`: 16-bit code.
    static let code64 = Mode(rawValue: 1 << 0)
    /// 32-bit code (CS.D).
    static let code32 = Mode(rawValue: 1 << 1)
    static let user = Mode(rawValue: 1 << 2)
    /// Supervisor with EFLAGS.AC set while SMAP is on: user pages may be accessed.
    static let smapSuspended = Mode(rawValue: 1 << 3)
    /// RFLAGS.TF or an enabled breakpoint: blocks of one instruction.
    static let singleStep = Mode(rawValue: 1 << 4)
    /// CR0.TS
    static let taskSwitched = Mode(rawValue: 1 << 5)
    /// CR0.EM
    static let emulateFPU = Mode(rawValue: 1 << 6)
    /// CR4.OSFXSR
    static let osfxsr = Mode(rawValue: 1 << 7)
    /// CR0.MP
    static let monitorFPU = Mode(rawValue: 1 << 8)
    /// Alignment checks are on (CR0.AM, EFLAGS.AC, CPL 3).
    static let alignmentCheck = Mode(rawValue: 1 << 9)
    /// EFER.LMA
    static let lma = Mode(rawValue: 1 << 10)
    /// Stack size of SS.B in 32-bit modes: set for 32-bit.
    static let stack32 = Mode(rawValue: 1 << 11)
    /// Flat 32-bit segments: bases 0 and limits 4 GiB, so that no segment checks are needed.
    static let flat = Mode(rawValue: 1 << 12)
    /// CS has a base: linear addresses of code are not RIPs.
    static let codeBase = Mode(rawValue: 1 << 13)
}

/// Why a chain of micro-ops ended, at `State.Offset.leave`.
enum Leave: UInt64 {
    /// Look up the block at RIP and go on: RIP and flags are architectural.
    case nextBlock = 0
    /// An exception of the instruction at `leaveOp`: vector in bits 15:8, "has error code" in bit 16; RIP is not advanced.
    case exception = 1
    /// A VM exit: the `VirtualCPU` has it.
    case exit = 2
    /// The budget ran out or a request is pending: look at the request word.
    case poll = 3
}
