import Diagnostics
import Glibc
import LinuxSystem

/// Walks a layer directory in overlay form and writes what it finds as members of an archive.
///
/// Order: a directory, then what is in it, names in bytewise order. Descriptors only: no path is resolved, no
/// symbolic link followed. One directory is open at a time and the way back is `..`, checked to be where the walk
/// came from, so depth costs neither stack nor descriptors.
struct LayerWalk: ~Copyable {
    let limits: Limits
    /// Seconds since 1970; later modification times become this one.
    let latest: Int64
    var writer: TarWriter
    var attributes = AttributeReader()
    var hardLinks = HardLinks()
    private var listingBuffer = [UInt8](repeating: 0, count: 65_536)

    /// The directory that is being read, and the levels above it.
    var directory: OwnedDescriptor
    var level: Level
    private var above: [Level] = []
    /// The path of ``directory``: empty, or ending with `/`.
    private var prefix: [UInt8] = []
    /// Stands at the nearest directory of the way down whose level ``Level/showsLower``.
    var lower: LowerView?

    var tally = PackTally()
    /// Directories on the way down that are as they are below, not written unless something in them is.
    ///
    /// overlayfs copies a directory up for reasons that leave no change in it: something was mounted or made there and
    /// is gone again.
    private var pending: [(depth: Int, member: PackedMember)] = []

    struct Level {
        var listing: DirectoryListing
        var next = 0
        var status: FileStatus
        /// Whether what lies below the layer is seen through this directory.
        var showsLower: Bool
        /// Bytes of the path of the directory above.
        var parentPrefix: Int
    }

    init(
        of upper: consuming OwnedDescriptor, over lower: consuming LowerView?, latest: Int64, into writer: TarWriter,
        limits: Limits
    ) throws(SystemError) {
        let status = try FileStatus(of: upper.raw, at: "/")
        let listing = try DirectoryListing(of: upper.raw, at: "/", buffer: &listingBuffer)
        level = Level(listing: listing, status: status, showsLower: lower != nil, parentPrefix: 0)
        directory = upper
        self.lower = lower
        self.latest = latest
        self.writer = writer
        self.limits = limits
    }

    /// Writes the whole archive.
    mutating func run() throws -> PackTally {
        let found = try attributes.attributes(of: directory.raw, at: "/")
        tally.unwritableAttributes += found.unwritable
        try writer.append(member("./", .directory, level.status, found))
        if found.isOpaque && level.showsLower {
            level.showsLower = false
            try append(.whiteout(path(of: Array(Whiteout.opaque))))
        }
        while true {
            if level.next < level.listing.entries.count {
                let entry = level.listing.entries[level.next]
                level.next += 1
                try pack(entry)
            } else if try !leave() {
                break
            }
        }
        try writer.finish()
        return tally
    }

    /// The path of something in the current directory.
    func path(of name: some Collection<UInt8>) -> ByteString {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(prefix.count + name.count + 1)
        bytes += prefix
        bytes += name
        return ByteString(bytes)
    }

    func member(
        _ path: ByteString, _ kind: PackedMember.Kind, _ status: FileStatus, _ found: FileAttributes = FileAttributes()
    ) -> PackedMember {
        PackedMember(
            path: path, kind: kind, mode: status.mode, userID: status.userID, groupID: status.groupID,
            modified: min(status.modified, latest), attributes: found.carried)
    }

    /// Writes a member, after the directories on the way to it that were not written yet.
    mutating func append(_ member: PackedMember) throws {
        for directory in pending {
            try writer.append(directory.member)
            tally.entries += 1
        }
        pending.removeAll(keepingCapacity: true)
        try writer.append(member)
        tally.entries += 1
    }

    /// Writes a directory, and makes it the current one.
    mutating func enter(_ entry: DirectoryListing.Entry, at path: ByteString) throws {
        guard above.count + 1 < limits.pathDepth else {
            throw Failure(
                "\(path) lies deeper than \(limits.pathDepth) directories", causes: ["no image may hold such a path"],
                class: .limit)
        }
        let opened = try opening(path) { () throws(SystemError) in
            try level.listing.open(entry, in: directory.raw, O_DIRECTORY, at: path)
        }
        let status = try FileStatus(of: opened.raw, at: path)
        let found = try attributes.attributes(of: opened.raw, at: path)
        tally.unwritableAttributes += found.unwritable
        let below = try lowerStatus(of: entry, at: path)
        let isBelow = below?.kind == .directory
        let parentPrefix = prefix.count
        let listing = try DirectoryListing(of: opened.raw, at: path, buffer: &listingBuffer)
        let showsLower = isBelow && !found.isOpaque
        let written = member(ByteString(path.bytes + [UInt8(ascii: "/")]), .directory, status, found)
        if showsLower, let below, try isUnchanged(entry, status, found, since: below, at: path) {
            pending.append((above.count + 1, written))
        } else {
            try append(written)
        }
        if showsLower { try lower?.enter(entry, of: level.listing, at: path) }
        prefix = path.bytes + [UInt8(ascii: "/")]
        // A directory that is new here is opaque too, for overlayfs; with nothing to hide it needs no whiteout.
        if isBelow && found.isOpaque { try append(.whiteout(self.path(of: Array(Whiteout.opaque)))) }
        above.append(level)
        level = Level(listing: listing, status: status, showsLower: showsLower, parentPrefix: parentPrefix)
        directory = opened
    }

    /// What lies below `entry`; `nil` where there is nothing, or nothing that could be seen.
    func lowerStatus(of entry: DirectoryListing.Entry, at path: ByteString) throws(SystemError) -> FileStatus? {
        guard level.showsLower else { return nil }
        return try lower?.status(of: entry, in: level.listing, at: path)
    }

    /// Whether a directory says nothing that the one below it does not say.
    private mutating func isUnchanged(
        _ entry: DirectoryListing.Entry, _ status: FileStatus, _ found: FileAttributes, since below: FileStatus,
        at path: ByteString
    ) throws -> Bool {
        guard status.describesTheSame(as: below),
            let original = try lower?.open(entry, of: level.listing, at: path)
        else { return false }
        return Set(try attributes.attributes(of: original.raw, at: path).carried) == Set(found.carried)
    }

    /// Goes back to the directory above.
    ///
    /// - Returns: `false` at the root.
    private mutating func leave() throws -> Bool {
        let path = ByteString(prefix.dropLast())
        guard try FileStatus(of: directory.raw, at: path).isUnchanged(since: level.status) else {
            throw Failure.changed(path)
        }
        if pending.last?.depth == above.count { pending.removeLast() }
        guard let parent = above.popLast() else { return false }
        directory = try directory.openParent(at: path)
        guard try FileStatus(of: directory.raw, at: path).identity == parent.status.identity else {
            throw Failure.changed(path)
        }
        if level.showsLower { try lower?.leave(at: path) }
        prefix.removeLast(prefix.count - level.parentPrefix)
        level = parent
        return true
    }
}
