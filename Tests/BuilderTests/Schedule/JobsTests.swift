import Synchronization
import Testing

@testable import Builder

private struct Broken: Error, Equatable { let place: Int }

/// What happened, in order.
private final class Record: Sendable {
    private let lines = Mutex<[String]>([])
    func add(_ line: String) { lines.withLock { $0.append(line) } }
    var all: [String] { lines.withLock { $0 } }
}

/// A door that opens once.
private actor Door {
    private var isOpen = false
    private var waiting: [CheckedContinuation<Void, Never>] = []
    func open() {
        isOpen = true
        for one in waiting { one.resume() }
        waiting = []
    }
    func pass() async {
        guard !isOpen else { return }
        await withCheckedContinuation { waiting.append($0) }
    }
}

@Suite(.timeLimit(.minutes(1))) struct `Jobs of a build` {
    @Test func `get the values of what they need`() async {
        let record = Record()
        let errors = await Jobs<Int>(needs: [[], [0], [0, 1]], limit: 3).run { place, needed, _ in
            needed.values.reduce(1, +) * (place + 1)
        } settle: { place, outcome in
            if case .done(let value) = outcome { record.add("\(place)=\(value)") }
        }
        #expect(errors.isEmpty)
        #expect(record.all == ["0=1", "1=4", "2=18"])
    }

    @Test func `run at the same time, and are settled in order`() async {
        // Each waits for the other: one after the other they would wait for ever.
        let (first, second) = (Door(), Door())
        let record = Record()
        let errors = await Jobs<Void>(needs: [[], []], limit: 2).run { place, _, _ in
            await (place == 0 ? first : second).open()
            await (place == 0 ? second : first).pass()
        } settle: { place, _ in
            record.add("\(place)")
        }
        #expect(errors.isEmpty)
        #expect(record.all == ["0", "1"])
    }

    @Test func `that run when one fails go on, and nothing begins`() async {
        let failed = Door()
        let record = Record()
        let errors = await Jobs<Void>(needs: [[], [], [], [0]], limit: 2).run { place, _, _ in
            record.add("begin \(place)")
            if place == 1 {
                await failed.open()
                throw Broken(place: 1)
            }
            await failed.pass()
        } settle: { place, outcome in
            switch outcome {
            case .done: record.add("done \(place)")
            case .failed: record.add("failed \(place)")
            case .neverBegun: record.add("never \(place)")
            }
        }
        #expect(errors.map(\.place) == [1])
        #expect(record.all.suffix(4) == ["done 0", "failed 1", "never 2", "never 3"])
        #expect(Set(record.all.prefix(2)) == ["begin 0", "begin 1"])
    }

    @Test func `report every failure, the earliest in order first`() async {
        let (later, sooner) = (Door(), Door())
        let errors = await Jobs<Void>(needs: [[], []], limit: 2).run { place, _, _ in
            await (place == 0 ? later : sooner).open()
            await (place == 0 ? sooner : later).pass()
            throw Broken(place: place)
        } settle: { _, _ in
        }
        #expect(errors.map(\.place) == [0, 1])
        #expect(errors.map { $0.error as? Broken } == [Broken(place: 0), Broken(place: 1)])
    }

    @Test func `fail when they cannot be settled`() async {
        let record = Record()
        let errors = await Jobs<Void>(needs: [[], [0]], limit: 2).run { place, _, _ in
            record.add("begin \(place)")
        } settle: { place, outcome in
            if case .neverBegun = outcome { return record.add("never \(place)") }
            throw Broken(place: place)
        }
        #expect(errors.map(\.place) == [0])
        #expect(record.all == ["begin 0", "never 1"])
    }

    @Test func `that want to be alone wait for all others, the earliest first, and let nothing begin`() async {
        let record = Record()
        let errors = await Jobs<Void>(needs: [[], [], [], []], limit: 3).run { place, _, board in
            switch place {
            case 0:
                while !board.isStopped { await Task.yield() }
                record.add("work 0")
            default:
                await board.beAlone(place)
                record.add("alone \(place)")
                throw Broken(place: place)
            }
        } settle: { place, _ in
            record.add("settled \(place)")
        }
        #expect(errors.map(\.place) == [1, 2])
        #expect(
            record.all == [
                "work 0", "settled 0", "alone 1", "settled 1", "alone 2", "settled 2", "settled 3",
            ])
    }
}
