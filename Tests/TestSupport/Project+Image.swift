import Diagnostics
import Foundation
import SystemPackage

extension Project {
    /// The JSON document at `path`, relative to the project.
    public func json(_ path: String) throws -> [String: Any] {
        let data = try Data(contentsOf: URL(fileURLWithPath: self.path.appending(path).string))
        guard let object = try JSONSerialization.jsonObject(with: data) as? [String: Any] else {
            throw Failure("\(path) is no JSON object")
        }
        return object
    }

    /// The manifest that the tag names in `oci/index.json`.
    public func manifest(_ tag: String) throws -> [String: Any] {
        let entries = try json("oci/index.json")["manifests"] as? [[String: Any]] ?? []
        let entry = entries.first {
            ($0["annotations"] as? [String: String])?["org.opencontainers.image.ref.name"] == tag
        }
        guard let digest = entry?["digest"] as? String else { throw Failure("no tag \(tag)") }
        return try json(blob(digest))
    }

    /// The image configuration of the tag.
    public func configuration(_ tag: String) throws -> [String: Any] {
        let descriptor = try manifest(tag)["config"] as? [String: Any]
        return try json(blob(descriptor?["digest"] as? String ?? ""))
    }

    /// The digests of the tag's layers, lowest first.
    public func layers(_ tag: String) throws -> [String] {
        let layers = try manifest(tag)["layers"] as? [[String: Any]] ?? []
        return layers.compactMap { $0["digest"] as? String }
    }

    /// GNU tar's listing of a layer: mode, numeric owner and group, size, time, name; one member a line, by name.
    public func members(_ digest: String) throws -> [String: String] {
        let listing = try run(
            "/usr/bin/tar", "--numeric-owner", "--full-time", "-tvzf", ByteString(blob(digest)))
        guard listing.exitCode == 0 else { throw Failure("tar: \(listing.stderrText)") }
        var members: [String: String] = [:]
        for line in listing.stdoutText.split(separator: "\n") {
            let fields = line.split(separator: " ", maxSplits: 5, omittingEmptySubsequences: true)
            guard fields.count == 6 else { continue }
            let name = fields[5].components(separatedBy: " -> ")[0].components(separatedBy: " link to ")[0]
            members[name] = "\(fields[0]) \(fields[1])"
        }
        return members
    }

    /// Where the blob is, relative to the project.
    public func blob(_ digest: String) -> String { "oci/blobs/" + digest.replacingOccurrences(of: ":", with: "/") }
}
