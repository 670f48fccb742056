import CCurl
import Diagnostics
import Glibc

/// Owns one handle of libcurl, set up for one request.
///
/// Of libcurl's own following of redirects, decoding of bodies, cookies and files with passwords nothing is used.
///
/// Source: libcurl(3), curl_easy_setopt(3).
@safe struct EasyTransfer: ~Copyable {
    private let library: CurlLibrary
    private let easy: UnsafeMutableRawPointer
    private var isRefused = false

    private init(_ library: CurlLibrary, adopting easy: UnsafeMutableRawPointer) {
        self.library = library
        unsafe self.easy = unsafe easy
    }

    /// A transfer from `url`, which has not begun.
    static func make(_ library: CurlLibrary, to url: HTTPURL, _ limits: Limits) throws(Failure) -> EasyTransfer {
        guard let easy = unsafe library.makeEasy() else { throw Failure("there is no memory left for a download") }
        var transfer = unsafe EasyTransfer(library, adopting: easy)
        transfer.setUp(url, limits)
        guard !transfer.isRefused else {
            throw Failure("this libcurl is too old, or cannot do what a download needs")
        }
        return transfer
    }

    private mutating func setUp(_ url: HTTPURL, _ limits: Limits) {
        set(CURLOPT_URL, url.description)
        // The numbers of CURLPROTO_HTTP and CURLPROTO_HTTPS, whose later names older versions do not have.
        set(CURLOPT_PROTOCOLS, url.isEncrypted ? 2 : 3)
        set(CURLOPT_FOLLOWLOCATION, 0)
        set(CURLOPT_HTTP_VERSION, Int(CURL_HTTP_VERSION_1_1))
        set(CURLOPT_NOSIGNAL, 1)
        set(CURLOPT_USERAGENT, "stacker/\(Version.current)")
        set(CURLOPT_CONNECTTIMEOUT_MS, Int(limits.connectSeconds) * 1_000)
        set(CURLOPT_LOW_SPEED_LIMIT, limits.slowestTransfer)
        set(CURLOPT_LOW_SPEED_TIME, limits.silentSeconds)
        for (variable, option) in [("SSL_CERT_FILE", CURLOPT_CAINFO), ("SSL_CERT_DIR", CURLOPT_CAPATH)] {
            guard let value = unsafe getenv(variable), unsafe value.pointee != 0 else { continue }
            if unsafe stk_curl_set_text(library.set, easy, option, value) != CURLE_OK { isRefused = true }
        }
    }

    deinit { unsafe library.freeEasy(easy) }

    private mutating func set(_ option: CURLoption, _ value: Int) {
        if unsafe stk_curl_set_number(library.set, easy, option, value) != CURLE_OK { isRefused = true }
    }

    private mutating func set(_ option: CURLoption, _ value: String) {
        if unsafe value.withCString({ unsafe stk_curl_set_text(library.set, easy, option, $0) }) != CURLE_OK {
            isRefused = true
        }
    }

    /// Sends the request, and gives what comes to `answer`.
    ///
    /// - Throws: Why it did not come as a whole; what `answer` itself refuses is not thrown.
    func perform(into answer: HTTPAnswer) throws(Failure) {
        let context = unsafe Unmanaged.passUnretained(answer).toOpaque()
        var text = [CChar](repeating: 0, count: Int(CURL_ERROR_SIZE))
        let code = unsafe text.withUnsafeMutableBufferPointer { buffer in
            unsafe _ = stk_curl_set_pointer(library.set, easy, CURLOPT_ERRORBUFFER, buffer.baseAddress)
            unsafe _ = stk_curl_set_pointer(library.set, easy, CURLOPT_WRITEDATA, context)
            unsafe _ = stk_curl_set_pointer(library.set, easy, CURLOPT_HEADERDATA, context)
            unsafe _ = stk_curl_set_receiver(library.set, easy, CURLOPT_WRITEFUNCTION) { bytes, size, count, context in
                unsafe HTTPAnswer.receive(bytes, size, count, context) { unsafe $0.takeBody($1) }
            }
            unsafe _ = stk_curl_set_receiver(library.set, easy, CURLOPT_HEADERFUNCTION) { bytes, size, count, context in
                unsafe HTTPAnswer.receive(bytes, size, count, context) { unsafe $0.takeHeader($1) }
            }
            let code = unsafe library.perform(easy)
            unsafe _ = stk_curl_set_pointer(library.set, easy, CURLOPT_ERRORBUFFER, nil)
            return code
        }
        withExtendedLifetime(answer) {}
        answer.status = number(CURLINFO_RESPONSE_CODE)
        answer.redirect = self.text(CURLINFO_REDIRECT_URL)
        guard answer.refusal == nil else { return }
        guard code != CURLE_OK else {
            guard answer.hasWholeHead else {
                throw Failure("the connection ended in the headers of the answer", class: .network)
            }
            return
        }
        let said = ByteString(text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }).description
        let known = unsafe library.errorText(code).map { ByteString(unsafe String(cString: $0)).description }
        throw Failure(said.isEmpty ? known ?? "libcurl failed with \(code.rawValue)" : said, class: .network)
    }

    private func number(_ info: CURLINFO) -> Int {
        var value = 0
        return unsafe stk_curl_get_number(library.get, easy, info, &value) == CURLE_OK ? value : 0
    }

    private func text(_ info: CURLINFO) -> String? {
        var value: UnsafeMutablePointer<CChar>?
        guard unsafe stk_curl_get_text(library.get, easy, info, &value) == CURLE_OK, let value = unsafe value else {
            return nil
        }
        return unsafe String(cString: value)
    }
}
