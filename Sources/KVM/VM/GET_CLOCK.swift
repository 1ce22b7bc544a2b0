// SPDX-License-Identifier: Apache-2.0

import KVMABI
import Platform

extension VM {
    /// `KVM_GET_CLOCK`: nanoseconds of the VM, of the host's wall clock, and the time-stamp counter at that moment.
    func getClock(_ argument: UInt) throws(Errno) -> Int {
        var data = KVMClockData()
        data.clock = host.platform.time.nanoseconds() &+ lock.withLock { clockOffset }
        data.realtime = host.platform.time.wallNanoseconds()
        data.hostTSC = host.platform.clock()
        data.flags = KVMConstant.clockStable | KVMConstant.clockRealtime | KVMConstant.clockHostTSC
        try UserMemory(address: argument).write(data)
        return 0
    }

    /// `KVM_SET_CLOCK`: with a wall-clock time, what has passed since then is added.
    func setClock(_ argument: UInt) throws(Errno) -> Int {
        let data = try UserMemory(address: argument).read(KVMClockData.self)
        guard data.flags & ~KVMConstant.clockRealtime == 0 else {
            throw .invalid("the one flag is KVM_CLOCK_REALTIME")
        }
        var clock = data.clock
        if data.flags & KVMConstant.clockRealtime != 0 {
            let wall = host.platform.time.wallNanoseconds()
            if wall > data.realtime { clock &+= wall - data.realtime }
        }
        lock.withLock { clockOffset = clock &- host.platform.time.nanoseconds() }
        return 0
    }
}
