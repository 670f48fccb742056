import Diagnostics

/// What came in answer to a request, as far as it is within its bounds.
@safe final class HTTPAnswer {
    /// 0 where none came.
    var status = 0
    /// Where the server says that it is instead.
    var redirect: String?
    private(set) var body: [UInt8] = []
    /// Which bound was passed; nothing is taken from then on.
    private(set) var refusal: String?
    /// Whether the last of its headers came: libcurl takes a connection that ends before for an empty body.
    private(set) var hasWholeHead = false
    private let bodyLimit: Int
    private let headerLimits: (bytes: Int, fields: Int)
    private var headerBytes = 0
    private var headerFields = 0

    init(bodyLimit: Int, _ limits: Limits) {
        self.bodyLimit = bodyLimit
        headerLimits = (limits.headerBytes, limits.headerFields)
    }

    func takeBody(_ bytes: UnsafeRawBufferPointer) {
        guard bytes.count <= bodyLimit - body.count else {
            return refusal = "it is longer than \(bodyLimit) bytes"
        }
        unsafe body += bytes
    }

    func takeHeader(_ bytes: UnsafeRawBufferPointer) {
        headerBytes += bytes.count
        headerFields += 1
        // An empty line ends them, unless another answer follows, as after 100 Continue; what comes after a body does not
        // count.
        if unsafe bytes.starts(with: "HTTP/".utf8) { hasWholeHead = false }
        if unsafe bytes.elementsEqual("\r\n".utf8) || bytes.elementsEqual("\n".utf8) { hasWholeHead = true }
        if headerBytes > headerLimits.bytes || headerFields > headerLimits.fields {
            refusal = "the answer has more headers than \(headerLimits.fields), or \(headerLimits.bytes) bytes of them"
        }
    }

    /// Called by libcurl; any other number than that of the bytes ends the transfer.
    static func receive(
        _ bytes: UnsafeMutablePointer<CChar>?, _ size: Int, _ count: Int, _ context: UnsafeMutableRawPointer?,
        _ take: (HTTPAnswer, UnsafeRawBufferPointer) -> Void
    ) -> Int {
        let (length, isTooLong) = size.multipliedReportingOverflow(by: count)
        guard let context = unsafe context, !isTooLong, length >= 0 else { return -1 }
        let answer = unsafe Unmanaged<HTTPAnswer>.fromOpaque(context).takeUnretainedValue()
        unsafe take(answer, unsafe UnsafeRawBufferPointer(start: bytes, count: unsafe bytes == nil ? 0 : length))
        return answer.refusal == nil ? length : -1
    }
}
