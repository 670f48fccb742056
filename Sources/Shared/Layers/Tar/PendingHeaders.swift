import Diagnostics

/// Extended headers that wait for their member.
struct PendingHeaders {
    var records: [PAXRecord] = []
    var longName: ByteString?
    var longLink: ByteString?
    /// Bytes of all of them.
    var bytes: UInt64 = 0
    var isEmpty = true
}
