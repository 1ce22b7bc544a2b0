// SPDX-License-Identifier: Apache-2.0

public import TDXABI
import X86

/// A program in the shape of a Linux kernel: small, started as one is, and in need of no package.
///
/// It is entered in 64-bit mode with the lower 4 GiB mapped to themselves, a stack, and interrupts off.
public enum FlatKernel {
    /// Where the program begins.
    public static let entry: UInt64 = 0x100_0200

    /// The file, with the program that `program` writes.
    public static func image(_ program: (inout Assembler) -> Void) -> [UInt8] {
        var header = [UInt8](repeating: 0, count: 0x400)
        func put(_ offset: Int, _ value: UInt64, _ count: Int) {
            for i in 0..<count { header[offset + i] = UInt8(truncatingIfNeeded: value >> (8 * UInt64(i))) }
        }
        put(0x1F1, 1, 1)  // setup_sects
        put(0x201, 0x66, 1)
        put(0x202, 0x5372_6448, 4)  // HdrS
        put(0x206, 0x20F, 2)  // protocol 2.15
        put(0x22C, 0x7FFF_FFFF, 4)  // initrd_addr_max
        put(0x230, 0x20_0000, 4)  // kernel_alignment
        put(0x234, 1, 1)  // relocatable_kernel
        put(0x236, 0x7F, 2)  // xloadflags
        put(0x238, 2047, 4)  // cmdline_size
        put(0x258, 0x100_0000, 8)  // pref_address
        put(0x260, 0x10_0000, 4)  // init_size
        var code = Assembler(origin: entry)
        program(&code)
        var body = [UInt8](repeating: 0, count: 0x200) + code.assembled()
        let size = (body.count + 0xFFF) & ~0xFFF
        body += [UInt8](repeating: 0, count: size - body.count)
        put(0x1F4, UInt64(size / 16), 4)  // syssize
        return header + body
    }

    /// `TDG.VP.VMCALL` with its operands in R12 and on.
    public static func call(_ code: inout Assembler, _ leaf: TDVMCallLeaf, _ values: Int64...) {
        code.mov(.rax, 0)
        code.mov(.rcx, 0xFC00)
        code.mov(.r10, 0)
        code.mov(.r11, unsigned: leaf.rawValue)
        for (register, value) in zip([.r12, .r13, .r14, .r15] as [GeneralRegister], values) {
            code.mov(register, value)
        }
        code.tdcall()
    }

    /// Writes to a port: `TDG.VP.VMCALL<Instruction.IO>`.
    public static func out(_ code: inout Assembler, _ port: Int64, _ value: Int64, size: Int64 = 1) {
        call(&code, .io, size, 1, port, value)
    }

    /// Writes on the first serial port.
    public static func say(_ code: inout Assembler, _ text: String) {
        for byte in text.utf8 { out(&code, 0x3F8, Int64(byte)) }
    }

    /// Runs in place.
    public static func forever(_ code: inout Assembler) {
        let here = code.here()
        code.jmp(here)
    }
}
