// SPDX-License-Identifier: Apache-2.0

#if !canImport(Darwin)
    import KVMABI
    import Testing

    @testable import KVM

    #if canImport(Glibc)
        import Glibc
    #elseif canImport(Musl)
        import Musl
    #endif

    /// Addresses of the program that have nothing behind them.
    @Suite("A bad address")
    struct UserMemoryTests {
        /// Two pages, of which only the first is there.
        private final class Edge {
            let base: UnsafeMutableRawPointer
            init() throws {
                let memory = mmap(
                    nil, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | Int32(MAP_ANONYMOUS), -1, 0)
                base = try #require(memory)
                munmap(base + 4096, 4096)
            }
            deinit { munmap(base, 4096) }
            var end: UInt { UInt(bitPattern: base) + 4096 }
        }

        @Test("is EFAULT for every structure that an ioctl reads or writes")
        func structures() throws {
            let client = try Client()
            let td = TestTD(client)
            defer { td.close() }
            let edge = try Edge()
            let rows: [(Int32, IOCTL)] =
                [.supportedCPUID, .msrIndexList, .mceCapSupported, .msrs].map { (client.system, $0) }
                + [
                    .setUserMemoryRegion, .setUserMemoryRegion2, .createGuestMemFD, .setMemoryAttributes,
                    .enableCap, .signalMSI, .setGSIRouting, .irqLine, .irqLineStatus, .irqFD, .ioEventFD,
                    .clock,
                    .setClock, .setMSRFilter, .memoryEncryptOp,
                ].map { (td.vm, $0) }
                + [
                    .memoryEncryptOp, .setCPUID2, .cpuid2, .msrs, .setMSRs, .setMPState, .mpState,
                    .preFaultMemory,
                    .setupMCE, .vcpuEvents, .setVCPUEvents,
                ].map { (td.vcpus[0], $0) }
            for (file, ioctl) in rows {
                for address in [0, 8, edge.end, edge.end - 2, 1 << 63, ~0] {
                    #expect(
                        client.call(file, ioctl, address) == Errno.badAddress.result,
                        "\(ioctl.name) at 0x\(String(address, radix: 16))")
                }
            }
        }

        @Test("in a structure is EFAULT as well")
        func nested() throws {
            let client = try Client()
            let td = TestTD(client)
            defer { td.close() }
            let edge = try Edge()
            for data in [0, UInt64(edge.end), UInt64(edge.end) - 4] {
                #expect(client.command(td.vm, .capabilities, data: data).result == Errno.badAddress.result)
                #expect(client.command(td.vcpus[0], .getCPUID, data: data).result == Errno.badAddress.result)
            }
            #expect(client.command(td.vcpus[0], .initVCPU).result == 0)
            #expect(td.setPrivate(0..<td.size) == 0)
            var region = KVMTDXInitMemRegion()
            region.sourceAddress = UInt64(edge.end) - 4096
            region.pageCount = 2
            let result = withUnsafeMutablePointer(to: &region) {
                client.command(td.vcpus[0], .initMemRegion, data: UInt64(UInt(bitPattern: $0))).result
            }
            #expect(result == Errno.badAddress.result)
            #expect((region.gpa, region.pageCount) == (4096, 1), "the first page has been added")
        }

        @Test("behind a slot is a memory fault of the guest")
        func slots() throws {
            let client = try Client(script: Script([Script.touch(RunTests.shared | 1 << 30)]))
            let td = TestTD.runnable(client)
            defer { td.close() }
            let edge = try Edge()
            var region = KVMUserspaceMemoryRegion2()
            (region.slot, region.guestPhysicalAddress, region.memorySize) = (1, 1 << 30, 4096)
            region.userspaceAddress = UInt64(edge.end)
            #expect(client.call(td.vm, .setUserMemoryRegion2, &region) == 0)
            #expect(td.run() == Errno.badAddress.result)
            #expect(td.area()?.exitReason == .memoryFault)
            #expect(td.area().map { $0.memoryFault == (0, 1 << 30, 4096) } == true)
        }
    }
#endif
