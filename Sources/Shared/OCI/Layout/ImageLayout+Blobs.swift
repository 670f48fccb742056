public import Digests
public import Diagnostics
public import LinuxSystem
import SystemPackage

/// Reading and making blobs.
extension ImageLayout {
    /// A file for a blob whose bytes are not known yet.
    public func temporaryBlob() throws(Failure) -> TemporaryBlob {
        let workshop = try openWorkshop()
        return try attempt("make a temporary file") {
            let blob = try TemporaryBlob(in: workshop.blobs)
            try blob.lock()
            return blob
        }
    }

    /// Keeps a manifest, an index or a configuration, and names it; it is published later.
    public func store(_ bytes: [UInt8]) throws(Failure) -> (digest: Digest, size: Int64) {
        let digest = Digest(of: bytes)
        let size = Int64(bytes.count)
        let blob = try temporaryBlob()
        try attempt("keep blob \(digest)") { try blob.write(bytes) }
        try blob.commit(digest: digest, size: size)
        return (digest, size)
    }

    func openWorkshop() throws(Failure) -> Workshop {
        guard let workshop else { throw Failure("the OCI layout \(ByteString(path)) was opened to be read only") }
        return workshop
    }

    /// The blob, open to read, of the right length; its digest is for the reader to check.
    public func openBlob(_ descriptor: Descriptor) throws(Failure) -> OwnedDescriptor {
        try attempt("read blob \(descriptor.digest) of \(ByteString(path))") {
            guard let file = try workshop?.blobs.open(descriptor.digest) ?? blobs.open(descriptor.digest) else {
                throw Failure("it is missing", class: .rejected)
            }
            let size = try file.status().size
            guard size == descriptor.size else {
                throw Failure("it has \(size) bytes, and not \(descriptor.size)", class: .rejected)
            }
            return file
        }
    }

    /// The bytes of a manifest, an index or a configuration, after checking their number and their digest.
    public func readBlob(_ descriptor: Descriptor) throws(Failure) -> [UInt8] {
        guard descriptor.size <= Int64(limits.jsonBytes) else {
            throw Failure(
                "read blob \(descriptor.digest) of \(ByteString(path))",
                causes: ["it is longer than \(limits.jsonBytes) bytes"], class: .limit)
        }
        let file = try openBlob(descriptor)
        return try attempt("read blob \(descriptor.digest) of \(ByteString(path))") {
            let bytes = try file.readToEnd(limit: limits.jsonBytes)
            guard bytes.count == descriptor.size, Digest(of: bytes) == descriptor.digest else {
                throw Failure("its bytes do not match its digest", class: .rejected)
            }
            return bytes
        }
    }

    /// The manifest that `descriptor` names.
    public func manifest(of descriptor: Descriptor) throws(Failure) -> Manifest {
        guard descriptor.mediaType == MediaType.manifest else {
            throw Failure("bad image type: \(ByteString(descriptor.mediaType))", class: .rejected)
        }
        let bytes = try readBlob(descriptor)
        return try attempt("read manifest \(descriptor.digest)") { try Manifest(bytes, limits: limits) }
    }

    /// The configuration of an image, which names as many layers as the image has.
    public func configuration(of manifest: Manifest) throws(Failure) -> ImageConfiguration {
        guard manifest.config.mediaType == MediaType.configuration else {
            throw Failure("bad image config type: \(ByteString(manifest.config.mediaType))", class: .rejected)
        }
        let bytes = try readBlob(manifest.config)
        return try attempt("read image configuration \(manifest.config.digest)") {
            let configuration = try ImageConfiguration(bytes, limits: limits)
            try manifest.checkLayers(against: configuration)
            return configuration
        }
    }

    /// The image index that `descriptor` names.
    public func index(of descriptor: Descriptor) throws(Failure) -> ImageIndex {
        let bytes = try readBlob(descriptor)
        return try attempt("read image index \(descriptor.digest)") { try ImageIndex(bytes, limits: limits) }
    }
}
