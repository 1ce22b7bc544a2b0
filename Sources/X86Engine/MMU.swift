// SPDX-License-Identifier: Apache-2.0

extension State {
    /// The slow half of `load` and `loadForUpdate`: walks, fills the TLB, joins split accesses in a bounce buffer.
    @inline(never)
    func slowLoad(_ address: UInt64, _ size: Int, _ op: MicroOp, forUpdate: Bool) -> UnsafeRawPointer? {
        fatalError("the MMU is not there yet")
    }

    /// The slow half of `store`.
    @inline(never)
    func slowStore(_ address: UInt64, _ bytes: UnsafeRawBufferPointer, _ op: MicroOp) -> Bool {
        fatalError("the MMU is not there yet")
    }
}
