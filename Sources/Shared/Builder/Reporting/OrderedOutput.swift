import Diagnostics
import HelperClient
import Synchronization
import SystemPackage

/// What the images of a build print, in build order although they are built at the same time.
///
/// The earliest image that is not settled prints at once; what others print is kept until it is their turn. Nothing
/// stands inside a line of something else.
final class OrderedOutput: Sendable {
    private struct State: ~Copyable {
        /// The place of the image whose turn it is.
        var live = 0
        var kept: [Int: Kept] = [:]
        /// Whether the last output of a step was not the end of a line.
        var isInsideLine = false
        /// Why nothing can be printed any more.
        var failure: (any Error)?
    }

    /// A box, because a dictionary cannot hold what is not copied.
    private final class Kept {
        var spool: OutputSpool
        init(_ spool: consuming OutputSpool) { self.spool = spool }
    }

    private let images: [String]
    private let home: FilePath
    private let log: Log
    private let reporter: any BuildReporter
    /// Whether a line that a step left unfinished is ended; otherwise what is printed is what the step printed.
    private let endsLines: Bool
    private let state = Mutex(State())

    /// `images` in build order; `home` is the directory in which output of images that have to wait is kept.
    init(images: [String], jobs: Int, home: FilePath, log: Log, reporter: any BuildReporter) {
        self.images = images
        self.home = home
        self.log = log
        self.reporter = reporter
        endsLines = reporter.drawsBelowOutput || min(images.count, jobs) > 1
    }

    /// The log of one image.
    func log(of place: Int) -> Log { log.routed { [self] in write($0, place) } }

    /// Why nothing can be printed any more; `nil` while it can.
    func failure() -> (any Error)? { state.withLock { $0.failure } }

    /// The image is settled: it is the turn of the next one, which prints what was kept for it.
    func settle(_ place: Int) {
        state.withLock { state in
            guard place == state.live else { return }
            endLine(&state)
            state.live = place + 1
            replay(&state)
        }
    }

    private func write(_ line: Log.Line, _ place: Int) {
        state.withLock { state in
            guard place != state.live else { return print(line, &state) }
            spool(for: place, &state).spool.add(line)
        }
    }

    /// Takes output of the step of an image.
    ///
    /// - Throws: Why nothing can be printed any more.
    func write(_ output: [UInt8], _ place: Int) throws {
        try state.withLock { state in
            if let failure = state.failure { throw failure }
            guard place != state.live else { return try print(output, &state) }
            try spool(for: place, &state).spool.add(output)
        }
    }

    private func spool(for place: Int, _ state: inout State) -> Kept {
        if let kept = state.kept[place] { return kept }
        let kept = Kept(OutputSpool(image: images[place], home: home))
        state.kept[place] = kept
        return kept
    }

    private func replay(_ state: inout State) {
        guard let kept = state.kept.removeValue(forKey: state.live) else { return }
        do {
            try kept.spool.replay { piece in
                switch piece {
                case .line(let line): print(line, &state)
                case .output(let bytes): try print(bytes, &state)
                }
            }
        } catch {
            state.failure = state.failure ?? error
        }
    }

    private func print(_ line: Log.Line, _ state: inout State) {
        endLine(&state)
        log.write(line)
    }

    private func print(_ output: [UInt8], _ state: inout State) throws {
        do {
            try reporter.write(output)
        } catch {
            state.failure = state.failure ?? error
            throw error
        }
        if let last = output.last { state.isInsideLine = last != UInt8(ascii: "\n") }
    }

    /// Ends a line that a step left unfinished, before something else is printed.
    private func endLine(_ state: inout State) {
        guard endsLines, state.isInsideLine, state.failure == nil else { return }
        // The failure is kept, and ends the build.
        try? print([UInt8(ascii: "\n")], &state)
    }
}
