/// Work that several images may want at the same time: the first that asks does it, the others wait for its result.
///
/// Nothing is remembered: who asks later does it again, or finds that it is done.
actor SharedWork<Key: Hashable & Sendable, Value: Sendable> {
    private var underWay: [Key: Task<Value, any Error>] = [:]

    /// The result of `body`, or of that of somebody who is at it already; its failure, too.
    func value(of key: Key, _ body: @escaping @Sendable () async throws -> Value) async throws -> Value {
        if let task = underWay[key] { return try await task.value }
        let task = Task { try await body() }
        underWay[key] = task
        defer { underWay[key] = nil }
        return try await task.value
    }
}
