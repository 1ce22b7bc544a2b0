// SPDX-License-Identifier: Apache-2.0

import Collateral
import QuoteVerification
import Testing

@Suite("Convergence of TCB statuses")
struct ConvergenceTests {
    @Test(
        "a part that is out of date makes the whole so, and a revoked one revokes it",
        arguments: [
            (.upToDate, .outOfDate), (.swHardeningNeeded, .outOfDate),
            (.configurationNeeded, .outOfDateConfigurationNeeded),
            (.configurationAndSWHardeningNeeded, .outOfDateConfigurationNeeded), (.outOfDate, .outOfDate),
            (.outOfDateConfigurationNeeded, .outOfDateConfigurationNeeded), (.revoked, .revoked),
        ] as [(TCBStatus, TCBStatus)])
    func converges(platform: TCBStatus, withOldPart: TCBStatus) {
        #expect(platform.converged(with: .upToDate) == platform)
        #expect(platform.converged(with: .outOfDate) == withOldPart)
        #expect(platform.converged(with: .revoked) == .revoked)
    }

    @Test("only a launch that is out of date and a module that is not now advise a relaunch")
    func relaunches() {
        let old: Set<TCBStatus> = [.outOfDate, .outOfDateConfigurationNeeded]
        let good: Set<TCBStatus> = [.upToDate, .swHardeningNeeded]
        let configurable: Set<TCBStatus> = [.configurationNeeded, .configurationAndSWHardeningNeeded]
        for launch in TCBStatus.ofPlatforms {
            for current in TCBStatus.ofPlatforms {
                var expected = launch
                if old.contains(launch), good.contains(current) {
                    expected =
                        launch == .outOfDate ? .tdRelaunchAdvised : .tdRelaunchAdvisedConfigurationNeeded
                } else if old.contains(launch), configurable.contains(current) {
                    expected = .tdRelaunchAdvisedConfigurationNeeded
                }
                #expect(launch.relaunch(current: current) == expected, "\(launch), now \(current)")
            }
        }
    }

    @Test("statuses are ordered from best to worst")
    func ordered() { #expect(TCBStatus.allCases.sorted() == TCBStatus.allCases) }
}
