// SPDX-License-Identifier: Apache-2.0

import KVMABI
import Synchronization

/// An eventfd that is written to instead of an exit, when the guest writes to an address.
struct IOEventFD: Sendable {
    var isPort: Bool
    var address: UInt64
    /// 0: whatever the length.
    var length: UInt64
    /// Nil: whatever the value.
    var value: UInt64?
    var file: EventFile

    func matches(isPort: Bool, _ address: UInt64, _ length: UInt64, _ value: UInt64) -> Bool {
        guard self.isPort == isPort, self.address == address else { return false }
        guard self.length != 0 else { return true }
        return self.length == length && (self.value == nil || self.value == value)
    }

    /// Some write would be for both.
    func collides(with other: IOEventFD) -> Bool {
        guard isPort == other.isPort, address == other.address else { return false }
        if length == 0 || other.length == 0 { return true }
        return length == other.length && (value == nil || other.value == nil || value == other.value)
    }
}

extension VM {
    private static let datamatch: UInt32 = 1 << 0
    private static let port: UInt32 = 1 << 1
    private static let deassign: UInt32 = 1 << 2
    /// Buses hold so many devices.
    private static let busLimit = 1000

    /// `KVM_IOEVENTFD`; memory addresses are without the shared bit.
    func ioEventFD(_ argument: UInt) throws(Errno) -> Int {
        let request = try UserMemory(address: argument).read(KVMIOEventFD.self)
        let value = request.flags & VM.datamatch != 0 ? request.dataMatch : nil
        let isPort = request.flags & VM.port != 0
        if request.flags & VM.deassign != 0 {
            let file = try EventFile(request.fd)
            try ioEventFDs.withLock { list throws(Errno) in
                let index = list.firstIndex {
                    $0.isPort == isPort && $0.address == request.address
                        && $0.length == UInt64(request.length)
                        && $0.value == value && $0.file.isSame(as: file)
                }
                guard let index else { throw .noEntry("nothing like it is assigned") }
                list.remove(at: index)
            }
            return 0
        }
        guard [0, 1, 2, 4, 8].contains(request.length) else {
            throw .invalid("len must be 0, 1, 2, 4 or 8")
        }
        guard !request.address.addingReportingOverflow(UInt64(request.length)).overflow else {
            throw .invalid("addr and len wrap around")
        }
        guard request.flags & ~(VM.datamatch | VM.port | VM.deassign) == 0 else {
            throw .invalid("flags has bits that do not exist")
        }
        guard request.length != 0 || value == nil else {
            throw .invalid("a value can be matched only with a length")
        }
        let entry = IOEventFD(
            isPort: isPort, address: request.address, length: UInt64(request.length), value: value,
            file: try EventFile(request.fd))
        try ioEventFDs.withLock { list throws(Errno) in
            guard !list.contains(where: { $0.collides(with: entry) }) else {
                throw .exists("another eventfd is assigned to the same writes")
            }
            guard list.count < VM.busLimit else { throw .noSpace("the VM has as many as it can") }
            list.append(entry)
        }
        return 0
    }

    /// A write of the guest: false when its program has to be asked.
    func signalsEvent(isPort: Bool, _ address: UInt64, _ length: UInt64, _ value: UInt64) -> Bool {
        let file = ioEventFDs.withLock { list in
            list.first { $0.matches(isPort: isPort, address, length, value) }?.file
        }
        file?.signal()
        return file != nil
    }
}
