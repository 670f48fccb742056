import Diagnostics
import LinuxSystem
import Stackerfile
import SystemPackage

/// Reads the files of a build, and those that they name as prerequisites, each once whatever leads to it.
///
/// Files wait in a list until they are looked at, so that no chain of them is too long for the stack.
struct RecipeLoader {
    private let request: BuildRequest
    /// In the order in which they were met.
    private(set) var files: [Loaded] = []
    /// Places in `files`, by what the file is.
    private var places: [ByteString: Int] = [:]
    private var bytes = 0
    /// What is wrong with their texts, and with what they name.
    private(set) var failures: [StackerfileErrors] = []
    /// Whether a bound was met, after which nothing more is read.
    private var isStopped = false

    struct Loaded {
        let source: RecipeSource
        /// `nil` where it cannot be read, which is reported.
        let recipe: Recipe?
        var prerequisites: [Int] = []
    }

    /// - Throws: Why a file that the user names cannot be read, or else all that is wrong in any of the files.
    static func load(_ request: BuildRequest) throws(Failure) -> BuildFiles { try read(request).result() }

    /// The same, whatever is wrong with what can be read.
    ///
    /// - Throws: Why a file that the user names cannot be read.
    static func read(_ request: BuildRequest) throws(Failure) -> RecipeLoader {
        var loader = RecipeLoader(request: request)
        for source in request.sources { try loader.add(source) }
        var next = 0
        while next < loader.files.count, !loader.isStopped {
            loader.followPrerequisites(of: next)
            next += 1
        }
        return loader
    }

    private init(request: BuildRequest) { self.request = request }

    private func result() throws(Failure) -> BuildFiles {
        if let errors = StackerfileErrors(joining: failures, limits: request.limits) { throw errors.explanation }
        do throws(StackerfileErrors) {
            let graph = try RecipeGraph(
                files.compactMap { file in
                    file.recipe.map { RecipeGraph.File(recipe: $0, prerequisites: file.prerequisites) }
                })
            return BuildFiles(graph: graph, sources: files.map(\.source))
        } catch {
            throw error.explanation
        }
    }

    /// Reads a file that the user names.
    private mutating func add(_ source: RecipeSource) throws(Failure) {
        let text = try RecipeText.read(source, request.limits)
        guard places[text.identity] == nil else { return }
        let limits = request.limits
        if files.count >= limits.stackerfiles || text.bytes.count > limits.stackerfileBytesInAll - bytes {
            throw Failure(
                "there are more than \(limits.stackerfiles) stacker files, or \(limits.stackerfileBytesInAll) bytes of them",
                hint: "build fewer of them at a time", class: .limit)
        }
        take(text, source)
    }

    /// Reads what a file needs; the same file may come by many ways.
    private mutating func followPrerequisites(of place: Int) {
        guard let recipe = files[place].recipe else { return }
        var errors: [Diagnostic] = []
        for wanted in recipe.config.prerequisites where !isStopped {
            do throws(PrerequisiteError) {
                let prerequisite = try prerequisite(wanted, from: files[place].source.directory)
                files[place].prerequisites.append(prerequisite)
            } catch {
                errors.append(recipe.error(error.message, at: wanted.mark, class: error.errorClass))
                isStopped = error.endsReading
            }
        }
        if let errors = StackerfileErrors(errors, limits: request.limits) { failures.append(errors) }
    }

    private mutating func prerequisite(_ wanted: FileReference, from folder: FilePath) throws(PrerequisiteError) -> Int
    {
        guard let relative = FilePath(wanted.path) else { throw .unreadable(wanted.path, "it holds a NUL") }
        // In the words of the files and not of the disk, as people read them: `..` takes a name back.
        let path = folder.pushing(relative).lexicallyNormalized()
        let limits = request.limits
        let new: RecipeText
        do throws(SystemError) {
            let found = try RecipeText.read(prerequisite: path, limit: limits.stackerfileBytes) { places[$0] != nil }
            if let known = places[found.identity] { return known }
            guard let text = found.text else { throw SystemError("read", ByteString(path), errno: .invalidArgument) }
            new = text
        } catch {
            throw PrerequisiteError(error, wanted.path, at: path, limits)
        }
        guard files.count < limits.stackerfiles else { throw .tooMany(limits.stackerfiles) }
        guard new.bytes.count <= limits.stackerfileBytesInAll - bytes else {
            throw .tooMuch(limits.stackerfileBytesInAll)
        }
        return take(new, .file(path))
    }

    /// Parses a file that is not known yet, and gives it a place.
    @discardableResult
    private mutating func take(_ text: RecipeText, _ source: RecipeSource) -> Int {
        bytes += text.bytes.count
        var recipe: Recipe?
        do throws(StackerfileErrors) {
            recipe = try StackerfileParser.parse(
                text.bytes, file: source.name.description, substitutions: request.substitutions, limits: request.limits,
                requiringHashes: request.requiresHashes)
        } catch {
            failures.append(error)
        }
        for use in recipe?.substitutionUses ?? [] { request.log.debug("\(use)") }
        for warning in recipe?.warnings ?? [] { request.log.warning(request.diagnosticFormat.render(warning)) }
        places[text.identity] = files.count
        files.append(Loaded(source: source, recipe: recipe))
        return files.count - 1
    }
}
