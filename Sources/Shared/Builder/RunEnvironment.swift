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
        let own = image.buildEnvironment.filter { !$0.value.isEmpty }.map { ByteString("\($0.name)=\($0.value)") }
        return merge(
            ["container=lxc", ByteString(path)] + (try passed(to: image, from: host)) + own
                + [ByteString("STACKER_LAYER_NAME=\(image.name)")])
    }

    /// What of it decides what an image holds: of the caller only what the image asks for, and not that list.
    ///
    /// Proxies and the kind of a terminal change how a step works, and not what it makes.
    static func decisive(for image: ImageRecipe, host: [ByteString]) throws(Failure) -> [ByteString] {
        try make(for: image, host: image.buildEnvironmentPassthrough.isEmpty ? [] : host)
    }

    /// The environment for a command that the user works with: it needs to know the terminal, whatever the image says.
    static func interactive(for image: ImageRecipe, host: [ByteString]) throws(Failure) -> [ByteString] {
        let terminal = host.filter { name(of: $0) == "TERM" }.prefix(1)
        return terminal + (try make(for: image, host: host)).filter { name(of: $0) != "TERM" }
    }

    /// The same for an image of which only the name is known.
    static func interactive(named name: String, host: [ByteString]) -> [ByteString] {
        merge(
            ["container=lxc", ByteString(path)] + listed(host) + [ByteString("STACKER_LAYER_NAME=\(name)")])
    }

    /// Of several entries of one name the last one stays.
    private static func merge(_ all: [ByteString]) -> [ByteString] {
        var entries: [ByteString] = []
        for entry in all {
            entries.removeAll { name(of: $0) == name(of: entry) }
            entries.append(entry)
        }
        return entries
    }

    private static func listed(_ host: [ByteString]) -> [ByteString] {
        let set = host.filter(hasValue)
        return passedThrough.compactMap { name in set.first { Self.name(of: $0) == ByteString(name) } }
    }

    private static func hasValue(_ entry: ByteString) -> Bool {
        entry.bytes.firstIndex(of: equals).map { $0 > 0 && $0 < entry.count - 1 } ?? false
    }

    /// The caller's entries that the image's build steps see: those of the list in its order, or those that match, by
    /// name.
    static func passed(to image: ImageRecipe, from host: [ByteString]) throws(Failure) -> [ByteString] {
        guard !image.buildEnvironmentPassthrough.isEmpty else { return listed(host) }
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
        let first = host.filter(hasValue).filter { seen.insert(Self.name(of: $0)).inserted }
        return first.filter { entry in
            let name = String(decoding: Self.name(of: entry).bytes, as: UTF8.self)
            return patterns.contains { $0.matches(name) }
        }
        .sorted()
    }

    private static let equals = UInt8(ascii: "=")

    private static func name(of entry: ByteString) -> ByteString {
        ByteString(Array(entry.bytes.prefix { $0 != equals }))
    }
}
