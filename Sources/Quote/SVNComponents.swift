// SPDX-License-Identifier: Apache-2.0

/// Sixteen security version numbers: `TEE_TCB_SVN` of a TD report, or the components of a TCB level.
///
/// They are compared one by one: an SVN list is not less or greater than another, each of its components is.
public struct SVNComponents: Hashable, Sendable, CustomStringConvertible {
    private var components: SIMD16<UInt8>

    public static let size = 16
    public static let zero = SVNComponents()

    public init() { components = .zero }
    /// The first 16 of `bytes`; missing ones are zero.
    public init(_ bytes: some Sequence<UInt8>) { self.init(Array(bytes.prefix(16))) }

    /// As above.
    public init(_ bytes: [UInt8]) {
        components = .zero
        for index in 0..<Swift.min(16, bytes.count) { components[index] = bytes[index] }
    }

    /// Component 0 to 15; zero elsewhere.
    public subscript(index: Int) -> UInt8 {
        get { 0..<16 ~= index ? components[index] : 0 }
        set { if 0..<16 ~= index { components[index] = newValue } }
    }

    public var bytes: [UInt8] { (0..<16).map { components[$0] } }

    /// Whether no component from `first` on is below that of `minimum`.
    public func meets(_ minimum: SVNComponents, from first: Int = 0) -> Bool {
        for index in first..<16 where components[index] < minimum.components[index] { return false }
        return true
    }

    /// Which components from `first` on are below those of `minimum`.
    public func shortfalls(_ minimum: SVNComponents, from first: Int = 0) -> [Int] {
        (first..<16).filter { components[$0] < minimum.components[$0] }
    }

    /// Whether the first component that differs is greater here: the order of levels, and of nothing else.
    public func isListedBefore(_ other: SVNComponents) -> Bool {
        for index in 0..<16 where components[index] != other.components[index] {
            return components[index] > other.components[index]
        }
        return false
    }

    public var description: String { bytes.hexadecimal }
}

extension SVNComponents {
    // What the first three bytes of TEE_TCB_SVN mean.

    /// Byte 0: the `ISVSVN` of the TDX module.
    public var moduleSVN: UInt8 { self[0] }
    /// Byte 1: the major version of the TDX module. 0 is TDX 1.0, 1 is TDX 1.5.
    public var moduleMajorVersion: UInt8 { self[1] }
    /// Byte 2: the SVN of the late microcode patch.
    public var lateMicrocodeSVN: UInt8 { self[2] }
}

extension RawSpan {
    mutating func take(_ field: @autoclosure () -> String) throws(QuoteFormatError) -> SVNComponents {
        SVNComponents(try take(field(), count: 16))
    }
}
