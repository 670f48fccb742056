import Diagnostics

/// The environment of a build step, made from nothing.
enum RunEnvironment {
    static let path = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

    /// Variables of the caller that a build step sees too, in this order.
    static let passedThrough = [
        "ftp_proxy", "http_proxy", "https_proxy", "no_proxy", "FTP_PROXY", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY",
        "TERM", "SOURCE_DATE_EPOCH",
    ]

    /// The environment for an image, given the caller's `NAME=value` entries; those with an empty value are left out.
    static func make(image: String, host: [ByteString]) -> [ByteString] {
        var entries: [ByteString] = ["container=lxc", ByteString(path)]
        for name in passedThrough {
            let prefix = Array("\(name)=".utf8)
            if let entry = host.first(where: { $0.bytes.starts(with: prefix) }), entry.count > prefix.count {
                entries.append(entry)
            }
        }
        entries.append(ByteString("STACKER_LAYER_NAME=\(image)"))
        return entries
    }
}
