// SPDX-License-Identifier: Apache-2.0

/// What the vendor says of a trusted computing base, best first.
public enum TCBStatus: String, Hashable, Sendable, CaseIterable {
    case upToDate = "UpToDate"
    case swHardeningNeeded = "SWHardeningNeeded"
    case configurationNeeded = "ConfigurationNeeded"
    case configurationAndSWHardeningNeeded = "ConfigurationAndSWHardeningNeeded"
    /// The TD was launched under an old TDX module, and a newer one runs now: launching it again mends it.
    case tdRelaunchAdvised = "TDRelaunchAdvised"
    case tdRelaunchAdvisedConfigurationNeeded = "TDRelaunchAdvisedConfigurationNeeded"
    case outOfDate = "OutOfDate"
    case outOfDateConfigurationNeeded = "OutOfDateConfigurationNeeded"
    /// Never acceptable.
    case revoked = "Revoked"

    /// What a platform's TCB level can say; the two relaunch statuses are results only.
    public static let ofPlatforms: Set<TCBStatus> = [
        .upToDate, .swHardeningNeeded, .configurationNeeded, .configurationAndSWHardeningNeeded, .outOfDate,
        .outOfDateConfigurationNeeded, .revoked,
    ]
    /// What a level of a TDX module or a quoting enclave can say.
    public static let ofComponents: Set<TCBStatus> = [.upToDate, .outOfDate, .revoked]
}

extension TCBStatus: Comparable {
    /// A worse status is greater.
    public static func < (a: TCBStatus, b: TCBStatus) -> Bool { a.severity < b.severity }

    private var severity: Int {
        switch self {
        case .upToDate: 0
        case .swHardeningNeeded: 1
        case .configurationNeeded: 2
        case .configurationAndSWHardeningNeeded: 3
        case .tdRelaunchAdvised: 4
        case .tdRelaunchAdvisedConfigurationNeeded: 5
        case .outOfDate: 6
        case .outOfDateConfigurationNeeded: 7
        case .revoked: 8
        }
    }
}

extension TCBStatus: CustomStringConvertible {
    public var description: String { rawValue }
}
