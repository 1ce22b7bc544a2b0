// SPDX-License-Identifier: Apache-2.0

import KVMABI
import Platform
import Synchronization
import TDXABI
import Testing

@testable import KVM

/// A failed ioctl says why, in a sentence.
@Suite("A failed ioctl is explained")
struct ExplanationTests {
    /// Keeps what it is told.
    private final class Listener: Sendable {
        private let sentences = Mutex<[String]>([])
        func hear(_ text: String) { sentences.withLock { $0.append(text) } }
        func take() -> [String] {
            sentences.withLock { sentences in
                defer { sentences = [] }
                return sentences
            }
        }
    }

    @Test("with call, argument, state and rule; one that succeeds is not")
    func sentences() throws {
        let listener = Listener()
        let platform = try Platform(PlatformConfiguration(processorsPerPackage: 2, memory: 128 << 20))
        let kvm = try SoftwareKVM(platform: platform, complain: listener.hear)
        let system = kvm.open()
        #expect(kvm.ioctl(system, IOCTL.createVM.rawValue, 7) == Errno.invalid.result)
        #expect(
            listener.take() == [
                "KVM_CREATE_VM(7) on /dev/kvm failed with EINVAL: the only type of VM here is 5, a TD."
            ])
        let vm = Int32(kvm.ioctl(system, IOCTL.createVM.rawValue, VMType.tdx.rawValue))
        #expect(kvm.ioctl(vm, IOCTL.setClock.rawValue, 16) == Errno.badAddress.result)
        #expect(kvm.ioctl(vm, 0xAEFF, 3) == Errno.notTTY.result)
        var attributes = KVMMemoryAttributes()
        (attributes.address, attributes.size) = (0x1000, 7)
        let result = withUnsafeMutablePointer(to: &attributes) {
            kvm.ioctl(vm, IOCTL.setMemoryAttributes.rawValue, UInt(bitPattern: $0))
        }
        #expect(result == Errno.invalid.result)
        #expect(
            listener.take() == [
                "KVM_SET_CLOCK(nothing readable) on an uninitialized TD with 0 vCPUs failed with EFAULT: an address that the program gave is none of user space.",
                "0xaeff(3) on an uninitialized TD with 0 vCPUs failed with ENOTTY: a TD has no such ioctl.",
                "KVM_SET_MEMORY_ATTRIBUTES({0x1000, 0x7, 0x0, 0x0}) on an uninitialized TD with 0 vCPUs failed with EINVAL: flags must be 0, the one attribute is private; address and size are whole pages that do not wrap around.",
            ])
        #expect(kvm.close(vm) == 0)
        #expect(listener.take() == [])
    }
}
