// SPDX-License-Identifier: Apache-2.0

/// What kind of thing an event measured.
///
/// - SeeAlso: TCG PC Client Platform Firmware Profile, "Event Types".
public struct EventType: RawRepresentable, Hashable, Sendable {
    public var rawValue: UInt32
    public init(rawValue: UInt32) { self.rawValue = rawValue }

    /// `EV_NO_ACTION`: information that extends no register.
    public static let noAction = EventType(rawValue: 0x3)
    /// `EV_SEPARATOR`: the end of what firmware measured before the operating system.
    public static let separator = EventType(rawValue: 0x4)
    public static let action = EventType(rawValue: 0x5)
    public static let eventTag = EventType(rawValue: 0x6)
    public static let platformConfigFlags = EventType(rawValue: 0xA)
    public static let ipl = EventType(rawValue: 0xD)
    public static let variableDriverConfig = EventType(rawValue: 0x8000_0001)
    public static let variableBoot = EventType(rawValue: 0x8000_0002)
    public static let bootServicesApplication = EventType(rawValue: 0x8000_0003)
    public static let gpt = EventType(rawValue: 0x8000_0006)
    public static let efiAction = EventType(rawValue: 0x8000_0007)
    public static let platformFirmwareBlob2 = EventType(rawValue: 0x8000_000A)
    public static let handoffTables2 = EventType(rawValue: 0x8000_000B)
    public static let variableAuthority = EventType(rawValue: 0x8000_00E0)
}

extension EventType: CustomStringConvertible {
    public var description: String {
        switch self {
        case .noAction: "EV_NO_ACTION"
        case .separator: "EV_SEPARATOR"
        case .action: "EV_ACTION"
        case .eventTag: "EV_EVENT_TAG"
        case .platformConfigFlags: "EV_PLATFORM_CONFIG_FLAGS"
        case .ipl: "EV_IPL"
        case .variableDriverConfig: "EV_EFI_VARIABLE_DRIVER_CONFIG"
        case .variableBoot: "EV_EFI_VARIABLE_BOOT"
        case .bootServicesApplication: "EV_EFI_BOOT_SERVICES_APPLICATION"
        case .gpt: "EV_EFI_GPT_EVENT"
        case .efiAction: "EV_EFI_ACTION"
        case .platformFirmwareBlob2: "EV_EFI_PLATFORM_FIRMWARE_BLOB2"
        case .handoffTables2: "EV_EFI_HANDOFF_TABLES2"
        case .variableAuthority: "EV_EFI_VARIABLE_AUTHORITY"
        default: "event type 0x\(String(rawValue, radix: 16))"
        }
    }
}
