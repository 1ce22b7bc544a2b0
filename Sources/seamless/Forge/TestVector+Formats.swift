// SPDX-License-Identifier: Apache-2.0

import Collateral
import Quote
import QuoteVerification

extension TestVector {
    private typealias Edit = @Sendable (inout [UInt8], Forgery.Layout) -> Void

    private static func edited(
        _ category: Category, _ subject: String, in forms: [Forgery.Form] = Forgery.Form.allCases,
        _ edit: @escaping Edit
    ) -> [TestVector] {
        refused(category, subject, in: forms, .unsupportedQuoteFormat) { $0.edit = edit }
    }

    /// Every field that says how long something is, and lies.
    static let lengths: [TestVector] = {
        let described = Forgery.Form.allCases.filter { $0 != .v4 }
        let fields: [(String, Int, [Forgery.Form], @Sendable (Forgery.Layout) -> Int)] = [
            ("body", 4, described, { $0.body - 4 }),
            ("signature-data", 4, Forgery.Form.allCases, \.section),
            ("outer-certification-data", 4, Forgery.Form.allCases, \.outerSize),
            ("authentication-data", 2, Forgery.Form.allCases, \.authenticationSize),
            ("inner-certification-data", 4, Forgery.Form.allCases, \.innerSize),
        ]
        let lies: [(String, @Sendable (UInt64) -> UInt64)] = [
            ("short", { $0 - 1 }), ("long", { $0 + 1 }), ("none", { _ in 0 }),
            ("signed", { _ in 0x7FFF_FFFF_FFFF_7FFF }), ("huge", { _ in .max }),
        ]
        return fields.flatMap { name, width, forms, offset in
            lies.flatMap { lie, change in
                edited(.length, "length-\(name)-\(lie)", in: forms) { bytes, layout in
                    let field = offset(layout)..<offset(layout) + width
                    let value = bytes[field].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
                    for (index, place) in field.enumerated() {
                        bytes[place] = UInt8(truncatingIfNeeded: change(value) >> UInt64(8 * index))
                    }
                }
            }
        }
    }()

    /// Every constant that is another, and bytes that are missing or too many.
    static let formats: [TestVector] =
        [
            edited(.format, "format-version-3") { bytes, _ in bytes[0] = 3 },
            edited(.format, "format-version-6") { bytes, _ in bytes[0] = 6 },
            // The body of the one version is not that of the other.
            edited(.format, "format-version-of-the-other") { bytes, _ in bytes[0] ^= 1 },
            edited(.format, "format-key-type") { bytes, _ in bytes[2] = 3 },
            edited(.format, "format-tee-type") { bytes, _ in bytes[4] = 0 },
            edited(.format, "format-vendor") { bytes, _ in bytes[12] ^= 1 },
            edited(.format, "format-body-type-enclave", in: [.v5TD10, .v5TD15, .v5TD15Ex]) { bytes, _ in
                bytes[48] = 1
            },
            edited(.format, "format-body-type-unknown", in: [.v5TD10, .v5TD15, .v5TD15Ex]) { bytes, _ in
                bytes[48] = 5
            },
            edited(.format, "format-body-type-of-another", in: [.v5TD10, .v5TD15, .v5TD15Ex]) { bytes, _ in
                bytes[48] = bytes[48] % 3 + 2
            },
            edited(.format, "format-outer-certification-type") { $0[$1.outerType] = 5 },
            edited(.format, "format-inner-certification-type-none") { $0[$1.innerType] = 0 },
            edited(.format, "format-inner-certification-type-nested") { $0[$1.innerType] = 6 },
            edited(.format, "format-inner-certification-type-unknown") { $0[$1.innerType] = 9 },
            edited(.format, "truncated-empty") { bytes, _ in bytes = [] },
            edited(.format, "truncated-header") { bytes, _ in bytes.removeLast(bytes.count - 47) },
            edited(.format, "truncated-body") { $0.removeLast($0.count - $1.section + 1) },
            edited(.format, "truncated-signature") { $0.removeLast($0.count - $1.quoteSignature - 60) },
            edited(.format, "truncated-qe-report") { $0.removeLast($0.count - $1.qeSignature + 1) },
            edited(.format, "truncated-chain") { $0.removeLast($0.count - $1.innerSize - 100) },
            edited(.format, "truncated-by-one") { bytes, _ in bytes.removeLast() },
            accepted(.format, "trailing-zeros", in: Forgery.Form.allCases) {
                $0.edit = { bytes, _ in bytes += [UInt8](repeating: 0, count: 3000) }
            },
            accepted(.format, "trailing-bytes", in: Forgery.Form.allCases) {
                $0.edit = { bytes, _ in bytes += [1, 2, 3] }
            },
        ].flatMap { $0 }
}
