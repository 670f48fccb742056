import Accounts
import Checks
import Diagnostics
import HelperClient
import HelperProtocol
import LinuxSystem
import Storage
import SystemPackage

/// The way into the user namespace of a build, or the finding that says why there is none.
enum Namespace {
    static func enter(_ helper: Helper, roots: FilePath) async throws -> BuildNamespace {
        let account = try Account.current()
        return try await explaining(roots: roots) {
            let ids = account.isRoot ? nil : try SubordinateIDs.lookUp(for: account)
            guard let ids, let maps = try NamespaceMaps(for: account, ids: ids) else { return .ofRoot() }
            return try await helper.makeNamespace(maps)
        }
    }

    /// The helper, and the namespace that it works in, which is entered when something is to be done there.
    struct Entrance: Sendable {
        let helper: Helper
        let namespace: OnFirstUse<BuildNamespace>
    }

    /// Finds the helper; makes nothing yet.
    static func entrance(roots: FilePath) throws(Failure) -> Entrance {
        let helper = try Helper.locate()
        return Entrance(
            helper: helper,
            namespace: OnFirstUse {
                try await attempt("enter a user namespace") { try await enter(helper, roots: roots) }
            })
    }

    /// Words a failure of stacker-nsexec, or of the account's set-up, as a finding with the fix for this host.
    ///
    /// The facts are read only then: a build that works reads none of them.
    static func explaining<Value: Sendable>(roots: FilePath, _ body: () async throws -> Value) async throws -> Value {
        do {
            return try await body()
        } catch {
            guard let finding = finding(for: error, roots: roots) else { throw error }
            throw finding
        }
    }

    private static func finding(for error: any Error, roots: FilePath) -> Finding? {
        // Without an account there are no facts about it, and the error says more than a second one would.
        func facts() -> HostFacts? { (try? Account.current()).map { HostFacts.read(for: $0, roots: roots) } }
        return switch error {
        case let failure as HelperFailure: facts().map { Finding(explaining: failure, facts: $0) }
        case let shortage as IdentityShortage: facts().map { Finding(explaining: shortage, facts: $0) }
        case let error as SubordinateIDError: facts().map { Finding(explaining: error, facts: $0) }
        default: nil
        }
    }
}
