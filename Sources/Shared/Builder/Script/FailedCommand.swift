import HelperProtocol

/// Which line of a script was at work when its shell ended.
///
/// How far the shell has read says which command it was; that is certain. Where that is made of several on several lines,
/// the last command that the shell printed says which of them, unless anything else could have printed it.
enum FailedCommand: Hashable, Sendable {
    /// A line of the script, and the first line of what it is part of, where that is another.
    case line(Int, inside: Int?)
    /// One of these lines.
    case lines(ClosedRange<Int>)
    case unknown

    /// - Parameters:
    ///   - script: With the line that names the shell.
    ///   - count: How many bytes of it the shell has read.
    ///   - traced: The last command that was printed, without its `+`; `nil` where that is not certain.
    init(in script: [UInt8], read count: Int, traced: [UInt8]?) {
        let outline = ShellReader.outline(script)
        guard let place = Self.place(in: outline, script, read: count) else {
            self = Self.unread(outline, script, read: count)
            return
        }
        let command = outline.commands[place]
        guard command.lines.count > 1 else {
            self = .line(command.lines.lowerBound, inside: nil)
            Self.lookIntoFunctions(outline, place, traced).map { self = .line($0, inside: command.lines.lowerBound) }
            return
        }
        let lines = Set(command.parts.map(\.line))
        if command.isPlain, !command.isOpaque, lines.count == 1, let line = lines.first {
            self = .line(line, inside: nil)
            Self.lookIntoFunctions(outline, place, traced).map { self = .line($0, inside: line) }
        } else if let line = Self.tracedLine(outline, place, traced) {
            self = .line(line, inside: line == command.lines.lowerBound ? nil : command.lines.lowerBound)
        } else {
            self = .lines(command.lines)
        }
    }

    /// The command that the shell has read to its end and not passed.
    private static func place(in outline: ShellOutline, _ script: [UInt8], read count: Int) -> Int? {
        if let place = outline.commands.firstIndex(where: { $0.end == count }) { return place }
        // At the end of the script the shell has read all of it, also what is no command.
        guard count >= script.count, outline.unread == nil else { return nil }
        return outline.commands.indices.last
    }

    /// Where the shell stopped in what is not understood, which may be a mistake in it.
    private static func unread(_ outline: ShellOutline, _ script: [UInt8], read count: Int) -> FailedCommand {
        let last = max(1, script.prefix(count).count { $0 == UInt8(ascii: "\n") })
        let next = outline.commands.first { $0.end > count }?.lines.lowerBound ?? outline.unread
        guard count > 0, let next, next <= last else { return .unknown }
        return next == last ? .line(next, inside: nil) : .lines(next...last)
    }

    /// The one line of which the last printed command can be, inside of what the shell was at.
    private static func tracedLine(_ outline: ShellOutline, _ place: Int, _ traced: [UInt8]?) -> Int? {
        let command = outline.commands[place]
        guard let traced, !outline.changesTrace, !command.isOpaque, !hidesTrace(command, outline) else { return nil }
        let plain = ShellOutline.plain(traced)
        // What is printed may be of a command before, too, where this one has not printed anything.
        let parts = outline.commands[...place].flatMap(\.parts) + outline.functions.values.flatMap(\.self)
        let lines = Set(parts.filter { $0.texts.contains { $0.matches(plain) } }.map(\.line))
        guard lines.count == 1, let line = lines.first else { return nil }
        let inside = Set((command.parts + called(from: command, outline)).map(\.line))
        return inside.contains(line) ? line : nil
    }

    /// A line of a function that the command on one line calls.
    private static func lookIntoFunctions(_ outline: ShellOutline, _ place: Int, _ traced: [UInt8]?) -> Int? {
        let command = outline.commands[place]
        guard command.parts.contains(where: { $0.name.map { outline.functions[$0] != nil } ?? false }),
            let line = tracedLine(outline, place, traced), !command.lines.contains(line)
        else { return nil }
        return line
    }

    /// What the functions hold that a command calls, and those that they call.
    private static func called(from command: ShellOutline.Command, _ outline: ShellOutline) -> [ShellOutline.Part] {
        var seen: Set<[UInt8]> = []
        var found: [ShellOutline.Part] = []
        var open = command.parts
        while let part = open.popLast() {
            guard let name = part.name, let body = outline.functions[name], seen.insert(name).inserted else { continue }
            found += body
            open += body
        }
        return found
    }

    /// Whether a part of it, or of a function that it calls, prints what it calls elsewhere.
    private static func hidesTrace(_ command: ShellOutline.Command, _ outline: ShellOutline) -> Bool {
        (command.parts + called(from: command, outline)).contains { part in
            part.isHidden || (part.redirectsErrors && (part.name.map { outline.functions[$0] != nil } ?? true))
        }
    }
}
