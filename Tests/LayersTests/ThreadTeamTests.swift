import Diagnostics
import Testing

@testable import Layers

@Suite struct ThreadTeamTests {
    @Test func elementsArriveInOrderThroughASmallQueue() throws {
        let team = try ThreadTeam(threads: 2)
        let queue = BoundedQueue<Int>(capacity: 2)
        let producer = team.start {
            for number in 0..<10_000 { queue.put(number) }
            queue.close()
        }
        let consumer = team.start {
            var numbers: [Int] = []
            while let number = queue.take() { numbers.append(number) }
            return numbers
        }
        try producer.value()
        #expect(try consumer.value() == Array(0..<10_000))
    }

    @Test func aFailedReaderEndsItsWriter() throws {
        let team = try ThreadTeam(threads: 1)
        let queue = BoundedQueue<Int>(capacity: 1)
        let producer = team.start { () -> Int in
            var count = 0
            while queue.put(count) { count += 1 }
            return count
        }
        _ = queue.take()
        queue.cancel()
        #expect(try producer.value() >= 1)
    }

    @Test func aThrownErrorReachesTheWaiter() throws {
        let team = try ThreadTeam(threads: 1)
        let task = team.start { throw Failure("broken") }
        #expect(throws: Failure("broken")) { try task.value() }
    }
}
