public import Diagnostics

/// Gets what is behind URLs, within bounds of size and time, through libcurl.
///
/// Proxies come from the environment, and the authorities that are trusted from the system, or from `SSL_CERT_FILE` and
/// `SSL_CERT_DIR`.
public struct HTTPClient: Sendable {
    private let library: CurlLibrary
    private let limits: Limits

    /// - Throws: That libcurl is not installed.
    public init(limits: Limits = Limits()) throws(Failure) {
        library = try CurlLibrary.load()
        self.limits = limits
    }

    /// The bytes behind a URL, at most `limit` of them; blocks.
    ///
    /// Redirects are followed, but never from https to anything else, and only to http and https.
    ///
    /// - Throws: Why they did not come as a whole, or what the server said instead of 200.
    public func get(_ url: HTTPURL, limit: Int) throws(Failure) -> [UInt8] {
        var url = url
        for _ in 0...limits.redirects {
            let answer = HTTPAnswer(bodyLimit: limit, limits)
            try EasyTransfer.make(library, to: url, limits).perform(into: answer)
            if [301, 302, 303, 307, 308].contains(answer.status), let target = answer.redirect {
                url = try Self.follow(target, from: url)
                continue
            }
            guard answer.status == 200 else {
                throw Failure("the server answered with status \(answer.status)", class: .network)
            }
            if let refusal = answer.refusal { throw Failure(refusal, class: .limit) }
            return answer.body
        }
        throw Failure("it was redirected more than \(limits.redirects) times", class: .limit)
    }

    private static func follow(_ target: String, from url: HTTPURL) throws(Failure) -> HTTPURL {
        let next: HTTPURL
        do throws(Failure) { next = try HTTPURL(target) } catch {
            throw Failure("the server redirects elsewhere", causes: [error.summary], class: .rejected)
        }
        guard next.isEncrypted || !url.isEncrypted else {
            throw Failure("the server redirects from https to \(next)", class: .rejected)
        }
        return next
    }
}
