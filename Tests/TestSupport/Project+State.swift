import Foundation
import Glibc
import SystemPackage

extension Project {
    /// Everything that builds keep, each with its inode, size, modification time and links: what nobody has written to
    /// since is the same.
    public func state() throws -> [String: String] {
        var state: [String: String] = [:]
        for top in [".stacker", "oci", "roots"] {
            let walk = FileManager.default.enumerator(atPath: path.appending(top).string)
            while let name = walk?.nextObject() as? String {
                var status = stat()
                guard lstat(path.appending(top).pushing(FilePath(name)).string, &status) == 0 else { continue }
                let time = status.st_mtim
                state["\(top)/\(name)"] =
                    "\(status.st_ino) \(status.st_size) \(time.tv_sec).\(time.tv_nsec) \(status.st_nlink)"
            }
        }
        return state
    }

    /// What the tags of `oci/index.json` stand for, in order.
    public func tags() throws -> [(name: String, digest: String)] {
        let entries = try json("oci/index.json")["manifests"] as? [[String: Any]] ?? []
        return entries.map { entry in
            let name = (entry["annotations"] as? [String: String])?["org.opencontainers.image.ref.name"]
            return (name ?? "", entry["digest"] as? String ?? "")
        }
    }
}
