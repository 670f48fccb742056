/// Something that takes a while, and that a person may want to see going on.
public struct BuildActivity: Hashable, Sendable {
    public enum Kind: String, Hashable, Sendable {
        case unpacking, running, packing

        /// The word for what is over.
        public var done: String {
            switch self {
            case .unpacking: "unpacked"
            case .running: "ran"
            case .packing: "packed"
            }
        }
    }

    /// Counted from 1 in each build.
    public let id: Int
    /// The image it is done for; of several that need the same, the first that asked.
    public let image: String
    public let kind: Kind
    /// What is unpacked, safe to print; empty where the image says it all.
    public let subject: String
    /// Bytes in all, where that is known.
    public let total: UInt64?

    public init(id: Int, image: String, kind: Kind, subject: String = "", total: UInt64? = nil) {
        self.id = id
        self.image = image
        self.kind = kind
        self.subject = subject
        self.total = total
    }
}
