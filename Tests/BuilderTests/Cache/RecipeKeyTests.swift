import Stackerfile
import Testing

@testable import Builder

/// That nothing which stacker.yaml says is forgotten by the keys that results are kept under.
@Suite struct RecipeKeyTests {
    /// What can change files.
    private static let layers: Set<String> = [
        "name", "base", "run", "imports", "overlayDirectories", "usesLegacyImport", "binds", "buildEnvironment",
        "buildEnvironmentPassthrough", "generateLabels", "isBuildOnly", "os", "architecture",
    ]
    /// What changes documents alone.
    private static let documents: Set<String> = [
        "environment", "labels", "annotations", "command", "entrypoint", "fullCommand", "volumes", "workingDir",
        "runtimeUser", "exposedPorts", "stopSignal", "healthCheck",
    ]
    /// Where something is written in the file.
    private static let marks: Set<String> = ["nameMark", "baseMark", "runMark", "runOrigin", "generateLabelsOrigin"]

    /// Who adds a word to stacker.yaml decides here which results of earlier builds it makes useless, and sees to it in
    /// `CacheInputs` or `ImageInputs.Documents`.
    @Test func everyWordOfAnImageCountsForAKey() throws {
        let recipe = try LayerKeyTests.recipe("")
        let words = Set(Mirror(reflecting: recipe).children.compactMap(\.label))
        #expect(words.subtracting(Self.layers).subtracting(Self.documents).subtracting(Self.marks).isEmpty)
        #expect(words.count > 20)
    }
}
