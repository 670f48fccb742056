import Accounts
import Diagnostics

/// The account that a command is about.
enum TargetAccount {
    /// The one named by `user`; else, for root under sudo, the one that ran sudo; else the caller's own.
    ///
    /// `sudoUser` is the value of `SUDO_UID`, which says something only when the caller is root: anyone can set it.
    static func find(user: String?, sudoUser: String?) throws(Failure) -> Account {
        try attempt("cannot tell which account to look at") {
            if let user { return try named(ByteString(user)) }
            let caller = try Account.current()
            guard caller.isRoot, let sudoUser else { return caller }
            return try from(sudo: ByteString(sudoUser))
        }
    }

    /// A name wins over a number: login names of digits exist.
    private static func named(_ user: ByteString) throws -> Account {
        if let account = try Account.find(name: user) { return account }
        if let uid = UInt32(decimal: user.bytes), let account = try Account.find(uid: uid) { return account }
        throw Failure("there is no account `\(user)`", hint: "name one that `getent passwd` knows", class: .usage)
    }

    private static func from(sudo text: ByteString) throws -> Account {
        guard let uid = UInt32(decimal: text.bytes), let account = try Account.find(uid: uid) else {
            throw Failure(
                "SUDO_UID is `\(text)`, which is no account", hint: "name the account with `--user`", class: .usage)
        }
        return account
    }
}
