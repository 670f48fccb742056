/// How one flag is spelled, for ``ArgumentNormalizer``.
///
/// Each group of flags declares its syntax beside the properties that ArgumentParser reads; a test compares the two.
struct FlagSyntax: Hashable, Sendable {
    /// What may follow the name.
    enum Kind: Hashable, Sendable {
        /// Nothing, or `=true` and the like.
        case boolean
        /// Always a value, attached with `=` or as the next argument.
        case value
        /// `=` and a value, or nothing, which means this value.
        case optionalValue(bare: String)
    }

    /// The long name first.
    let names: [String]
    let kind: Kind
    /// Whether an empty value says the same as leaving the flag out, and is not a mistake.
    let emptyMeansUnset: Bool
    /// The flag that this one takes back, by its long name.
    var cancels: String?

    static func boolean(_ names: String..., cancels: String? = nil) -> FlagSyntax {
        FlagSyntax(names: names, kind: .boolean, emptyMeansUnset: false, cancels: cancels)
    }

    static func optionalValue(_ name: String, bare: String, cancels: String? = nil) -> FlagSyntax {
        FlagSyntax(names: [name], kind: .optionalValue(bare: bare), emptyMeansUnset: false, cancels: cancels)
    }

    static func value(_ names: String..., emptyMeansUnset: Bool = false) -> FlagSyntax {
        FlagSyntax(names: names, kind: .value, emptyMeansUnset: emptyMeansUnset)
    }

    /// The spelling that ArgumentParser gets.
    var canonical: String { "--" + (names.first ?? "") }
}

/// The flags of a whole program: those of every command, and those that only one of them has.
struct CommandLineSyntax: Sendable {
    /// Taken before and after the verb.
    var global: [FlagSyntax]
    /// By verb.
    var commands: [String: [FlagSyntax]]
    /// The verb that another word stands for.
    var aliases: [String: String] = [:]
    /// The flags that ask for help and for the version, taken before and after the verb.
    let help = FlagSyntax.boolean("help", "h")
    let version = FlagSyntax.boolean("version", "v")
    /// Taken before the verb.
    let completionScript = FlagSyntax.value("generate-completion-script")
    /// The verb whose argument is another verb.
    let helpCommand = "help"
}
