// SPDX-License-Identifier: Apache-2.0

import TDXABI
import Testing
import X86

@testable import TDXModule

@Suite("Tracking and locks of pages")
struct TrackingTests {
    @Test("a mapping is blocked and tracked first in the states in which vCPUs may run, and in no others")
    func states() throws {
        let running: Set<OpState> = [.runnable, .liveExport, .liveImport]
        var counts = (tracked: 0, free: 0, refused: 0)
        for leaf in [HostLeafNumber.memPageRemove, .memPageRelocate, .memPageDemote] {
            for state in OpState.allCases {
                let scene: Scene
                switch leaf {
                case .memPageRemove: scene = try MEMPageRemove.scene(level: 0)
                case .memPageRelocate: scene = try MEMPageRelocate.scene()
                default: scene = try MEMPageDemote.scene()
                }
                try scene.place(.mapped, at: scene.mapping.address, level: scene.mapping.level)
                try scene.td.opState = state
                let status = scene.call().status
                let comment: Comment = "leaf \(leaf.rawValue), \(state)"
                if HostLeaf.byNumber[leaf]?.states.contains(state) != true {
                    #expect(status == .opStateIncorrect, comment)
                    counts.refused += 1
                } else if running.contains(state) {
                    #expect(status == .gpaRangeNotBlocked.at(.rcx), comment)
                    counts.tracked += 1
                } else {
                    #expect(status == .success, comment)
                    counts.free += 1
                }
            }
        }
        #expect(counts == (9, 13, 11))
    }

    @Test("a 2 MiB page excludes the pages in it, shared or not, and these exclude it; others are free")
    func sizes() {
        let pamt = PAMT()
        let (large, inside) = (pamt.entry(0x4000_0000), pamt.entry(0x4000_3000))
        let (sibling, outside) = (pamt.entry(0x4000_4000), pamt.entry(0x4020_0000))
        #expect(large.tryLockLarge())
        #expect(!large.tryLockLarge())
        for exclusively in [false, true] {
            #expect(!inside.tryLock(exclusively: exclusively))
            #expect(outside.tryLock(exclusively: exclusively))
            outside.unlock()
        }
        large.unlockLarge()
        for exclusively in [false, true] {
            #expect(inside.tryLock(exclusively: exclusively))
            #expect(!large.tryLockLarge())
            #expect(inside.tryLock(exclusively: false) != exclusively)
            if !exclusively { inside.unlock() }
            #expect(!inside.tryLock(exclusively: true))
            #expect(sibling.tryLock(exclusively: true))
            sibling.unlock()
            #expect(!large.tryLockLarge())
            inside.unlock()
        }
        #expect(large.tryLockLarge())
        large.unlockLarge()
    }
}
