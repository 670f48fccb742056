public import Diagnostics

/// What a stacker.yaml asks for.
public struct Recipe: Hashable, Sendable {
    /// As the user named it.
    public let file: String
    /// In the order of the file; ``buildOrder()`` has them in the order to build.
    public var images: [ImageRecipe]
    public var config: Config
    /// What still works and should be written differently.
    public let warnings: [Diagnostic]
    /// How often each pair was used that the file was given, in their order.
    public internal(set) var substitutionUses: [SubstitutionUse] = []
    let source: SourceText
    /// What in it comes from substitutions.
    let origins: ValueOrigins

    /// The bytes of the file, without any value of a substitution; images carry them as an annotation.
    public var text: [UInt8] { source.bytes }

    /// The `config` entry: what concerns the file and not one image.
    public struct Config: Hashable, Sendable {
        /// Files whose images must be built first, as written.
        public var prerequisites: [FileReference] = []
    }
}
