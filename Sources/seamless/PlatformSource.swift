// SPDX-License-Identifier: Apache-2.0

import CollateralServer
import Quoting
import Synchronization

/// A platform's services, made anew when its directory changes.
final class PlatformSource: Sendable {
    struct Services {
        let collateral: CollateralService
        let quoting: QGSService
        let platform: SimulatedPlatform
    }

    private let directory: PlatformDirectory
    private let made = Mutex<(version: PlatformDirectory.Version, services: Services)?>(nil)

    private let style: CollateralService.Style

    init(_ directory: PlatformDirectory, style: CollateralService.Style = .vendor) {
        self.directory = directory
        self.style = style
    }

    func current() throws -> Services {
        try made.withLock { made in
            let version = try directory.version()
            if let made, made.version == version,
                made.services.platform.isCollateralCurrent(at: made.services.platform.time)
            {
                return made.services
            }
            var authority = try directory.authority()
            if !authority.platform.isCollateralCurrent(at: authority.platform.time) {
                authority = try directory.change { platform, _ in
                    platform.renewCollateral(at: platform.time)
                }
            }
            let services = Services(
                collateral: try CollateralService(authority: authority, style: style),
                quoting: try authority.quotingService(),
                platform: authority.platform)
            // If it changed meanwhile, the next request finds out.
            made = (version, services)
            return services
        }
    }
}
