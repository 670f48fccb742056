/// A value that is made when somebody first asks for it, once for all who ask.
public actor OnFirstUse<Value: Sendable> {
    private var making: Task<Value, any Error>?
    private let make: @Sendable () async throws -> Value

    public init(_ make: @escaping @Sendable () async throws -> Value) { self.make = make }

    /// The value, or why it could not be made: that is not tried again.
    public func value() async throws -> Value {
        let task = making ?? Task { [make] in try await make() }
        making = task
        return try await task.value
    }
}
