import Diagnostics
import LinuxSystem
import SystemPackage

/// The subordinate user and group ids of one account.
public struct SubordinateIDs: Hashable, Sendable {
    public var source: SubordinateIDSource
    public var users: [SubordinateRange]
    public var groups: [SubordinateRange]

    public init(source: SubordinateIDSource, users: [SubordinateRange], groups: [SubordinateRange]) {
        self.source = source
        self.users = users
        self.groups = groups
    }

    /// Asks this host, the way newuidmap and newgidmap do.
    ///
    /// An account without ids is no error: both lists are then empty.
    public static func lookUp(for account: Account) throws(SubordinateIDError) -> SubordinateIDs {
        let source = try system { () throws(SystemError) in
            SubordinateIDSource(parsing: try SystemFile.contents(of: "/etc/nsswitch.conf") ?? [])
        }
        guard case .service(let service) = source else {
            return try system { () throws(SystemError) in
                SubordinateIDs(
                    source: source, users: try readTable("/etc/subuid", for: account),
                    groups: try readTable("/etc/subgid", for: account))
            }
        }
        guard let program = SystemPrograms.find("getsubids") else { throw .noProgram(service: service) }
        let name = account.name ?? ByteString(String(account.uid))
        return SubordinateIDs(
            source: source, users: try ask(program, [name], service), groups: try ask(program, ["-g", name], service))
    }

    private static func readTable(_ path: FilePath, for account: Account) throws(SystemError) -> [SubordinateRange] {
        SubordinateTable(parsing: try SystemFile.contents(of: path) ?? [])
            .ranges(forUser: account.name, uid: account.uid)
    }

    private static func system<Value>(
        _ body: () throws(SystemError) -> Value
    ) throws(SubordinateIDError) -> Value {
        do throws(SystemError) { return try body() } catch { throw .system(error) }
    }
}

extension SubordinateIDs {
    /// A directory service answers in well under a second, or not at all.
    private static let timeLimit: Duration = .seconds(30)
    private static let answerLimit = 1 << 20

    private static func ask(
        _ program: FilePath, _ arguments: [ByteString], _ service: ByteString
    ) throws(SubordinateIDError) -> [SubordinateRange] {
        let answer = try system { () throws(SystemError) in
            try CapturedProgram.run(program, arguments, outputLimit: answerLimit, timeLimit: timeLimit)
        }
        switch answer {
        case .timedOut: throw .badAnswer(service: service, "did not answer within 30 seconds")
        case .tooMuchOutput: throw .badAnswer(service: service, "wrote more than 1 MiB")
        case .signalled(let number): throw .badAnswer(service: service, "was killed by signal \(number)")
        // Status 1 is also how it says that there are none.
        case .exited(let status, _) where status != 0: return []
        case .exited(_, let output):
            guard let ranges = ranges(parsing: output) else {
                throw .badAnswer(service: service, "wrote something that is not a list of ranges")
            }
            return ranges
        }
    }

    /// Reads what getsubids prints: lines of `INDEX: OWNER START COUNT`.
    ///
    /// - Returns: `nil` where any line is something else. An owner may hold blanks, as names of a directory do.
    static func ranges(parsing output: [UInt8]) -> [SubordinateRange]? {
        var ranges: [SubordinateRange] = []
        for line in output.split(separator: UInt8(ascii: "\n")) {
            let words = line.split(separator: UInt8(ascii: " "), omittingEmptySubsequences: false)
            guard words.count >= 4, words[0].last == UInt8(ascii: ":"), UInt32(decimal: words[0].dropLast()) != nil,
                let start = UInt32(decimal: words[words.count - 2]), let count = UInt32(decimal: words[words.count - 1])
            else { return nil }
            guard count > 0 else { continue }
            guard let range = SubordinateRange(start: start, count: count) else { return nil }
            ranges.append(range)
        }
        return ranges
    }
}
