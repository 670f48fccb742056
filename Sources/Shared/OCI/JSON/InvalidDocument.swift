public import Diagnostics

/// A JSON document that cannot be what it should be.
public struct InvalidDocument: Error, Hashable, Sendable {
    /// Where in the document: `line 3, byte 41`, or a member such as `layers[2].size`; empty for all of it.
    public let place: String
    public let problem: String
    public let errorClass: ErrorClass

    public init(_ place: String, _ problem: String, class errorClass: ErrorClass = .rejected) {
        self.place = place
        self.problem = problem
        self.errorClass = errorClass
    }
}

extension InvalidDocument: Explainable, CustomStringConvertible {
    public var description: String { place.isEmpty ? problem : "\(ByteString(place)): \(problem)" }

    public var explanation: Failure { Failure(description, class: errorClass) }
}
