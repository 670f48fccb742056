public import Diagnostics

/// What is left out of an imported directory.
public struct Exclusions: Hashable, Sendable {
    /// Of patterns that match, the last decides.
    public var patterns: [ExclusionPattern]

    /// The file in a directory that holds patterns for it, and is left out itself.
    public static let fileName = ByteString(".stackerignore")

    public init(_ patterns: [ExclusionPattern] = []) { self.patterns = patterns }

    /// Whether `path`, below the directory, is left out; nobody asks for what is in a directory that is.
    public func excludes(_ path: ByteString, isDirectory: Bool) -> Bool {
        if path == Self.fileName { return true }
        let names = path.bytes.split(separator: UInt8(ascii: "/"))
        return patterns.last { $0.matches(names, isDirectory: isDirectory) }.map { !$0.isNegated } ?? false
    }

    /// Why a file of patterns cannot be used, and at which line.
    public struct Invalid: Error, Hashable, Sendable {
        /// 1-based.
        public var line: Int
        public var message: String
    }

    /// Reads a file of patterns: one on each line; lines that are blank or begin with `#` say nothing.
    public init(file bytes: [UInt8], limits: Limits = Limits()) throws(Invalid) {
        patterns = []
        let lines = bytes.split(separator: 0x0a, omittingEmptySubsequences: false)
        for (number, line) in lines.enumerated() {
            let text = line.last == 0x0d ? line.dropLast() : line
            guard text.first != UInt8(ascii: "#"), text.contains(where: { $0 != 0x20 && $0 != 0x09 }) else { continue }
            guard patterns.count < limits.exclusions else {
                throw Invalid(line: number + 1, message: "more than \(limits.exclusions) patterns")
            }
            do throws(ExclusionPattern.Invalid) {
                patterns.append(try ExclusionPattern(ByteString(text)))
            } catch {
                throw Invalid(line: number + 1, message: error.message)
            }
        }
    }
}
