/// A value that is made when somebody first asks for it, once for all who ask.
public actor OnFirstUse<Value: Sendable> {
    private var result: Result<Value, any Error>?
    private var isUnderWay = false
    private var waiting: [CheckedContinuation<Value, any Error>] = []
    private let make: @Sendable () async throws -> Value

    public init(_ make: @escaping @Sendable () async throws -> Value) { self.make = make }

    /// The value, or why it could not be made: that is not tried again.
    public func value() async throws -> Value {
        if let result { return try result.get() }
        if isUnderWay { return try await withCheckedThrowingContinuation { waiting.append($0) } }
        isUnderWay = true
        let result: Result<Value, any Error>
        do { result = .success(try await make()) } catch { result = .failure(error) }
        self.result = result
        for continuation in waiting { continuation.resume(with: result) }
        waiting = []
        return try result.get()
    }
}
