/// Runs the jobs of a build, several at a time, each after those it needs.
struct Jobs<Value: Sendable>: Sendable {
    /// For each job the places of those it needs, all before its own.
    let needs: [[Int]]
    let limit: Int

    /// Runs `body` for each place, with the values of what it needs.
    ///
    /// `settle` is called once for each place, in order however they end, one call at a time. It may turn a success into
    /// a failure by throwing. After a failure nothing begins; what runs goes on to its end. `board` lets a job be alone.
    func run(
        _ body: @escaping @Sendable (_ place: Int, _ needed: [Int: Value], _ board: JobBoard) async throws -> Value,
        settle: (_ place: Int, _ outcome: JobOutcome<Value>) async throws -> Void
    ) async -> [(place: Int, error: any Error)] {
        let board = JobBoard(needs: needs, limit: limit)
        var values: [Int: Value] = [:]
        var errors: [Int: any Error] = [:]
        await withTaskGroup(of: (Int, Result<Value, any Error>).self) { group in
            func begin() {
                while let place = board.next() {
                    var needed: [Int: Value] = [:]
                    for other in needs[place] { needed[other] = values[other] }
                    group.addTask { [needed] in
                        do { return (place, .success(try await body(place, needed, board))) } catch {
                            return (place, .failure(error))
                        }
                    }
                }
            }
            begin()
            while let (place, result) = await group.next() {
                switch result {
                case .success(let value): values[place] = value
                case .failure(let error): errors[place] = error
                }
                board.end(place, succeeded: errors[place] == nil)
                while let settled = board.settle() {
                    do {
                        try await settle(settled, outcome(settled, values, errors))
                    } catch {
                        errors[settled] = error
                        board.stop()
                    }
                }
                board.leave(place)
                begin()
            }
        }
        return errors.sorted { $0.key < $1.key }.map { (place: $0.key, error: $0.value) }
    }

    private func outcome(_ place: Int, _ values: [Int: Value], _ errors: [Int: any Error]) -> JobOutcome<Value> {
        if let error = errors[place] { return .failed(error) }
        return values[place].map { .done($0) } ?? .neverBegun
    }
}
