// SPDX-License-Identifier: Apache-2.0

import ArgumentParser

@main
struct Seamless: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "seamless", abstract: "Intel TDX for KVM without TDX hardware.")
}
