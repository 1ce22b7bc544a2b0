// SPDX-License-Identifier: Apache-2.0

import KVM
import KVMABI
import Platform

/// A program that uses the ioctls, as tests write it.
struct Client {
    let kvm: SoftwareKVM
    let system: Int32

    init(
        processors: Int = 2, memory: UInt64 = 128 << 20, script: Script? = nil,
        time: (any TimeSource)? = nil, configure: (inout PlatformConfiguration) -> Void = { _ in }
    ) throws {
        var configuration = PlatformConfiguration(
            processorsPerPackage: processors, memory: memory, time: time)
        if let script { configuration.makeProcessor = { ScriptedProcessor(script) } }
        configure(&configuration)
        kvm = try SoftwareKVM(platform: Platform(configuration))
        system = kvm.open()
    }

    func call(_ fd: Int32, _ ioctl: IOCTL, _ argument: UInt = 0) -> Int {
        kvm.ioctl(fd, ioctl.rawValue, argument)
    }

    /// A call with a structure, which may come back changed.
    @discardableResult
    func call<T: BitwiseCopyable>(_ fd: Int32, _ ioctl: IOCTL, _ value: inout T) -> Int {
        withUnsafeMutablePointer(to: &value) { kvm.ioctl(fd, ioctl.rawValue, UInt(bitPattern: $0)) }
    }

    func call(_ fd: Int32, _ ioctl: IOCTL, bytes: inout [UInt8]) -> Int {
        bytes.withUnsafeMutableBytes { kvm.ioctl(fd, ioctl.rawValue, UInt(bitPattern: $0.baseAddress)) }
    }

    /// A header and entries behind it, as one block.
    static func block<H: BitwiseCopyable, E: BitwiseCopyable>(_ header: H, _ entries: [E]) -> [UInt8] {
        withUnsafeBytes(of: header) { Array($0) }
            + entries.flatMap { withUnsafeBytes(of: $0) { Array($0) } }
    }
    static func value<T: BitwiseCopyable>(_ bytes: [UInt8], _ offset: Int, as type: T.Type = T.self)
        -> T
    {
        bytes.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: offset, as: T.self) }
    }

    func command(
        _ fd: Int32, _ id: KVMTDXCommandID, flags: UInt32 = 0, data: UInt64 = 0, hwError: UInt64 = 0
    ) -> (result: Int, hwError: UInt64) {
        var command = KVMTDXCommand()
        command.id = id.rawValue
        command.flags = flags
        command.data = data
        command.hwError = hwError
        let result = call(fd, .memoryEncryptOp, &command)
        return (result, command.hwError)
    }
    func command(
        _ fd: Int32, _ id: KVMTDXCommandID, flags: UInt32 = 0, bytes: inout [UInt8]
    ) -> (result: Int, hwError: UInt64) {
        bytes.withUnsafeMutableBytes {
            command(fd, id, flags: flags, data: UInt64(UInt(bitPattern: $0.baseAddress)))
        }
    }

    func enable(_ vm: Int32, _ capability: Capability, _ value: UInt64) -> Int {
        var request = KVMEnableCap()
        request.cap = capability.rawValue
        request.arguments[0] = value
        return call(vm, .enableCap, &request)
    }

    func createVM() -> Int32 { Int32(call(system, .createVM, VMType.tdx.rawValue)) }

    /// `KVM_TDX_INIT_VM` with the entries given.
    func initVM(
        _ vm: Int32, entries: [KVMCPUIDEntry2] = [Client.sizes()], attributes: UInt64 = 1 << 28,
        xfam: UInt64 = 3,
        change: (inout KVMTDXInitVM) -> Void = { _ in }
    ) -> (result: Int, hwError: UInt64) {
        var request = KVMTDXInitVM()
        request.attributes = attributes
        request.xfam = xfam
        request.entryCount = UInt32(entries.count)
        change(&request)
        var bytes = Client.block(request, entries)
        return command(vm, .initVM, bytes: &bytes)
    }

    static func sizes(_ width: UInt32 = 48) -> KVMCPUIDEntry2 {
        var entry = KVMCPUIDEntry2()
        entry.function = 0x8000_0008
        entry.eax = width << 16
        return entry
    }

    /// `KVM_SET_CPUID2` with x2APIC, a GPA width, and features of KVM's own (`KVM_FEATURE_*`, leaf 0x40000001).
    func setCPUID(_ vcpu: Int32, gpaWidth: UInt32 = 48, offers: UInt32 = 0) -> Int {
        var features = KVMCPUIDEntry2()
        features.function = 1
        features.ecx = 1 << 21
        var width = Client.sizes(gpaWidth)
        width.eax |= 52
        var signature = KVMCPUIDEntry2()
        signature.function = 0x4000_0000
        (signature.eax, signature.ebx) = (0x4000_0001, 0x4B4D_564B)
        var (basic, topology) = (KVMCPUIDEntry2(), KVMCPUIDEntry2())
        basic.eax = 0x1F
        (topology.function, topology.index, topology.flags) = (0xB, 1, KVMConstant.cpuidSignificantIndex)
        topology.edx = 0x77
        var entries = [basic, features, topology, width, signature]
        if offers != 0 {
            var entry = KVMCPUIDEntry2()
            (entry.function, entry.eax) = (0x4000_0001, offers)
            entries.append(entry)
        }
        var header = KVMCPUID2()
        header.entryCount = UInt32(entries.count)
        var bytes = Client.block(header, entries)
        return call(vcpu, .setCPUID2, bytes: &bytes)
    }
}

/// A TD of one memory slot, built up to where a test needs it.
struct TestTD: @unchecked Sendable {
    let client: Client
    let vm: Int32
    let memfd: Int32
    let vcpus: [Int32]
    let memory: UnsafeMutableRawPointer
    let size: UInt64

    init(
        _ client: Client, vcpus count: Int = 1, size: UInt64 = 1 << 20, at gpa: UInt64 = 0,
        attributes: UInt64 = 1 << 28, gpaWidth: UInt32 = 48
    ) {
        self.client = client
        self.size = size
        vm = client.createVM()
        _ = client.enable(vm, .exitHypercall, 1 << 12)
        _ = client.enable(vm, .splitIRQChip, 24)
        _ = client.enable(vm, .apicBusCyclesNS, 40)
        _ = client.initVM(vm, entries: [Client.sizes(gpaWidth)], attributes: attributes)
        memory = .allocate(byteCount: Int(size), alignment: 4096)
        memory.initializeMemory(as: UInt8.self, repeating: 0, count: Int(size))
        var file = KVMCreateGuestMemFD()
        file.size = size
        memfd = Int32(client.call(vm, .createGuestMemFD, &file))
        var region = KVMUserspaceMemoryRegion2()
        region.flags = KVMConstant.memGuestMemFD
        region.guestPhysicalAddress = gpa
        region.memorySize = size
        region.userspaceAddress = UInt64(UInt(bitPattern: memory))
        region.guestMemFD = UInt32(bitPattern: memfd)
        _ = client.call(vm, .setUserMemoryRegion2, &region)
        var vcpus: [Int32] = []
        for id in 0..<count {
            let vcpu = Int32(client.call(vm, .createVCPU, UInt(id)))
            _ = client.setCPUID(vcpu, gpaWidth: gpaWidth)
            vcpus.append(vcpu)
        }
        self.vcpus = vcpus
    }

    func setPrivate(_ range: Range<UInt64>, _ isPrivate: Bool = true) -> Int {
        var request = KVMMemoryAttributes()
        request.address = range.lowerBound
        request.size = UInt64(range.count)
        request.attributes = isPrivate ? KVMConstant.attributePrivate : 0
        return client.call(vm, .setMemoryAttributes, &request)
    }

    /// `KVM_TDX_INIT_MEM_REGION` of whole pages.
    func add(_ bytes: [UInt8], at gpa: UInt64, measure: Bool = true) -> Int {
        let size = (bytes.count + 4095) & ~4095
        let source = UnsafeMutableRawPointer.allocate(byteCount: size, alignment: 4096)
        defer { source.deallocate() }
        source.initializeMemory(as: UInt8.self, repeating: 0, count: size)
        bytes.withUnsafeBytes {
            source.copyMemory(from: $0.baseAddress ?? UnsafeRawPointer(source), byteCount: $0.count)
        }
        var region = KVMTDXInitMemRegion()
        region.sourceAddress = UInt64(UInt(bitPattern: source))
        region.gpa = gpa
        region.pageCount = UInt64(size / 4096)
        return withUnsafeMutablePointer(to: &region) {
            client.command(
                vcpus[0], .initMemRegion, flags: measure ? 1 : 0, data: UInt64(UInt(bitPattern: $0))
            ).result
        }
    }

    func area(_ index: Int = 0) -> KVMRun? {
        client.kvm.map(vcpus[index], length: KVMConstant.vcpuMmapSize).map { KVMRun($0) }
    }
    func run(_ index: Int = 0) -> Int { client.call(vcpus[index], .run) }

    /// A TD that can run, with one page of memory.
    static func runnable(_ client: Client, vcpus: Int = 1) -> TestTD {
        let td = TestTD(client, vcpus: vcpus)
        for vcpu in td.vcpus { _ = client.command(vcpu, .initVCPU) }
        _ = td.setPrivate(0..<td.size)
        _ = td.add([0xF4], at: 0)
        _ = client.command(td.vm, .finalizeVM)
        return td
    }

    func close() {
        for vcpu in vcpus { _ = client.kvm.close(vcpu) }
        _ = client.kvm.close(memfd)
        _ = client.kvm.close(vm)
        memory.deallocate()
    }
}
