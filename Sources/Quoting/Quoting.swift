// SPDX-License-Identifier: Apache-2.0

/// What makes quotes on a simulated platform, and says what they are worth.
///
/// ```
///  TDREPORT ──MAC──▶ QuotingEnclave ──attestation key──▶ Quote
///                         ▲ certified once by the platform's PCK key
///  SimulatedPlatform ──PlatformAuthority──▶ certificates, CRLs, TCB Info, QE identity
/// ```
///
/// A `SimulatedPlatform` is a value: SVNs, identities and what its vendor says of them. With `PlatformKeys` it determines
/// every certificate, document and quote to the byte, so that all of it can be made anew at any time. `QGSConnection` and
/// `QuoteService` speak the protocols by which a TD asks for quotes. There is no I/O here, no clock and no random source.
public enum Quoting {}
