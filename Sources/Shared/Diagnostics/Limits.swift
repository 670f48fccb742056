/// Every bound that input meets, in one value, so that a test can set a small one.
///
/// The defaults are part of DESIGN.md.
public struct Limits: Hashable, Sendable {
    /// Bytes of a stacker.yaml.
    public var stackerfileBytes = 4 << 20
    /// Bytes of all stacker.yaml files of one build.
    public var stackerfileBytesInAll = 64 << 20
    /// Files of one build: those that were asked for, and their prerequisites.
    public var stackerfiles = 4_096
    /// Files and directories among which stacker.yaml files are looked for.
    public var searchedFiles = 10_000_000
    /// Nesting of a stacker.yaml.
    public var stackerfileDepth = 64
    /// Nodes of a stacker.yaml, those that aliases expand to included.
    public var stackerfileNodes = 1_000_000
    /// Nodes of a stacker.yaml that come from expanding aliases.
    public var stackerfileAliasNodes = 10_000
    /// Placeholders of a stacker.yaml for substitutions, those that values bring included.
    public var stackerfilePlaceholders = 100_000
    /// Substitutions that a stacker.yaml may be given.
    public var substitutions = 1_000
    /// Errors of a stacker.yaml that are shown; the rest is counted.
    public var stackerfileDiagnostics = 50

    /// How long a connection may take to come about, its encryption included.
    public var connectSeconds = 15
    /// How long a transfer may be slower than ``slowestTransfer``, until it is given up.
    public var silentSeconds = 60
    /// Bytes a second.
    public var slowestTransfer = 1_024
    /// Redirects that are followed one after the other.
    public var redirects = 10
    /// Bytes of the headers of one answer.
    public var headerBytes = 64 << 10
    /// Header lines of one answer.
    public var headerFields = 100

    /// Bytes of a manifest, an index or an image configuration.
    public var jsonBytes = 4 << 20
    /// Nesting of a JSON document.
    public var jsonDepth = 64

    /// Bytes that the files of one layer may expand to.
    public var layerBytes: UInt64 = 64 << 30
    /// Members of one layer archive.
    public var layerEntries: UInt64 = 10_000_000
    /// Bytes of one extended header (PAX records, GNU long name) of a layer archive.
    public var extendedHeaderBytes = 1 << 20
    /// Segments of one sparse file.
    public var sparseSegments = 1 << 16
    /// Bytes of a path in a layer archive.
    public var pathBytes = 65_535
    /// Components of a path in a layer archive.
    public var pathDepth = 2_000
    /// Extended attributes of one file.
    public var extendedAttributes = 512
    /// Bytes after the end-of-archive blocks.
    public var trailingBytes: UInt64 = 64 << 20
    /// Compressed members or frames without data that follow each other.
    public var emptyMembers = 1_024
    /// Bytes of memory for reading an archive through libarchive, whose formats may ask for gigabytes.
    public var foreignArchiveMemory: UInt64 = 1 << 30
    /// Base-2 logarithm of the bytes that zstd data may ask a reader to keep; 27 is what zstd itself accepts.
    public var zstdWindowLog = 25

    /// Patterns in one `exclude`, or in one .stackerignore.
    public var exclusions = 1_000
    /// Bytes of a .stackerignore.
    public var exclusionFileBytes = 64 << 10

    /// Labels that `generate_labels` may make.
    public var labels = 1_000
    /// Bytes of the names and values of these labels.
    public var labelBytes = 1 << 20

    /// How long to wait for another stacker that changes the same OCI layout.
    public var layoutLockWait = Duration.seconds(120)

    /// Layers under one build step; the kernel's own bound for overlayfs.
    public var overlayLayers = 500
    /// Bytes of one request to stacker-nsexec, or one reply from it or from a worker.
    public var messageBytes = 16 << 20

    /// Instructions of a Dockerfile, whose bytes are bounded as those of a stacker.yaml.
    public var dockerfileInstructions = 5_000
    /// Bytes that the variables of a Dockerfile may become in all: one can hold another twice.
    public var dockerfileExpandedBytes = 8 << 20

    public init() {}
}
