// SPDX-License-Identifier: Apache-2.0

#if !canImport(Darwin)
    import KVM
    import KVMABI
    import TDXABI
    import Testing
    import X86

    #if canImport(Glibc)
        import Glibc
    #elseif canImport(Musl)
        import Musl
    #endif

    /// `eventfd(2)`, which the C library's module does not declare.
    private func eventfd() -> Int32 {
        typealias Function = @convention(c) (UInt32, Int32) -> Int32
        guard let symbol = dlsym(nil, "eventfd") else { return -1 }
        return unsafeBitCast(symbol, to: Function.self)(0, 0)
    }

    @Suite("KVM_IRQFD")
    struct IRQFDTests {
        private static func request(_ fd: Int32, gsi: UInt32 = 5, flags: UInt32 = 0) -> KVMIRQFD {
            var request = KVMIRQFD()
            (request.fd, request.gsi, request.flags) = (UInt32(bitPattern: fd), gsi, flags)
            return request
        }

        @Test("fails in Linux's order")
        func failures() throws {
            let client = try Client()
            let plain = client.createVM()
            let td = TestTD(client)
            let event = eventfd()
            defer {
                close(event)
                td.close()
                _ = client.kvm.close(plain)
            }
            let rows: [(Int32, Int32, UInt32, Errno)] = [
                (td.vm, -1, 4, .invalid), (td.vm, -1, 1, .badDescriptor), (td.vm, 0, 1, .invalid),
                (plain, -1, 0, .invalid),  // no interrupt controller
                (td.vm, -1, 2, .invalid),  // resampling needs one in the kernel
                (td.vm, -1, 0, .badDescriptor), (td.vm, 0, 0, .invalid),  // no eventfd
            ]
            for (vm, fd, flags, error) in rows {
                var request = Self.request(fd, flags: flags)
                #expect(client.call(vm, .irqFD, &request) == error.result, "\(fd), flags \(flags)")
            }
            var request = Self.request(event)
            #expect(client.call(td.vm, .irqFD, &request) == 0)
            request.gsi = 6
            #expect(client.call(td.vm, .irqFD, &request) == Errno.busy.result)
            #expect(client.call(td.vm, .irqFD, 8) == Errno.badAddress.result)
        }

        @Test("a write to the eventfd is the GSI's interrupt, until it is taken back")
        func interrupts() throws {
            let client = try Client()
            let td = TestTD.flat(client) { program in
                for vector in [0x55, 0x56] as [UInt8] { program.handle(vector) }
                program.writeMSR(0x80F, 0x1FF)
                for _ in 0..<2 {
                    program.halt()
                    program.report(1)
                }
            }
            let event = eventfd()
            defer {
                close(event)
                td.close()
            }
            var entry = KVMIRQRoutingEntry()
            (entry.gsi, entry.type) = (5, KVMConstant.routingMSI)
            (entry.words[0], entry.words[2]) = (0xFEE0_0000, 0x55)
            var header = KVMIRQRouting()
            header.count = 1
            var bytes = Client.block(header, [entry])
            #expect(client.call(td.vm, .setGSIRouting, bytes: &bytes) == 0)
            var request = Self.request(event)
            #expect(client.call(td.vm, .irqFD, &request) == 0)
            var one: UInt64 = 1
            #expect(write(event, &one, 8) == 8)
            #expect(td.reports(most: 2).values == [0x55, 1])

            request.flags = 1
            #expect(client.call(td.vm, .irqFD, &request) == 0)
            #expect(write(event, &one, 8) == 8)
            var count: UInt64 = 0
            #expect(read(event, &count, 8) == 8 && count == 1, "nobody else has taken it")
            var message = KVMMSI()
            (message.addressLow, message.data) = (0xFEE0_0000, 0x56)
            #expect(client.call(td.vm, .signalMSI, &message) == 1)
            #expect(td.reports() == ([0x56, 1], .end))
        }
    }

    @Suite("KVM_IOEVENTFD")
    struct IOEventFDTests {
        private static func request(
            _ fd: Int32, _ address: UInt64 = 0xC000, _ length: UInt32 = 4, flags: UInt32 = 0,
            value: UInt64 = 0
        ) -> KVMIOEventFD {
            var request = KVMIOEventFD()
            (request.fd, request.address, request.length) = (fd, address, length)
            (request.flags, request.dataMatch) = (flags, value)
            return request
        }

        @Test("fails in Linux's order")
        func failures() throws {
            let client = try Client()
            let td = TestTD(client)
            let (event, other) = (eventfd(), eventfd())
            defer {
                close(event)
                close(other)
                td.close()
            }
            let rows: [(KVMIOEventFD, Int)] = [
                (Self.request(-1, 0, 3), Errno.invalid.result),
                (Self.request(-1, ~1, 4), Errno.invalid.result),
                (Self.request(-1, flags: 16), Errno.invalid.result),
                (Self.request(-1, 0xC000, 0, flags: 1), Errno.invalid.result),
                (Self.request(-1), Errno.badDescriptor.result), (Self.request(0), Errno.invalid.result),
                (Self.request(event, flags: 4), Errno.noEntry.result),
                (Self.request(event, flags: 1, value: 7), 0),
                (Self.request(other, flags: 1, value: 7), Errno.exists.result),
                (Self.request(other, flags: 1, value: 8), 0),
                (Self.request(other, 0xC000, 2), 0), (Self.request(other), Errno.exists.result),
                (Self.request(other, 0xC000, 0), Errno.exists.result),
                (Self.request(other, flags: 2), 0),  // a port
                (Self.request(event, flags: 4), Errno.noEntry.result),  // with a value it is
                (Self.request(other, flags: 5, value: 7), Errno.noEntry.result),
                (Self.request(event, flags: 5, value: 7), 0),
                (Self.request(-1, flags: 4), Errno.badDescriptor.result),
            ]
            for (index, row) in rows.enumerated() {
                var request = row.0
                #expect(client.call(td.vm, .ioEventFD, &request) == row.1, "row \(index)")
            }
        }

        @Test("a write of the guest that matches is a write to the eventfd, and no exit")
        func writes() throws {
            let client = try Client()
            let shared = FlatProgram.sharedBit
            let td = TestTD.flat(client) { program in
                program.vmcall(.requestMMIO, 4, 1, shared | 0xE000_0000, 7)  // any value, any length
                program.vmcall(.requestMMIO, 2, 1, shared | 0xE000_0010, 7)  // this value, this length
                program.report(.r10)
                program.vmcall(.io, 2, 1, 0xC010, 3)
                program.report(.r10)
                program.vmcall(.requestMMIO, 2, 1, shared | 0xE000_0010, 8)  // another value
                program.vmcall(.requestMMIO, 4, 1, shared | 0xE000_0010, 7)  // another length
                program.vmcall(.io, 2, 0, 0xC010, 3)  // a read
            }
            let event = eventfd()
            defer {
                close(event)
                td.close()
            }
            for request in [
                Self.request(event, 0xE000_0000, 0), Self.request(event, 0xE000_0010, 2, flags: 1, value: 7),
                Self.request(event, 0xC010, 2, flags: 2),
            ] {
                var request = request
                #expect(client.call(td.vm, .ioEventFD, &request) == 0)
            }
            #expect(td.reports(most: 2).values == [0, 0])
            var count: UInt64 = 0
            #expect(read(event, &count, 8) == 8 && count == 3)
            let area = try #require(td.area())
            for length in [2, 4] as [UInt32] {
                #expect(td.run() == 0)
                #expect((area.exitReason, area.mmio.length) == (.mmio, length))
            }
            #expect(td.run() == 0)
            #expect((area.exitReason, area.io.port) == (.io, 0xC010))
        }
    }
#endif
