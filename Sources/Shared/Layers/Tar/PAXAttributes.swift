import Diagnostics

/// What the extended headers before a member say about it.
struct PAXAttributes: Sendable {
    var path: ByteString?
    var linkPath: ByteString?
    var size: UInt64?
    var userID: UInt64?
    var groupID: UInt64?
    var modified: FileTime?
    /// Extended attributes by name, in the order of the header.
    private(set) var extendedAttributes: [ExtendedAttribute] = []
    private(set) var sparse: PAXSparse?
    /// The first attribute in a form that is not read: access lists as text, base64 without its plain twin.
    private(set) var unreadAttribute: ByteString?
    private var base64Attributes: [ByteString] = []

    static let none = PAXAttributes()

    private init() {}

    /// Records over `defaults`, which is what global headers said.
    init(
        _ records: [PAXRecord], defaults: PAXAttributes, limits: Limits
    ) throws(InvalidArchive) {
        self = defaults
        for record in records { try add(record, defaults: defaults, limits: limits) }
        try sparse?.finish()
        for name in base64Attributes where !extendedAttributes.contains(where: { $0.name == name }) {
            unreadAttribute = unreadAttribute ?? name
        }
    }

    /// The defaults that a global header sets: times and owners, nothing that could hide one member behind another.
    mutating func addGlobal(_ records: [PAXRecord], limits: Limits) throws(InvalidArchive) {
        for record in records {
            let key = record.key.utf8Text ?? ""
            guard !["path", "linkpath", "size"].contains(key), record.key.suffix(after: "GNU.sparse.") == nil,
                record.key.suffix(after: "SCHILY.xattr.") == nil
            else { throw .rejected("a global extended header sets \(record.key.abbreviated)") }
            try add(record, defaults: .none, limits: limits)
        }
        (base64Attributes, unreadAttribute) = ([], nil)
    }

    private mutating func add(
        _ record: PAXRecord, defaults: PAXAttributes, limits: Limits
    ) throws(InvalidArchive) {
        let value = record.value
        // The keys that are known as a whole are ASCII; what follows a known prefix may be any bytes.
        switch record.key.utf8Text ?? "" {
        case "path": path = value
        case "linkpath": linkPath = value
        case "size": size = try number(record)
        // POSIX: an empty value takes back what was said before.
        case "uid": userID = value.isEmpty ? nil : try number(record)
        case "gid": groupID = value.isEmpty ? nil : try number(record)
        case "mtime": modified = value.isEmpty ? nil : try time(record)
        default: try addPrefixed(record.key, value, limits: limits)
        }
    }

    private mutating func addPrefixed(
        _ key: ByteString, _ value: ByteString, limits: Limits
    ) throws(InvalidArchive) {
        if let name = key.suffix(after: "SCHILY.xattr.") {
            guard extendedAttributes.count < limits.extendedAttributes else {
                throw .limit("it has more than \(limits.extendedAttributes) extended attributes")
            }
            extendedAttributes.append(ExtendedAttribute(name: name, value: value))
        } else if let name = key.suffix(after: "GNU.sparse.") {
            var sparse = sparse ?? PAXSparse()
            try sparse.add(name.utf8Text ?? "", value, limit: limits.sparseSegments)
            self.sparse = sparse
        } else if let name = key.suffix(after: "LIBARCHIVE.xattr.") {
            guard base64Attributes.count < limits.extendedAttributes else {
                throw .limit("it has more than \(limits.extendedAttributes) extended attributes")
            }
            base64Attributes.append(name)
        } else if key.suffix(after: "SCHILY.acl.") != nil || key == "RHT.security.selinux" {
            unreadAttribute = unreadAttribute ?? key
        }
    }

    private func number(_ record: PAXRecord) throws(InvalidArchive) -> UInt64 {
        guard let number = TarNumber.decimal(record.value.bytes), number <= UInt64(Int64.max) else {
            throw .rejected("an extended header sets \(record.key) to \(record.value.abbreviated)")
        }
        return number
    }

    private func time(_ record: PAXRecord) throws(InvalidArchive) -> FileTime {
        guard let time = FileTime(paxValue: record.value) else {
            throw .rejected("an extended header sets \(record.key) to \(record.value.abbreviated)")
        }
        return time
    }
}

extension ByteString {
    /// What follows `prefix`, or `nil` where the bytes do not begin with it.
    fileprivate func suffix(after prefix: String) -> ByteString? {
        let start = Array(prefix.utf8)
        guard bytes.starts(with: start) else { return nil }
        return ByteString(bytes.dropFirst(start.count))
    }
}
