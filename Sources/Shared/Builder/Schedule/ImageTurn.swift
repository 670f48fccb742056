import Diagnostics
import HelperClient

/// The part of one image in the build of many: its place, and where what it prints goes.
struct ImageTurn: Sendable {
    let image: String
    /// Its place in build order.
    let place: Int
    let board: JobBoard
    let output: OrderedOutput
    let activities: Activities
    let reporter: any BuildReporter

    var log: Log { output.log(of: place) }

    /// Takes output of its step; where this throws, the step is to be killed.
    func show(_ piece: [UInt8]) throws { try output.write(piece, place) }

    /// Runs `body` while no other image does anything, and nothing else is printed: for a shell on the terminal.
    ///
    /// Nothing new begins from now on, so it is only for an image that has failed.
    func alone<Value: Sendable>(_ body: () async throws -> Value) async rethrows -> Value {
        await board.beAlone(place)
        reporter.report(.terminalTaken)
        defer { reporter.report(.terminalReturned) }
        return try await body()
    }
}
