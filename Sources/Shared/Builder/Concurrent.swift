import Glibc

/// Doing the same to many values at once.
enum Concurrent {
    /// How many processors are there.
    static let cores = max(1, Int(sysconf(CInt(_SC_NPROCESSORS_ONLN))))

    /// The results of `body`, in the order of `values`; equal values are done once.
    ///
    /// At most `limit` are under way. The first failure is thrown after those under way have ended.
    static func map<Value: Hashable & Sendable, Result: Sendable>(
        _ values: [Value], limit: Int, _ body: @escaping @Sendable (Value) async throws -> Result
    ) async throws -> [Result] {
        var seen: Set<Value> = []
        var waiting = values.filter { seen.insert($0).inserted }[...]
        var results: [Value: Result] = [:]
        try await withThrowingTaskGroup(of: (Value, Result).self) { group in
            for value in waiting.prefix(limit) { group.addTask { (value, try await body(value)) } }
            waiting = waiting.dropFirst(limit)
            while let (value, result) = try await group.next() {
                results[value] = result
                if let next = waiting.popFirst() { group.addTask { (next, try await body(next)) } }
            }
        }
        return values.compactMap { results[$0] }
    }
}
