// SPDX-License-Identifier: Apache-2.0

import X86
import X86Decoder

// The interpreter's driver as the rest of the engine sees it. The block cache and `runBlocks` take the
// place of this file.

final class BlockCache {
    func holdsCode(_ page: UInt64) -> Bool { false }
    func invalidate(_ page: UInt64, _ offset: Int, _ count: Int) {}
}
extension VirtualCPU { func runBlocks() {} }
