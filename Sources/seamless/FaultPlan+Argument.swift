// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Platform

extension FaultPlan {
    /// Of `--inject`.
    static let help = ArgumentHelp(
        "What is to go wrong, such as “busy:rate=0.01;delay:us=500,rate=0.1;seed=7”.", valueName: "faults")

    /// Reads the value of `--inject`.
    @Sendable static func parse(_ text: String) throws -> FaultPlan {
        do throws(FaultPlanError) {
            return try FaultPlan(text)
        } catch {
            throw ValidationError(error.description)
        }
    }
}
