import Diagnostics

/// An archive that is malformed, asks for something that must not happen, or goes past a limit.
struct InvalidArchive: Error, Hashable {
    /// What is wrong, and with which member where that is known.
    var reason: String
    var errorClass: ErrorClass
    var hint: String?

    static func rejected(_ reason: String, hint: String? = nil) -> InvalidArchive {
        InvalidArchive(reason: reason, errorClass: .rejected, hint: hint)
    }

    /// Something that is no tar, or compressed in another way than layers are.
    static func unsupported(_ reason: String, hint: String? = nil) -> InvalidArchive {
        InvalidArchive(reason: reason, errorClass: .unsupported, hint: hint)
    }

    static func limit(_ reason: String) -> InvalidArchive {
        InvalidArchive(reason: reason, errorClass: .limit, hint: nil)
    }

    /// The same, as something that is wrong with this member.
    func about(_ member: ByteString) -> InvalidArchive {
        InvalidArchive(reason: "\(member.abbreviated): \(reason)", errorClass: errorClass, hint: hint)
    }
}

extension InvalidArchive: Explainable {
    var explanation: Failure { Failure(reason, hint: hint, class: errorClass) }
}
