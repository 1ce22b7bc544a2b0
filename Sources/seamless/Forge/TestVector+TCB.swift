// SPDX-License-Identifier: Apache-2.0

import Collateral
import Quote

extension TestVector {
    static let platformStatuses: [TCBStatus] = [
        .upToDate, .swHardeningNeeded, .configurationNeeded, .configurationAndSWHardeningNeeded, .outOfDate,
        .outOfDateConfigurationNeeded, .revoked,
    ]
    static let componentStatuses: [TCBStatus] = [.upToDate, .outOfDate, .revoked]

    /// Each status of a platform, in each form of a quote, with modules of major version 1 and 0.
    static let statuses: [TestVector] = platformStatuses.flatMap { status in
        Forgery.Form.allCases.flatMap { form in
            [1, 0].map { (major: UInt8) in
                var forgery = Forgery(launch: status)
                forgery.form = form
                if major == 0 { forgery.becomeMajor0() }
                return TestVector(
                    category: .status,
                    subject: "status-\(status.rawValue)" + (major == 0 ? "-module-major-0" : ""),
                    forgery: forgery, expected: verdict(status, platform: status))
            }
        }
    }

    /// Each row and column of the convergence table.
    static let convergences: [TestVector] = platformStatuses.flatMap { platform in
        componentStatuses.flatMap { module in
            componentStatuses.flatMap { qe in
                let status: TCBStatus
                if [platform, module, qe].contains(.revoked) {
                    status = .revoked
                } else if [module, qe].contains(.outOfDate) {
                    switch platform {
                    case .upToDate, .swHardeningNeeded, .outOfDate: status = .outOfDate
                    default: status = .outOfDateConfigurationNeeded
                    }
                } else {
                    status = platform
                }
                return forms.map { form in
                    var forgery = Forgery(launch: platform, module: module, qe: qe)
                    forgery.form = form
                    return TestVector(
                        category: .convergence,
                        subject: "convergence-\(platform.rawValue)-\(module.rawValue)-\(qe.rawValue)",
                        forgery: forgery,
                        expected: verdict(status, platform: platform, module: module, qe: qe))
                }
            }
        }
    }

    /// The forms that have a `TEE_TCB_SVN_2`.
    static let formsWithCurrent: [Forgery.Form] = [.v5TD15, .v5TD15Ex]

    /// Each pair of what the platform was when the TD was launched and what it is now, and the pairs that components make.
    static let relaunches: [TestVector] =
        platformStatuses.flatMap { launch in
            platformStatuses.flatMap { current in
                formsWithCurrent.map { form in
                    var forgery = Forgery(launch: launch, current: current)
                    forgery.form = form
                    forgery.currentTEETCBSVN = SVNComponents([6, 1, 3])
                    let status: TCBStatus =
                        switch (launch, current) {
                        case (.outOfDate, .upToDate), (.outOfDate, .swHardeningNeeded): .tdRelaunchAdvised
                        case (.outOfDate, .configurationNeeded),
                            (.outOfDate, .configurationAndSWHardeningNeeded),
                            (.outOfDateConfigurationNeeded, .upToDate),
                            (.outOfDateConfigurationNeeded, .swHardeningNeeded),
                            (.outOfDateConfigurationNeeded, .configurationNeeded),
                            (.outOfDateConfigurationNeeded, .configurationAndSWHardeningNeeded):
                            .tdRelaunchAdvisedConfigurationNeeded
                        default: launch
                        }
                    return TestVector(
                        category: .relaunch, subject: "relaunch-\(launch.rawValue)-\(current.rawValue)",
                        forgery: forgery, expected: verdict(status, platform: launch))
                }
            }
        } + relaunchesOfComponents

    /// The module's SVN 5 was out of date on day 50, 4 is revoked; 6 is up to date.
    private static let relaunchesOfComponents: [TestVector] = [
        // The module alone was updated.
        ("module-updated", .upToDate, .upToDate, 5, 6, .tdRelaunchAdvised, .outOfDate),
        (
            "module-updated-configuration", .configurationNeeded, .upToDate, 5, 6,
            .tdRelaunchAdvisedConfigurationNeeded, .outOfDate
        ),
        ("module-updated-qe-out-of-date", .upToDate, .outOfDate, 5, 6, .outOfDate, .outOfDate),
        ("module-updated-from-revoked", .upToDate, .upToDate, 4, 6, .revoked, .revoked),
        // What is now never makes it worse.
        ("module-now-out-of-date", .upToDate, .upToDate, 6, 5, .upToDate, .upToDate),
        ("module-now-revoked", .upToDate, .upToDate, 6, 4, .upToDate, .upToDate),
    ].flatMap {
        (
            subject: String, platform: TCBStatus, qe: TCBStatus, launch: UInt8, current: UInt8,
            expected: TCBStatus, module: TCBStatus
        ) in
        formsWithCurrent.map { form in
            var forgery = Forgery(launch: platform, qe: qe)
            forgery.form = form
            forgery.info.tdxModuleIdentities?[0].identity.levels += [
                Forgery.moduleLevel(5, day: 50, .outOfDate), Forgery.moduleLevel(4, day: 40, .revoked),
            ]
            forgery.report.teeTCBSVN = SVNComponents([launch, 1, 2])
            forgery.currentTEETCBSVN = SVNComponents([current, 1, 2])
            return TestVector(
                category: .relaunch, subject: "relaunch-" + subject, forgery: forgery,
                expected: verdict(
                    expected, platform: platform, module: module, qe: qe, day: launch == 5 ? 50 : 60))
        }
    }
}
