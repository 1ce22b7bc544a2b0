// SPDX-License-Identifier: Apache-2.0

public import PhysicalMemory
import Synchronization
public import TDXABI
public import X86

/// What happens after a host-side call.
public enum HostCallOutcome: Sendable {
    /// The host goes on; its registers hold the results.
    case completed
    /// The vCPU runs on the calling logical processor; its exit goes to `TDXModule.exited`.
    case enter(any VirtualProcessor)
}

/// What happens after an exit of a vCPU.
public enum ExitOutcome: Sendable {
    /// The vCPU runs on.
    case resume
    /// The host goes on; its registers hold the results of `TDH.VP.ENTER`.
    case completed
}

/// The TDX module: the host-side leaves, the guest-side leaves, and everything they keep.
///
/// It runs no CPU: a call says what runs next. Calls may come from several threads at once, one per logical processor.
public final class TDXModule: @unchecked Sendable {
    let memory: PhysicalMemory
    let platform: PlatformDescription
    let reportKey: ReportKey
    let system: SystemState
    let pamt = PAMT()
    let kot: KeyOwnershipTable
    /// Tells what happens at both interfaces. Set it before the first call.
    public var trace: (@Sendable (TraceEvent) -> Void)?

    public init(memory: PhysicalMemory, platform: PlatformDescription, reportKey: ReportKey? = nil) {
        self.memory = memory
        self.platform = platform
        self.reportKey = reportKey ?? ReportKey(key: platform.random(32))
        system = SystemState(processors: platform.processors)
        kot = KeyOwnershipTable(keys: platform.privateKeys, packages: platform.packages)
    }

    deinit {
        // vCPUs and their TDs refer to each other.
        for td in pamt.tds { td.vcpus = [] }
    }

    /// SEAMCALL, on the logical processor `processor`.
    public func call(_ registers: inout HostRegisters, on processor: Int) -> HostCallOutcome {
        let operands = registers
        let leaf = HostLeaf.byNumber[HostLeafNumber(rawValue: UInt16(truncatingIfNeeded: operands.rax))]
        var call = HostCall(
            registers: registers, processor: processor,
            version: UInt8(truncatingIfNeeded: operands.rax >> 16),
            states: leaf?.states ?? [], entryStates: leaf?.entryStates ?? [])
        var status = TDXStatus.success
        do throws(TDXStatus) {
            try dispatch(leaf, &call)
        } catch {
            status = error
        }
        if let entering = call.entering {
            registers = call.registers
            registers.rax = operands.rax
            return .enter(entering)
        }
        call.registers.rax = status.rawValue
        registers = call.registers
        trace?(
            .seamcall(
                name: leaf?.name ?? "", leaf: operands.rax & 0xFFFF, processor: processor, operands: operands,
                results: registers, explanation: explanation(of: status, calling: operands, on: processor)))
        return .completed
    }

    /// The checks that come before every leaf's own.
    private func dispatch(_ leaf: HostLeaf?, _ call: inout HostCall) throws(TDXStatus) {
        let rax = call.registers.rax
        guard rax[bits: 24...63] == 0 else { throw .operandInvalid.at(.rax) }
        guard call.version <= leaf?.version ?? 0 else { throw .operandInvalid.at(.rax) }
        guard system.processors.indices.contains(call.processor) else { throw .operandInvalid.at(.rax) }
        let state = system.state
        guard state != .shutdown || leaf?.number == .sysLPShutdown else { throw .sysShutdown }
        guard state == .ready || HostLeaf.beforeReady.contains(UInt16(truncatingIfNeeded: rax)) else {
            throw .sysNotReady
        }
        guard let leaf else { throw .operandInvalid.at(.rax) }
        try leaf.body(self, &call)
    }

    /// The vCPU that `TDH.VP.ENTER` entered on `processor` has left.
    public func exited(_ exit: VMExit, _ registers: inout HostRegisters, on processor: Int) -> ExitOutcome {
        guard let vcpu = system.processors[processor].entered else {
            preconditionFailure("An exit belongs to the vCPU that was entered on its logical processor.")
        }
        let action = vcpu.td.isFatal ? .toHost(.fatalTD(exit)) : handleExit(exit, vcpu)
        if let trace {
            let toHost = if case .resume = action { false } else { true }
            trace(
                .vmExit(
                    vcpu: vcpu.index, reason: exit.reason.rawValue, qualification: exit.qualification,
                    guestPhysicalAddress: exit.guestPhysicalAddress, rip: vcpu.processor?[.rip] ?? 0,
                    toHost: toHost))
        }
        switch action {
        case .resume: return .resume
        case .vmcall:
            let before = registers
            leave(vcpu, by: .vmcall, on: processor)
            deliverVMCall(of: vcpu, to: &registers)
            traceEntry(before, registers, processor)
        case .toHost(let hostExit):
            let before = registers
            if hostExit.status.isFatal { vcpu.td.isFatal = true }
            leave(vcpu, by: hostExit.isTrap ? .asynchronousTrap : .asynchronousFault, on: processor)
            if hostExit.disablesVCPU { vcpu.state = .disabled }
            deliver(hostExit, of: vcpu, to: &registers)
            traceEntry(before, registers, processor)
        }
        return .completed
    }

    private func traceEntry(_ operands: HostRegisters, _ results: HostRegisters, _ processor: Int) {
        trace?(
            .seamcall(
                name: HostLeaf.vpEnter.name, leaf: 0, processor: processor, operands: operands,
                results: results,
                explanation: explanation(of: TDXStatus(results.rax), calling: operands, on: processor)))
    }
}
