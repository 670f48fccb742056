import Diagnostics
import Foundation
import SystemPackage
import Testing

@testable import Stackerfile

@Suite struct `Each mistake in a stacker.yaml` {
    @Test(arguments: GoldenCase.topics)
    func `is told in full, as it always was`(_ topic: String) throws {
        let cases = try GoldenCase.cases(topic)
        #expect(!cases.isEmpty)
        if ProcessInfo.processInfo.environment["STACKER_RECORD_GOLDEN"] != nil { return try record(topic, cases) }
        for one in cases {
            #expect(try one.actual() == one.message, "\(topic): \(one.title)")
            #expect(!one.message.isEmpty, "\(topic): \(one.title)")
        }
    }

    /// Writes what is printed today: `git diff` then shows what has changed.
    private func record(_ topic: String, _ cases: [GoldenCase]) throws {
        let text = try cases.map { one in
            var one = one
            one.message = try one.actual()
            return one.source
        }
        try text.joined().write(
            toFile: GoldenCase.folder.appending("\(topic).txt").string, atomically: true, encoding: .utf8)
    }

    @Test func `has a case of its own`() throws {
        let titles = try GoldenCase.topics.flatMap { try GoldenCase.cases($0) }.map(\.title)
        #expect(titles.count >= 120)
        #expect(Set(titles).count == titles.count)
    }

    @Test func `has its own place, ten in one file`() throws {
        let one = try #require(try GoldenCase.cases("several").first { $0.title == "ten mistakes" })
        let places = Set(errors(one.bytes)?.diagnostics.map(\.mark) ?? [])
        #expect(places.count >= 10)
    }
}
