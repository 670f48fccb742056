import Builder
import Testing

@testable import stacker

@Suite struct `What a build is at` {
    private let unpacking = BuildActivity(id: 1, image: "app", kind: .unpacking, subject: "base.tar", total: 4_000_000)
    private let running = BuildActivity(id: 2, image: "b", kind: .running)

    /// Two images: one unpacks half of its base in a second, the other runs.
    private var model: ProgressModel {
        var model = ProgressModel()
        model.apply(.began(images: ["app", "b"], jobs: 2), at: .zero)
        model.apply(.activityBegan(unpacking), at: .zero)
        model.apply(.activityBegan(running), at: .seconds(1))
        model.apply(.progressed([.init(unpacking, bytes: 1_000_000), .init(running, bytes: nil)]), at: .seconds(1))
        return model
    }

    @Test func `has a line for each activity, with rate and time left where they are known`() {
        #expect(
            model.lines(width: 80, height: 10, at: .seconds(3)) == [
                "0 of 2 images done",
                "app  unpacking base.tar  1.0 MB of 4.0 MB  25 %  1.0 MB/s  3.0 s left",
                "b    running  2.0 s",
            ])
    }

    @Test func `loses what has ended, and all at the end`() {
        var model = model
        model.apply(.activityEnded(unpacking, bytes: nil, succeeded: true), at: .seconds(2))
        model.apply(.imageEnded("app", succeeded: true), at: .seconds(2))
        #expect(model.lines(width: 80, height: 10, at: .seconds(2)) == ["1 of 2 images done", "b  running  1.0 s"])
        model.apply(.ended(succeeded: true), at: .seconds(3))
        #expect(model.lines(width: 80, height: 10, at: .seconds(3)).isEmpty)
    }

    @Test(arguments: -1...40)
    func `fits into every width and height`(_ size: Int) {
        let narrow = model.lines(width: size, height: 10, at: .seconds(3))
        #expect(narrow.allSatisfy { ProgressModel.columns($0) <= max(0, size) })
        #expect(model.lines(width: 80, height: size, at: .seconds(3)).count <= max(0, size))
        #expect(ProgressModel.columns(ProgressModel.cut("caf\u{e9} \u{6f22}\u{5b57}", to: size)) <= max(0, size))
    }

    @Test func `survives numbers that make no sense`() {
        var model = model
        let wrong: [UInt64?] = [.max, 0, nil, .max]
        for (second, bytes) in wrong.enumerated() {
            model.apply(.progressed([.init(unpacking, bytes: bytes)]), at: .seconds(second + 2))
            #expect(model.lines(width: 200, height: 10, at: .seconds(1)).count == 3)
        }
    }
}

@Suite struct `Lines at the bottom of a terminal` {
    @Test func `are drawn in place of those before, and leave nothing`() {
        var area = TerminalArea()
        #expect(area.erase(width: 80).isEmpty)
        #expect(area.draw(["one", "two"], width: 80) == "one\u{1b}[K\ntwo\u{1b}[K\n\u{1b}[J")
        #expect(area.draw(["three"], width: 80) == "\r\u{1b}[2Athree\u{1b}[K\n\u{1b}[J")
        #expect(area.erase(width: 80) == "\r\u{1b}[1A\u{1b}[J")
        #expect(area.isEmpty)
    }

    @Test func `take more rows on a terminal that became narrower`() {
        var area = TerminalArea()
        _ = area.draw(["123456789", "", "12"], width: 80)
        #expect(area.erase(width: 4) == "\r\u{1b}[5A\u{1b}[J")
        _ = area.draw(["12"], width: 80)
        #expect(area.erase(width: 0) == "\r\u{1b}[2A\u{1b}[J")
    }
}

@Suite struct `The flags for progress` {
    @Test(arguments: [
        ("auto", true, ProgressMode.terminal), ("auto", false, .off), ("on", true, .terminal), ("on", false, .plain),
        ("true", false, .plain), ("false", true, .off), ("tty", false, .terminal), ("plain", true, .plain),
        ("json", true, .json),
    ])
    func `mean the same with and without a form`(_ row: (String, Bool, ProgressMode)) throws {
        #expect(try ProgressMode(row.0, isTerminal: row.1) == row.2)
    }

    @Test(arguments: ["0", "-1", "257", "x", "", "1e2", "+1", "99999999999999999999"])
    func `and jobs take nothing else`(_ text: String) {
        #expect(throws: (any Error).self) { try JobCount.parse(text) }
        if text != "0" { #expect(throws: (any Error).self) { try ProgressMode(text, isTerminal: true) } }
    }
}
