/// Work that several images may want at the same time: the first that asks does it, the others wait for its result.
///
/// Nothing is remembered: who asks later does it again, or finds that it is done.
actor SharedWork<Key: Hashable & Sendable, Value: Sendable> {
    private var waiting: [Key: [CheckedContinuation<Value, any Error>]] = [:]

    /// The result of `body`, or of that of somebody who is at it already; its failure, too.
    func value(of key: Key, _ body: @Sendable () async throws -> Value) async throws -> Value {
        if waiting[key] != nil {
            return try await withCheckedThrowingContinuation { waiting[key, default: []].append($0) }
        }
        waiting[key] = []
        let result: Result<Value, any Error>
        do { result = .success(try await body()) } catch { result = .failure(error) }
        for continuation in waiting.removeValue(forKey: key) ?? [] { continuation.resume(with: result) }
        return try result.get()
    }
}
