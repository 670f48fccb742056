import Diagnostics
import OCI

/// Everything that can change the files of an image's own layers, and nothing else.
///
/// No path of the host, no time, no user and no version of stacker: the same content elsewhere is the same content.
struct LayerInputs: Hashable, Sendable {
    /// The image's name, which the step sees and the history holds.
    var name: String
    var platform: Platform
    /// The layers below: digests of their archives without compression, or what stands for one that has no archive.
    var base: [String]
    /// Digest of an archive that becomes part of the layer.
    var archive: String?
    /// In the order of stacker.yaml, which decides what hides what.
    var added: [AddedInput] = []
    /// As the shell gets it; empty where nothing runs.
    var script = ""
    /// `NAME=value` entries that stacker.yaml asks for, in order; not those that every step gets of the caller.
    var environment: [ByteString] = []
    /// What the step may write to outside of its root, as written; with any, results are kept and never taken.
    var binds: [ByteString] = []
    /// The script of `generate_labels`.
    var labelScript = ""
    /// Seconds since 1970.
    var sourceDateEpoch: Int64?
    /// Whether the older `import` shows the files in other places.
    var usesLegacyImport = false
    /// Whether the layers stay directories, because the image is only for building.
    var isBuildOnly = false

    var key: CacheKey {
        var bytes = CanonicalBytes("stacker layers of an image")
        bytes.add("schema", CacheKey.schema)
        bytes.add("name", name)
        bytes.add("platform", [platform.os, platform.architecture, platform.variant ?? ""])
        bytes.add("base", base)
        bytes.add("archive", archive)
        bytes.add("added", added.map(\.canonicalBytes))
        bytes.add("script", script)
        bytes.add("environment", environment.map(\.bytes))
        bytes.add("generate_labels", labelScript)
        bytes.add("SOURCE_DATE_EPOCH", sourceDateEpoch)
        bytes.add("import", usesLegacyImport ? 1 : 0)
        bytes.add("build_only", isBuildOnly ? 1 : 0)
        // What came later is left out where there is none of it, so that keys stay what they were.
        if !binds.isEmpty { bytes.add("binds", binds.map(\.bytes)) }
        return CacheKey(bytes)
    }
}
