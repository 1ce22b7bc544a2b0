// SPDX-License-Identifier: Apache-2.0

import PhysicalMemory
import Platform
import TDXABI
import X86

extension VM {
    /// The last file has been closed: the key is given back, then every page.
    ///
    /// What cannot be given back, because the module does not let go, is lost on purpose: the host must not use pages
    /// that belong to somebody else's key.
    func destroy() {
        let vcpus = allVCPUs
        for vcpu in vcpus { vcpu.apic.stop() }
        var reclaimable = true
        if hasKey { reclaimable = releaseKey(vcpus) }
        for vcpu in vcpus {
            if reclaimable { vcpu.reclaim() }
            vcpu.free()
        }
        mmu.withLock { mmu in
            for page in mmu.takeKept() where reclaimable { reclaim(page) }
            for table in mmu.takeTables() where reclaimable { reclaim(table) }
            mmu.freeShared()
        }
        removeVCPUs()
        guard reclaimable else { return }
        for page in controlPages { reclaim(page) }
        controlPages = []
        if tdr != 0, call(.phymemPageReclaim, rcx: tdr).status == .success {
            let keyed = PhysicalMemory.address(PhysicalAddress(tdr), key: host.globalKey)
            _ = call(.phymemPageWBInvd, rcx: keyed.rawValue)
            host.pages.free(tdr)
        }
        tdr = 0
    }

    /// Flushes every vCPU on its processor, writes caches back in every package, frees the KeyID.
    func releaseKey(_ vcpus: [VCPU]) -> Bool {
        for vcpu in vcpus { vcpu.flush() }
        return host.globalLock.withLock {
            guard !call(.mngVPFlushDone, rcx: tdr).status.isError else { return false }
            for package in 0..<host.platform.configuration.packages {
                guard let processor = host.platform.processors.first(where: { $0.package == package })
                else { continue }
                host.processors.on(processor.index) { processor in
                    var resume: UInt64 = 0
                    for _ in 0..<10_000 {
                        guard processor.call(.phymemCacheWB, rcx: resume).status == .interruptedResumable
                        else {
                            break
                        }
                        resume = 1
                    }
                }
            }
            guard !call(.mngKeyFreeID, rcx: tdr).status.isError else { return false }
            if let hkid { host.keys.release(hkid) }
            hkid = nil
            return true
        }
    }

    /// `TDH.PHYMEM.PAGE.RECLAIM`; a page the module keeps is lost.
    func reclaim(_ page: UInt64) {
        guard call(.phymemPageReclaim, rcx: page).status == .success else { return }
        host.pages.free(page)
    }
}
