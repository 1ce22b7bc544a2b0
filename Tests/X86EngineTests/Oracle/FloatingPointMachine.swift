// SPDX-License-Identifier: Apache-2.0

#if arch(x86_64) && os(Linux)
    import PhysicalMemory
    import X86
    import X86Decoder
    @testable import X86Engine

    /// Runs single instructions in the engine at CPL 3, with the oracle's addresses mapped to pages with the same rights.
    final class FloatingPointMachine {
        private typealias Layout = NativeFloatingPoint.Layout
        let system: SystemMachine
        /// The data pages, two to write and one to read.
        let data: UnsafeMutableRawPointer
        let output: FloatingPointCase
        private let arena = UnsafeMutableRawPointer.allocate(byteCount: 8192, alignment: 64)
        private var isDecoded = false

        private let is64: Bool

        init(base: UInt64, is64: Bool) throws {
            self.is64 = is64
            system = try SystemMachine()
            output = FloatingPointCase(base: .allocate(byteCount: FloatingPointCase.size, alignment: 64))
            data = try system.memory.pointer(PhysicalAddress(0x40000), key: 0)
            var tables: [UInt64] = [0x1000, 0x30000, 0x31000, 0x32000]
            for level in 0..<3 {
                let entry = tables[level] + (base >> UInt64(39 - 9 * level) & 511) * 8
                if system.read(entry) & 1 == 0 { system.write(entry, tables[level + 1] | 7) }
                tables[level + 1] = system.read(entry) & ~0xFFF
            }
            for page in 0..<3 as Range<UInt64> {
                let rights =
                    SystemMachine.present | SystemMachine.user | (page == 2 ? 0 : SystemMachine.writable)
                system.write(
                    tables[3] + (UInt64(Layout.data) >> 12 + page) * 8, 0x40000 + page << 12 | rights | 0x60)
            }
            let cpu = system.cpu
            cpu[.cr4] = CR4.pae | CR4.osfxsr | CR4.osxmmexcpt | CR4.osxsave
            cpu[.xcr0] = 3
            system.enterUser()
            if !is64 {
                cpu[.cs] = Segment(selector: 0x1B, limit: 0xFFFF_FFFF, accessRights: 0xC0FB)
                cpu[.ds] = Segment(selector: 0x23, limit: 0xFFFF_FFFF, accessRights: 0xC0F3)
            }
            cpu.translations.flushAll()
        }
        deinit {
            arena.deallocate()
            output.base.deallocate()
        }

        /// Decodes and lowers an instruction, to be run as often as wanted.
        func place(_ bytes: [UInt8], at rip: UInt64) {
            let cpu = system.cpu
            cpu.state[field: State.Offset.blockStart] = rip
            do throws(DecodeFailure) {
                let i = try decode(bytes, rip)
                var builder = BlockBuilder(mode: cpu.state.mode, start: rip, arena: arena, end: arena + 8192)
                builder.lower(i)
                builder.emit({ c, _ in State(c).leaveBlock(rip: 0) }, i)
                isDecoded = true
            } catch { isDecoded = false }
        }
        private func decode(_ bytes: [UInt8], _ rip: UInt64) throws(DecodeFailure) -> Instruction {
            var result: Result<Instruction, DecodeFailure> = .failure(.undefined)
            bytes.withUnsafeBytes { raw in
                do throws(DecodeFailure) {
                    result = .success(try Decoder.decode(raw, rip: rip, codeSize: is64 ? .bits64 : .bits32))
                } catch { result = .failure(error) }
            }
            return try result.get()
        }
        func run(_ input: FloatingPointCase) {
            typealias Offset = FloatingPointCase.Offset
            let state = system.cpu.state
            output.vector = FloatingPointCase.noVector
            output[word: Offset.errorCode] = 0
            output[word: Offset.address] = 0
            (state.base + State.Offset.fxsave).copyMemory(from: input.base, byteCount: 416)
            (state.base + State.Offset.gpr).copyMemory(from: input.base + Offset.registers, byteCount: 128)
            state.setFlags(input[word: Offset.flags])
            state[field: State.Offset.leave] = 0
            if isDecoded {
                var op: UnsafeMutableRawPointer? = arena
                while let current = op { op = MicroOp(current).handler(state.base, current) }
            } else {
                state[field: State.Offset.leave] = Leave.exception.rawValue | 6 << 8
            }
            let leave = state[field: State.Offset.leave]
            if leave & 0xFF == Leave.exception.rawValue {
                output.vector = leave >> 8 & 0xFF
                if leave >> 16 & 1 != 0 {
                    output[word: Offset.errorCode] = state[field: State.Offset.exceptionErrorCode]
                }
                if output.vector == 14 { output[word: Offset.address] = state[field: State.Offset.cr2] }
            }
            output.base.copyMemory(from: state.base + State.Offset.fxsave, byteCount: 416)
            (output.base + Offset.registers).copyMemory(from: state.base + State.Offset.gpr, byteCount: 128)
            output[word: Offset.flags] = state.materializedFlags
        }
    }
#endif
