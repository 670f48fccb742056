import Diagnostics
import Glibc
import HelperProtocol
import LinuxSystem
import SystemPackage

// Source: OCI image-spec v1.1, layer.md, "Whiteouts"; Documentation/filesystems/overlayfs.rst, "whiteouts and opaque
// directories". A whiteout is about lower layers only, so the order of an archive makes no difference: what the archive
// itself brings under the same name stays.
extension TreeWriter {
    /// `.wh.TARGET` in `directory`.
    func hide(_ target: ByteString, in directory: some Collection<ByteString>) throws {
        let parent = try path.directory(directory)
        let status = try parent.with { (open) throws(SystemError) in try open.statusIfPresent(of: target) }
        switch path.form {
        case .overlay: try hideInOverlay(target, in: parent, status)
        case .merged:
            guard let made = path.made, let status else { return }
            if !made.contains(target, in: parent) {
                try remove(target, in: parent)
            } else if status.kind == .directory {
                try removeForeign(below: path.physicalTop + [target])
            }
        }
    }

    /// `.wh..wh..opq` in `directory`.
    func hideLower(in directory: some Collection<ByteString>) throws {
        let parent = try path.directory(directory)
        switch path.form {
        case .overlay: try makeOpaque(parent)
        case .merged:
            guard path.made != nil else { return }
            try removeForeign(below: path.physicalTop)
        }
    }
}

// MARK: - Overlay form: everything in the directory is of this layer

extension TreeWriter {
    private func hideInOverlay(_ target: ByteString, in parent: OpenDirectory, _ status: LinuxSystem.FileStatus?) throws
    {
        switch status?.kind {
        case nil:
            let isOpaque = try parent.with { (open) throws(SystemError) in
                try open.extendedAttribute(ExtendedAttribute.opaqueName) == ExtendedAttribute.opaque.value
            }
            // In an opaque directory nothing is left to hide.
            guard !isOpaque else { return }
            parent.willChange()
            try parent.with { (open) throws(SystemError) in try open.makeNode(target, type: S_IFCHR) }
        case .directory:
            let directory = try path.open(target, in: parent)
            try makeOpaque(directory)
            try directory.leave()
        default: return
        }
    }

    private func makeOpaque(_ directory: OpenDirectory) throws(SystemError) {
        let whiteouts = try directory.with { (open) throws(SystemError) in
            try open.setExtendedAttribute(.opaque)
            var whiteouts: [ByteString] = []
            for name in try open.names() where try open.status(of: name).isWhiteout {
                whiteouts.append(name)
            }
            return whiteouts
        }
        for name in whiteouts {
            directory.willChange()
            try directory.with { (open) throws(SystemError) in try open.unlink(name) }
        }
    }
}

// MARK: - Merged form: what was there before this archive goes away

extension TreeWriter {
    /// Removes everything below a directory that the archive did not make or go through.
    private func removeForeign(below start: [ByteString]) throws(SystemError) {
        guard let made = path.made else { return }
        var waiting = [start]
        while let way = waiting.popLast() {
            let directory = try path.openPhysical(way)
            let names = try directory.with { (open) throws(SystemError) in try open.names() }
            for name in names {
                guard made.contains(name, in: directory) else {
                    try remove(name, in: directory)
                    continue
                }
                let status = try directory.with { (open) throws(SystemError) in try open.statusIfPresent(of: name) }
                if status?.kind == .directory { waiting.append(way + [name]) }
            }
            try directory.leave()
        }
    }

    private func remove(_ name: ByteString, in directory: OpenDirectory) throws(SystemError) {
        directory.willChange()
        try directory.with { (open) throws(SystemError) in try open.removeTree(name) }
        path.invalidate()
    }
}
