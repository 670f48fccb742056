import Diagnostics
import Foundation
import SystemPackage
import TestSupport
import Testing

/// Files with many images: every one is right, in order, and found again.
@Suite(.requiresSubordinateIds, .requiresTool("busybox"), .requiresTool("tar"))
struct ManyImagesTests {
    private func check(_ project: Project, _ names: [String]) throws {
        try project.makeBase()
        let first = try Program.run(
            Program.built("stacker"), ["build"], currentDirectory: project.path, timeLimit: .seconds(900))
        try #require(first.exitCode == 0, "\(first.stderrText.suffix(2_000))")
        #expect(try project.tags().map(\.name) == names)
        let before = try project.state()
        let second = try Program.run(
            Program.built("stacker"), ["build"], currentDirectory: project.path, timeLimit: .seconds(900))
        try #require(second.exitCode == 0, "\(second.stderrText.suffix(2_000))")
        let found = second.stderrText.split(separator: "\n").filter { $0.hasPrefix("found cached layer ") }
        #expect(found == names.map { "found cached layer \($0)" })
        #expect(try project.state() == before)
    }

    private func checkChain(of count: Int) throws {
        var text = "i0:\n  from: {type: tar, url: base.tar}\n"
        for number in 1..<count {
            text += "i\(number):\n  from: {type: built, tag: i\(number - 1)}\n  run: |\n    [ -e /f\(number - 1) ] || "
            text += "[ \(number) = 1 ]\n    echo \(number) > /f\(number)\n"
        }
        let project = try Project(text)
        try check(project, (0..<count).map { "i\($0)" })
        let layers = try project.layers("i\(count - 1)")
        #expect(layers.count == count && Set(layers).count == count)
    }

    /// All of them on one base, and most without a step.
    private func checkFan(of count: Int) throws {
        var text = "i0:\n  from: {type: tar, url: base.tar}\n"
        for number in 1..<count {
            text += "i\(number):\n  from: {type: built, tag: i0}\n  labels: {number: '\(number)'}\n"
            if number % 50 == 1 { text += "  run: echo \(number) > /number\n" }
        }
        try check(try Project(text), (0..<count).map { "i\($0)" })
    }

    @Test func aChainOfThirtyImages() throws { try checkChain(of: 30) }

    @Test(.soak) func aChainOfTwoHundredImages() throws { try checkChain(of: 200) }

    @Test func aHundredImagesOnOneBase() throws { try checkFan(of: 100) }

    @Test(.soak) func aThousandImagesOnOneBase() throws { try checkFan(of: 1_000) }
}
