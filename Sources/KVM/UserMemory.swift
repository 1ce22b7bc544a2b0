// SPDX-License-Identifier: Apache-2.0

import KVMABI

/// Memory of the program that calls, by address: what `copy_from_user` and `copy_to_user` reach.
///
/// The program runs in this process, so an address it gives is used as it is; the first page is never memory.
struct UserMemory {
    let address: UInt

    private func pointer(_ offset: Int) throws(Errno) -> UnsafeMutableRawPointer {
        let (sum, overflow) = address.addingReportingOverflow(UInt(bitPattern: offset))
        guard !overflow, address >= 4096, sum < 1 << 47,
            let pointer = UnsafeMutableRawPointer(bitPattern: sum)
        else {
            throw .badAddress
        }
        return pointer
    }

    func read<T: BitwiseCopyable>(_ type: T.Type = T.self, at offset: Int = 0) throws(Errno) -> T {
        try pointer(offset).loadUnaligned(as: T.self)
    }

    func write<T: BitwiseCopyable>(_ value: T, at offset: Int = 0) throws(Errno) {
        try pointer(offset).storeBytes(of: value, as: T.self)
    }

    func readArray<T: BitwiseCopyable>(_ count: Int, of type: T.Type = T.self, at offset: Int)
        throws(Errno) -> [T]
    {
        var result: [T] = []
        for index in 0..<count {
            result.append(try read(T.self, at: offset + index * MemoryLayout<T>.stride))
        }
        return result
    }

    func writeArray<T: BitwiseCopyable>(_ values: [T], at offset: Int) throws(Errno) {
        for (index, value) in values.enumerated() {
            try write(value, at: offset + index * MemoryLayout<T>.stride)
        }
    }
}
