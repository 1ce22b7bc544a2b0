// SPDX-License-Identifier: Apache-2.0

import Collateral
import Quote
import QuoteVerification
import TDXABI
import Testing

@Suite("Policies")
struct PolicyTests {
    private func violations(_ json: String, _ change: (inout TestPlatform) -> Void = { _ in }) throws
        -> [String]
    {
        var platform = TestPlatform()
        change(&platform)
        return try AppraisalPolicy(json: Array(json.utf8)).appraise(verify(platform)).map(\.requirement)
    }

    @Test("that ask for nothing still want a TCB that is up to date and no debugging")
    func empty() throws {
        #expect(try violations("{}") == [])
        #expect(try violations("{}") { $0.qeReport.isvSVN = 3 } == ["acceptedStatuses"])
        #expect(try violations("{}") { $0.changeReport { $0.tdAttributes.insert(.debug) } } == ["allowDebug"])
        #expect(
            try violations("{}") { $0.changeReport { $0.tdAttributes.insert(.init(rawValue: 0x80)) } } == [
                "allowDebug"
            ])
    }

    @Test("accept nothing of a quote that is refused")
    func refused() throws {
        #expect(try violations(#"{"allowDebug":true}"#) { $0.qeReport.isvSVN = 2 } == ["verification"])
    }

    @Test("name each requirement that is not met")
    func requirements() throws {
        let zero = Digest384.zero.description
        let mrTD = Digest384(1...48).description
        let data = ReportData(3...66).description
        let rows: [(String, [String])] = [
            (#"{"mrTD":"\#(mrTD)"}"#, []), (#"{"mrTD":["\#(zero)","\#(mrTD)"]}"#, []),
            (#"{"mrTD":"\#(zero)"}"#, ["mrTD"]), (#"{"mrTD":[]}"#, ["mrTD"]),
            (#"{"rtmr0":"\#(zero)","rtmr1":"\#(zero)","mrServiceTD":"\#(zero)"}"#, ["rtmr0"]),
            (#"{"reportData":"\#(data)"}"#, []), (#"{"reportData":"0304"}"#, ["reportData"]),
            (#"{"requiredXFAM":"0x3","forbiddenXFAM":"8"}"#, []),
            (#"{"requiredXFAM":"8","forbiddenXFAM":"1"}"#, ["requiredXFAM", "forbiddenXFAM"]),
            (#"{"requiredAttributes":"10000000"}"#, []),
            (#"{"forbiddenAttributes":"0x10000000"}"#, ["forbiddenAttributes"]),
            (#"{"requiredAttributes":"0x20000000"}"#, ["requiredAttributes"]),
            (#"{"minimumTCBDate":"2020-01-01T00:00:00Z"}"#, []),
            (#"{"minimumTCBDate":"2030-01-01T00:00:00Z"}"#, ["minimumTCBDate"]),
            (#"{"minimumTCBEvaluationDataNumber":17}"#, []),
            (#"{"minimumTCBEvaluationDataNumber":18}"#, ["minimumTCBEvaluationDataNumber"]),
            (#"{"minimumTEETCBSVN":"06010300000000000000000000000000"}"#, []),
            (#"{"minimumTEETCBSVN":"06010400000000000000000000000000"}"#, ["minimumTEETCBSVN"]),
            (#"{"minimumQESVN":4}"#, []), (#"{"minimumQESVN":5}"#, ["minimumQESVN"]),
            (
                #"{"allowDynamicPlatform":false,"allowCachedKeys":false,"allowSMT":false}"#,
                ["allowDynamicPlatform", "allowCachedKeys", "allowSMT"]
            ),
        ]
        for (policy, expected) in rows { #expect(try violations(policy) == expected, "\(policy)") }
    }

    @Test("choose among statuses and advisories, now and at the launch")
    func statuses() throws {
        func old(_ platform: inout TestPlatform) { platform.qeReport.isvSVN = 3 }
        #expect(try violations(#"{"acceptedStatuses":["OutOfDate"]}"#, old) == [])
        #expect(
            try violations(
                #"{"acceptedStatuses":["OutOfDate"],"rejectedAdvisories":["INTEL-SA-00020"]}"#, old) == [
                    "rejectedAdvisories"
                ])
        #expect(
            try violations(
                #"{"acceptedStatuses":["OutOfDate"],"acceptedAdvisories":["INTEL-SA-00020"]}"#, old) == [])
        #expect(
            try violations(#"{"acceptedStatuses":["OutOfDate"],"acceptedAdvisories":[]}"#, old) == [
                "acceptedAdvisories"
            ])
        func worseNow(_ platform: inout TestPlatform) { platform.launch([6, 1, 3], current: [4, 1, 3]) }
        #expect(try violations("{}", worseNow) == [])
        #expect(
            try violations(#"{"acceptedCurrentStatuses":["UpToDate"]}"#, worseNow) == [
                "acceptedCurrentStatuses"
            ])
    }

    @Test(
        "with a member that no policy has, or a value that it cannot have, are refused",
        arguments: [
            #"{"mrtd":""}"#, #"{"mrTD":"00"}"#, #"{"acceptedStatuses":["Fine"]}"#,
            #"{"acceptedStatuses":["Revoked"]}"#,
            #"{"acceptedStatuses":"UpToDate"}"#, #"{"allowDebug":1}"#, #"{"requiredXFAM":"xyz"}"#,
            #"{"minimumTCBDate":"2026-01-01"}"#, #"{"reportData":"0"}"#, "[]", "",
        ])
    func malformed(policy: String) {
        #expect(throws: CollateralError.self) { try AppraisalPolicy(json: Array(policy.utf8)) }
    }
}
