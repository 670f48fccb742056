public import Diagnostics

/// What an image is: its platform, its layers, how it is started and how it came to be.
///
/// Source: OCI image-spec v1.1, config.md.
public struct ImageConfiguration: Hashable, Sendable {
    public var architecture: String
    public var os: String
    public var variant: String?
    /// RFC 3339.
    public var created: String?
    public var author: String?
    public var config: ExecutionConfiguration
    public var rootfs: RootFileSystem
    public var history: [History]
    /// Members of the document that stacker does not know.
    var other: [String: JSONValue] = [:]

    public init(architecture: String, os: String) {
        self.architecture = architecture
        self.os = os
        config = ExecutionConfiguration()
        rootfs = RootFileSystem()
        history = []
    }

    public init(_ bytes: [UInt8], limits: Limits) throws(InvalidDocument) {
        var members = try JSONMembers(try StrictJSON.parse(bytes, limits: limits), at: "")
        let platform = try Platform(
            .object(members.rest.filter { ["os", "architecture", "variant"].contains($0.key) }), at: "")
        for name in ["os", "architecture", "variant"] { _ = members.take(name) }
        (architecture, os, variant) = (platform.architecture, platform.os, platform.variant)
        created = try members.string("created")
        if let created, !InternetTime.isWellFormed(created) {
            throw InvalidDocument("created", "\"\(created.prefix(100))\" is no time as RFC 3339 spells it")
        }
        author = try members.string("author")
        config =
            try members.take("config").map { (value) throws(InvalidDocument) in
                try ExecutionConfiguration(value)
            } ?? ExecutionConfiguration()
        rootfs = try RootFileSystem(try members.require("rootfs"))
        history = []
        for (index, value) in (try members.array("history") ?? []).enumerated() {
            history.append(try History(value, at: "history[\(index)]"))
        }
        other = members.rest
    }

    public var json: JSONValue {
        var members = other
        members["architecture"] = .string(architecture)
        members["os"] = .string(os)
        members["variant"] = variant.map(JSONValue.string)
        members["created"] = created.map(JSONValue.string)
        members["author"] = author.map(JSONValue.string)
        members["config"] = config.json
        members["rootfs"] = rootfs.json
        if !history.isEmpty { members["history"] = .array(history.map(\.json)) }
        return .object(members)
    }

    /// The document; the same value always gives the same bytes.
    public var bytes: [UInt8] { json.bytes }

    public var platform: Platform { Platform(os: os, architecture: architecture, variant: variant) }
}
