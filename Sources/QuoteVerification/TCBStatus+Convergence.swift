// SPDX-License-Identifier: Apache-2.0

public import Collateral

extension TCBStatus {
    /// The status of a platform together with that of one of its parts, a TDX module or a quoting enclave.
    ///
    /// An old part makes the whole old; what the platform needs to be configured is not forgotten.
    public func converged(with component: TCBStatus) -> TCBStatus {
        switch (self, component) {
        case (.revoked, _), (_, .revoked): .revoked
        case (.configurationNeeded, .outOfDate), (.configurationAndSWHardeningNeeded, .outOfDate):
            .outOfDateConfigurationNeeded
        case (.upToDate, .outOfDate), (.swHardeningNeeded, .outOfDate): .outOfDate
        default: self
        }
    }

    /// The status of a TD launched under one TCB that runs under another: `self` is that of the launch.
    ///
    /// A module updated under a running TD does not make its launch good, but says how to mend it. A worse module now
    /// than at the launch does not change the result; it is reported beside it.
    public func relaunch(current: TCBStatus) -> TCBStatus {
        switch (self, current) {
        case (.outOfDate, .upToDate), (.outOfDate, .swHardeningNeeded): .tdRelaunchAdvised
        case (.outOfDateConfigurationNeeded, .upToDate), (.outOfDateConfigurationNeeded, .swHardeningNeeded),
            (.outOfDate, .configurationNeeded), (.outOfDate, .configurationAndSWHardeningNeeded),
            (.outOfDateConfigurationNeeded, .configurationNeeded),
            (.outOfDateConfigurationNeeded, .configurationAndSWHardeningNeeded):
            .tdRelaunchAdvisedConfigurationNeeded
        default: self
        }
    }
}
