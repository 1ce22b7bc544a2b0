// SPDX-License-Identifier: Apache-2.0

/// What compares the engine with the host: the integer oracle and the floating-point one.
///
/// An oracle is used by one thread at a time. Its cases follow from its seed alone.
protocol HostOracle: AnyObject {
    static var name: String { get }
    /// nil: this host cannot be the judge.
    ///
    /// - Parameter worker: 0 to 7. Oracles of different workers may run at the same time.
    init?(seed: UInt64, worker: Int) throws
    /// The number of the last case. A case follows from the seed and its number.
    var number: UInt64 { get set }
    /// Compares random cases until `count` have been compared or one differs. What differs, with all that is needed to try
    /// it again; nil when nothing does.
    func run(_ count: Int) -> String?
}
