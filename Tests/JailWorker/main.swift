// jail-worker DEED: a worker that tests start through stacker-nsexec. It locks itself in as `stacker internal worker`
// does, with one more thread, and then does the one thing it is told. It ends with 0 when that came out as it should.
//
// A program of its own because a fork of the test program, which has threads, may wait for ever on a lock that one of
// them held.
import Diagnostics
import Glibc
import Sandbox

let deed = CommandLine.arguments.dropFirst().first.flatMap(Deed.init)
guard let deed else {
    StandardError.print("jail-worker", "name one of \(Deed.allCases.map(\.rawValue).joined(separator: ", "))")
    exit(64)
}
do {
    try WorkerJail.enter()
    startThread()
    try WorkerJail.seal()
    exit(try deed.perform())
} catch {
    StandardError.print("jail-worker", Failure(explaining: error))
    exit(2)
}

/// Code of this file itself belongs to the main actor, which would trap on another thread.
nonisolated func startThread() {
    var thread = pthread_t()
    pthread_create(&thread, nil, { _ in while true { sleep(60) } }, nil)
}
