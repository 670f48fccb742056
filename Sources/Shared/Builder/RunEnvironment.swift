import Diagnostics
import Stackerfile

/// The environment of a build step, made from nothing.
enum RunEnvironment {
    static let path = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

    /// Variables of the caller that a build step sees too, unless the image says which ones instead.
    static let passedThrough = [
        "ftp_proxy", "http_proxy", "https_proxy", "no_proxy", "FTP_PROXY", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY",
        "TERM", "SOURCE_DATE_EPOCH",
    ]

    /// The environment for an image, given the caller's `NAME=value` entries.
    ///
    /// Variables with an empty value are left out. What `build_env` says counts more than what the caller has, and may
    /// replace `PATH`.
    static func make(for image: ImageRecipe, host: [ByteString]) throws(Failure) -> [ByteString] {
        var entries: [ByteString] = ["container=lxc", ByteString(path)]
        let own = image.buildEnvironment.filter { !$0.value.isEmpty }.map { ByteString("\($0.name)=\($0.value)") }
        let layer = ByteString("STACKER_LAYER_NAME=\(image.name)")
        for entry in try passed(to: image, from: host) + own + [layer] {
            let name = Self.name(of: entry)
            entries.removeAll { Self.name(of: $0) == name }
            entries.append(entry)
        }
        return entries
    }

    /// The caller's entries that the image's build steps see: those of the list in its order, or those that match, by
    /// name.
    static func passed(to image: ImageRecipe, from host: [ByteString]) throws(Failure) -> [ByteString] {
        let set = host.filter { entry in
            entry.bytes.firstIndex(of: equals).map { $0 > 0 && $0 < entry.count - 1 } ?? false
        }
        guard !image.buildEnvironmentPassthrough.isEmpty else {
            return passedThrough.compactMap { name in set.first { Self.name(of: $0) == ByteString(name) } }
        }
        var patterns: [VariablePattern] = []
        for text in image.buildEnvironmentPassthrough {
            do {
                patterns.append(try VariablePattern(text))
            } catch {
                throw Failure(
                    "invalid regular expression \(ByteString(text))", causes: ["\(error)"], class: .rejected)
            }
        }
        // The first of several entries of one name counts, as for getenv(3).
        var seen: Set<ByteString> = []
        let first = set.filter { seen.insert(Self.name(of: $0)).inserted }
        return first.filter { entry in
            let name = String(decoding: Self.name(of: entry).bytes, as: UTF8.self)
            return patterns.contains { $0.matches(name) }
        }
        .sorted()
    }

    private static let equals = UInt8(ascii: "=")

    private static func name(of entry: ByteString) -> ByteString { ByteString(Array(entry.bytes.prefix { $0 != equals })) }
}
