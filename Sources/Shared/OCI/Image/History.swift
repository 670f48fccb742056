/// How a layer came to be.
///
/// Source: OCI image-spec v1.1, config.md, `history`.
public struct History: Hashable, Sendable {
    /// RFC 3339.
    public var created: String?
    public var createdBy: String?
    public var author: String?
    public var comment: String?
    /// Whether the step made no layer.
    public var emptyLayer: Bool
    /// Members of the document that stacker does not know.
    var other: [String: JSONValue] = [:]

    public init(
        created: String? = nil, createdBy: String? = nil, author: String? = nil, comment: String? = nil,
        emptyLayer: Bool = false
    ) {
        self.created = created
        self.createdBy = createdBy
        self.author = author
        self.comment = comment
        self.emptyLayer = emptyLayer
    }

    init(_ value: JSONValue, at place: String) throws(InvalidDocument) {
        var members = try JSONMembers(value, at: place)
        created = try members.string("created")
        createdBy = try members.string("created_by")
        author = try members.string("author")
        comment = try members.string("comment")
        emptyLayer = try members.bool("empty_layer") ?? false
        other = members.rest
    }

    var json: JSONValue {
        var members = other
        members["created"] = created.map(JSONValue.string)
        members["created_by"] = createdBy.map(JSONValue.string)
        members["author"] = author.map(JSONValue.string)
        members["comment"] = comment.map(JSONValue.string)
        if emptyLayer { members["empty_layer"] = .bool(true) }
        return .object(members)
    }
}
