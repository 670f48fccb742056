import ArgumentParser

/// A verb of stacker: reads its flags into one request and hands that on.
protocol SessionCommand: ParsableCommand {
    /// The flags of this verb alone, as ``ArgumentNormalizer`` needs them.
    static var syntax: [FlagSyntax] { get }

    var global: GlobalOptions { get }

    func run(in session: Session) async throws
}
