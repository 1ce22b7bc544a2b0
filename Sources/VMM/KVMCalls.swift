// SPDX-License-Identifier: Apache-2.0

import KVMABI

/// A structure of the ioctl interface, by byte offsets, as the kernel lays it out.
struct KVMBlock {
    var bytes: [UInt8]

    init(_ size: Int) { bytes = [UInt8](repeating: 0, count: size) }

    mutating func put<T: FixedWidthInteger>(_ offset: Int, _ value: T) {
        for i in 0..<MemoryLayout<T>.size where offset + i < bytes.count {
            bytes[offset + i] = UInt8(truncatingIfNeeded: value >> T(8 * i))
        }
    }

    func get<T: FixedWidthInteger>(_ offset: Int, as type: T.Type = T.self) -> T {
        var value: T = 0
        for i in 0..<MemoryLayout<T>.size where offset + i < bytes.count {
            value |= T(bytes[offset + i]) << T(8 * i)
        }
        return value
    }
}

/// A CPUID leaf as the ioctls carry it (`struct kvm_cpuid_entry2`).
struct CPUIDEntry: Equatable, Sendable {
    var function: UInt32
    var index: UInt32 = 0
    /// `KVM_CPUID_FLAG_SIGNIFCANT_INDEX`
    var hasIndex = false
    var eax: UInt32 = 0
    var ebx: UInt32 = 0
    var ecx: UInt32 = 0
    var edx: UInt32 = 0

    static let size = 40

    func store(in block: inout KVMBlock, at offset: Int) {
        for (i, word) in [function, index, hasIndex ? 1 : 0, eax, ebx, ecx, edx].enumerated() {
            block.put(offset + 4 * i, word)
        }
    }

    init(function: UInt32, index: UInt32 = 0, hasIndex: Bool = false) {
        self.function = function
        self.index = index
        self.hasIndex = hasIndex
    }

    init(_ block: KVMBlock, at offset: Int) {
        function = block.get(offset)
        index = block.get(offset + 4)
        hasIndex = block.get(offset + 8, as: UInt32.self) & 1 != 0
        eax = block.get(offset + 12)
        ebx = block.get(offset + 16)
        ecx = block.get(offset + 20)
        edx = block.get(offset + 24)
    }
}

/// The ioctls the machine uses, with values for arguments.
struct KVMCalls: Sendable {
    let device: any KVMDevice

    /// What calls return that is no failure of the machine.
    enum ErrorNumber {
        static let interrupted = Errno.interrupted.result
        static let tooBig = Errno.tooBig.result
        static let again = Errno.tryAgain.result
        static let busy = Errno.busy.result
        static let fault = Errno.badAddress.result
        static let poisoned = Errno.hardwarePoison.result
    }

    /// The sub-commands of `KVM_MEMORY_ENCRYPT_OP`, with their names for messages.
    enum TDXCommand: UInt32 {
        case capabilities = 0
        case initVM = 1
        case initVCPU = 2
        case initMemoryRegion = 3
        case finalizeVM = 4
        case getCPUID = 5

        var name: String {
            switch self {
            case .capabilities: "KVM_TDX_CAPABILITIES"
            case .initVM: "KVM_TDX_INIT_VM"
            case .initVCPU: "KVM_TDX_INIT_VCPU"
            case .initMemoryRegion: "KVM_TDX_INIT_MEM_REGION"
            case .finalizeVM: "KVM_TDX_FINALIZE_VM"
            case .getCPUID: "KVM_TDX_GET_CPUID"
            }
        }
    }

    // MARK: Plain calls

    /// A call with a number; fails with the call's name.
    @discardableResult
    func call(_ name: String, _ fd: Int32, _ request: IOCTL, _ argument: UInt = 0) throws(MachineError) -> Int
    {
        let result = device.ioctl(fd, request.rawValue, argument)
        guard result >= 0 else { throw .call(name: name, error: -result, detail: 0) }
        return result
    }

    /// A call with a structure, which it may change.
    func raw(_ fd: Int32, _ request: IOCTL, _ block: inout KVMBlock) -> Int {
        // The address is valid for the duration of the call, which is all an ioctl asks for.
        unsafe block.bytes.withUnsafeMutableBytes { buffer in
            device.ioctl(fd, request.rawValue, UInt(bitPattern: buffer.baseAddress))
        }
    }

    @discardableResult
    func call(_ name: String, _ fd: Int32, _ request: IOCTL, _ block: inout KVMBlock) throws(MachineError)
        -> Int
    {
        let result = raw(fd, request, &block)
        guard result >= 0 else { throw .call(name: name, error: -result, detail: 0) }
        return result
    }

    func enable(_ name: String, _ vm: Int32, _ capability: Capability, _ argument: UInt64)
        throws(MachineError)
    {
        var block = KVMBlock(104)
        block.put(0, capability.rawValue)
        block.put(8, argument)
        try call("KVM_ENABLE_CAP(\(name))", vm, IOCTL.enableCap, &block)
    }

    // MARK: Memory

    func createGuestMemory(_ vm: Int32, size: UInt64) throws(MachineError) -> Int32 {
        var block = KVMBlock(64)
        block.put(0, size)
        return Int32(
            truncatingIfNeeded: try call("KVM_CREATE_GUEST_MEMFD", vm, IOCTL.createGuestMemFD, &block))
    }

    func setMemoryRegion(_ vm: Int32, slot: UInt32, _ memory: GuestMemory) throws(MachineError) {
        var block = KVMBlock(160)
        block.put(0, slot)
        block.put(4, KVMConstant.memGuestMemFD)
        block.put(8, memory.range.lowerBound)
        block.put(16, UInt64(memory.range.count))
        block.put(24, UInt64(memory.address))
        block.put(40, memory.descriptor)
        try call("KVM_SET_USER_MEMORY_REGION2", vm, IOCTL.setUserMemoryRegion2, &block)
    }

    func setAttributes(_ vm: Int32, _ range: Range<UInt64>, isPrivate: Bool) throws(MachineError) {
        var block = KVMBlock(32)
        block.put(0, range.lowerBound)
        block.put(8, UInt64(range.count))
        block.put(16, UInt64(isPrivate ? KVMConstant.attributePrivate : 0))
        try call("KVM_SET_MEMORY_ATTRIBUTES", vm, IOCTL.setMemoryAttributes, &block)
    }

    /// Delivers a message interrupt; true when somebody took it.
    @discardableResult
    func signal(_ vm: Int32, address: UInt64, data: UInt32) -> Bool {
        var block = KVMBlock(32)
        block.put(0, UInt32(truncatingIfNeeded: address))
        block.put(4, UInt32(truncatingIfNeeded: address >> 32))
        block.put(8, data)
        return raw(vm, IOCTL.signalMSI, &block) > 0
    }

    // MARK: TDX

    /// `KVM_MEMORY_ENCRYPT_OP` with a structure.
    func tdx(_ fd: Int32, _ command: TDXCommand, flags: UInt32 = 0, _ data: inout KVMBlock) -> (
        Int, hwError: UInt64
    ) {
        var block = KVMBlock(24)
        block.put(0, command.rawValue)
        block.put(4, flags)
        // The address is valid for the duration of the call.
        let result = unsafe data.bytes.withUnsafeMutableBytes { buffer in
            block.put(8, UInt64(UInt(bitPattern: buffer.baseAddress)))
            return raw(fd, IOCTL.memoryEncryptOp, &block)
        }
        return (result, block.get(16))
    }

    /// `KVM_MEMORY_ENCRYPT_OP` with a number.
    func tdx(_ fd: Int32, _ command: TDXCommand, number: UInt64) -> (Int, hwError: UInt64) {
        var block = KVMBlock(24)
        block.put(0, command.rawValue)
        block.put(8, number)
        return (raw(fd, IOCTL.memoryEncryptOp, &block), block.get(16))
    }

    /// A list of CPUID leaves that a call fills, asked with ever more room.
    func cpuidList(header: Int, _ ask: (inout KVMBlock) -> Int) -> (
        block: KVMBlock, entries: [CPUIDEntry], result: Int
    ) {
        var room = 32
        while true {
            var block = KVMBlock(header + 8 + CPUIDEntry.size * room)
            block.put(header, UInt32(room))
            let result = ask(&block)
            if result == ErrorNumber.tooBig && room < 256 {
                room = min(room * 2, 256)
                continue
            }
            guard result >= 0 else { return (block, [], result) }
            let count = min(Int(block.get(header, as: UInt32.self)), room)
            let entries = (0..<count).map { CPUIDEntry(block, at: header + 8 + CPUIDEntry.size * $0) }
            return (block, entries, result)
        }
    }
}
