// SPDX-License-Identifier: Apache-2.0

import X86
import X86Decoder

extension BlockBuilder {
    /// Lowers the system instructions. False: not one of them.
    mutating func lowerSystem(_ i: Instruction) -> Bool {
        switch i.map {
        case .oneByte: lowerSystemOneByte(i)
        case .twoByte: lowerSystemTwoByte(i)
        case .threeByte38: lowerSystemThreeByte(i)
        case .threeByte3A: false
        }
    }

    /// An op that the block goes on behind.
    private mutating func op(_ handler: @escaping Handler, _ i: Instruction) -> Bool {
        emitRecord(handler, i)
        return true
    }
    /// An op that ends the block.
    private mutating func last(_ handler: @escaping Handler, _ i: Instruction) -> Bool {
        emitEnding(handler, i)
        return true
    }
    /// Segment loads change the mode outside 64-bit mode.
    private mutating func segmentLoad(_ handler: @escaping Handler, _ i: Instruction) -> Bool {
        is64 ? op(handler, i) : last(handler, i)
    }

    private mutating func lowerSystemOneByte(_ i: Instruction) -> Bool {
        switch i.opcode {
        case 0x06, 0x0E, 0x16, 0x1E: is64 ? false : op(pushSegment, i)
        case 0x07, 0x17, 0x1F: is64 ? false : last(popSegment, i)
        case 0x63: is64 ? false : op(arpl, i)
        case 0x6C, 0x6D, 0x6E, 0x6F, 0xE4, 0xE5, 0xE6, 0xE7, 0xEC, 0xED, 0xEE, 0xEF: last(portAccess, i)
        case 0x8C: op(moveFromSegment, i)
        case 0x8E: segmentLoad(moveToSegment, i)
        case 0x9A: is64 ? false : last(farCallDirect, i)
        case 0x9C: op(pushFlags, i)
        case 0x9D: last(popFlags, i)
        case 0xC4, 0xC5: is64 ? false : last(loadFarPointer, i)
        case 0xCA, 0xCB: last(farReturnOp, i)
        case 0xCC: last(int3, i)
        case 0xCD: last(intN, i)
        case 0xCE: is64 ? false : last(into, i)
        case 0xCF: last(iret, i)
        case 0xEA: is64 ? false : last(farJumpDirect, i)
        case 0xF1: last(icebp, i)
        case 0xF4: last(hlt, i)
        case 0xFA: op(cli, i)
        case 0xFB: op(sti, i)
        case 0xFF where i.isMemory && i.opcodeExtension == 3: last(farCallIndirect, i)
        case 0xFF where i.isMemory && i.opcodeExtension == 5: last(farJumpIndirect, i)
        default: false
        }
    }

    private mutating func lowerSystemTwoByte(_ i: Instruction) -> Bool {
        switch i.opcode {
        case 0x00: lowerTableGroup(i)
        case 0x01: i.isMemory ? lowerTableMemoryGroup(i) : lowerTableRegisterGroup(i)
        case 0x02: op(lar, i)
        case 0x03: op(lsl, i)
        case 0x05: last(syscall, i)
        case 0x06: last(clts, i)
        case 0x07: last(sysret, i)
        case 0x08: last(invd, i)
        case 0x09: last(wbinvd, i)
        case 0x0B, 0xB9, 0xFF: last(undefinedInstruction, i)
        case 0x20: op(moveFromCR, i)
        case 0x21: op(moveFromDR, i)
        case 0x22: last(moveToCR, i)
        case 0x23: last(moveToDR, i)
        case 0x30: last(wrmsr, i)
        case 0x31: op(rdtsc, i)
        case 0x32: op(rdmsr, i)
        case 0x33: last(rdpmc, i)
        case 0x34: last(sysenter, i)
        case 0x35: last(sysexit, i)
        case 0x37: last(getsec, i)
        case 0x78 where i.prefixes.isDisjoint(with: [.operandSize, .rep, .repne]): last(vmread, i)
        case 0x79 where i.prefixes.isDisjoint(with: [.operandSize, .rep, .repne]): last(vmwrite, i)
        case 0xA0, 0xA8: op(pushSegment, i)
        case 0xA1, 0xA9: segmentLoad(popSegment, i)
        case 0xA2: last(cpuid, i)
        case 0xAA: last(rsm, i)
        case 0xAE: lowerStateGroup(i)
        case 0xB2, 0xB4, 0xB5: segmentLoad(loadFarPointer, i)
        case 0xC7: lowerExtendedGroup(i)
        default: false
        }
    }

    private mutating func lowerTableGroup(_ i: Instruction) -> Bool {
        switch i.opcodeExtension {
        case 0: op(sldt, i)
        case 1: op(str, i)
        case 2: op(lldt, i)
        case 3: op(ltr, i)
        case 4, 5: op(verify, i)
        default: false
        }
    }

    private mutating func lowerTableMemoryGroup(_ i: Instruction) -> Bool {
        switch i.opcodeExtension {
        case 0, 1: op(storeTable, i)
        case 2, 3: op(loadTable, i)
        case 4: op(smsw, i)
        case 6: last(lmsw, i)
        case 7: last(invlpg, i)
        default: false
        }
    }

    private mutating func lowerTableRegisterGroup(_ i: Instruction) -> Bool {
        let has66 = i.prefixes.contains(.operandSize)
        switch i.modRM {
        case 0xC0: return last(encls, i)
        case 0xCF where !has66: return last(encls, i)
        case 0xC1: return last(vmcall, i)
        case 0xC2: return last(vmlaunch, i)
        case 0xC3: return last(vmresume, i)
        case 0xC4: return last(vmxoff, i)
        case 0xC5: return last(pconfig, i)
        case 0xC8: return last(monitor, i)
        case 0xC9: return last(mwait, i)
        case 0xCA where !has66: return last(clac, i)
        case 0xCB where !has66: return last(stac, i)
        case 0xCC where has66: return last(tdcall, i)
        case 0xCF: return last(seamcall, i)
        case 0xD0: return op(xgetbv, i)
        case 0xD1: return last(xsetbv, i)
        case 0xD4: return last(vmfunc, i)
        case 0xE0...0xE7: return op(smsw, i)
        case 0xE8 where !has66 && i.prefixes.isDisjoint(with: [.rep, .repne]): return last(serialize, i)
        case 0xEE: return op(rdpkru, i)
        case 0xEF: return op(wrpkru, i)
        case 0xF0...0xF7: return last(lmsw, i)
        case 0xF8: return is64 ? op(swapgs, i) : false
        case 0xF9: return op(rdtscp, i)
        default: return false
        }
    }

    private mutating func lowerExtendedGroup(_ i: Instruction) -> Bool {
        let has66 = i.prefixes.contains(.operandSize)
        let hasF3 = i.prefixes.contains(.rep)
        let isPlain = i.mandatoryPrefix == .none
        switch (i.opcodeExtension, i.isMemory) {
        case (3, true) where isPlain: return op(xrstors, i)
        case (4, true) where isPlain: return op(xsavec, i)
        case (5, true) where isPlain: return op(xsaves, i)
        case (6, true): return last(has66 ? vmclear : hasF3 ? vmxon : vmptrld, i)
        case (7, true): return last(vmptrst, i)
        case (7, false) where hasF3: return op(rdpid, i)
        case (6, false), (7, false): return op(rdrand, i)
        default: return false
        }
    }

    private mutating func lowerStateGroup(_ i: Instruction) -> Bool {
        let hasF3 = i.prefixes.contains(.rep)
        if i.isMemory {
            guard i.prefixes.isDisjoint(with: [.rep, .repne]) else { return false }
            let has66 = i.prefixes.contains(.operandSize)
            switch i.opcodeExtension {
            case 4 where !has66: return op(xsave, i)
            case 5 where !has66: return last(xrstor, i)
            case 6: return op(has66 ? cacheLine : xsaveopt, i)
            case 7: return op(cacheLine, i)
            default: return false
            }
        }
        switch i.opcodeExtension {
        case 0...3 where hasF3: return is64 ? op(segmentBase, i) : false
        case 5, 6, 7:
            guard i.prefixes.isDisjoint(with: [.operandSize, .rep, .repne]) else { return false }
            return op(fence, i)
        default: return false
        }
    }

    private mutating func lowerSystemThreeByte(_ i: Instruction) -> Bool {
        guard i.prefixes.contains(.operandSize), i.isMemory, i.prefixes.isDisjoint(with: [.rep, .repne])
        else {
            return false
        }
        switch i.opcode {
        case 0x80: return last(invept, i)
        case 0x81: return last(invvpid, i)
        case 0x82: return last(invpcid, i)
        default: return false
        }
    }
}
