import Builder
import Diagnostics
import Glibc
import LinuxSystem
import SystemPackage

/// What every command gets: the global flags and the environment, read once and found valid.
struct Session: Sendable {
    let directories: Directories
    /// Where the three directories are by default, as it was given; `nil` where it was not.
    let workDirectory: FilePath?
    /// Seconds since 1970, UTC.
    let sourceDateEpoch: Int64?
    let log: Log
    /// How errors are written, and warnings about files.
    let diagnosticFormat: DiagnosticFormat

    init(_ options: GlobalOptions) throws(Failure) {
        let level = try options.logLevel()
        try options.checkStorageType()
        _ = try options.progressMode()
        diagnosticFormat = try options.diagnosticFormat()
        sourceDateEpoch = try SourceDateEpoch.parse(Self.environment("SOURCE_DATE_EPOCH"))
        let configuration = try Configuration.read(
            named: options.config.map { FilePath($0) },
            default: Configuration.defaultPath(
                configHome: Self.environment("XDG_CONFIG_HOME"), home: Self.environment("HOME")))
        let choice = DirectoryChoice(options, configuration.file)
        directories = try choice.directories(current: Self.currentDirectory)
        workDirectory = choice.work
        if let path = options.logFile {
            let file = try LogFile.open(FilePath(path))
            log = Log(adopting: file.release(), level: level, timestamps: options.logTimestamp)
        } else {
            log = Log(level: level, timestamps: options.logTimestamp)
        }
        log.debug(Stacker.versionLine)
        for warning in configuration.warnings { log.warning(warning) }
    }

    /// A path of the command line, absolute.
    func absolute(_ path: String) throws(Failure) -> FilePath {
        let path = FilePath(path)
        return path.isAbsolute ? path : try Self.currentDirectory().pushing(path)
    }

    /// What is asked of a command that works with stacker files, before its own flags.
    func request(for sources: [RecipeSource], _ display: BuildDisplay) -> BuildRequest {
        var request = BuildRequest(
            sources: sources, directories: directories, sourceDateEpoch: sourceDateEpoch, log: display.log,
            reporter: display.reporter)
        request.diagnosticFormat = diagnosticFormat
        return request
    }

    /// What `--stacker-file` names: a file, a URL, or with `-` standard input; relative paths of the last two start here.
    func recipeSource(_ text: String) throws(Failure) -> RecipeSource {
        if text == "-" { return .standardInput(in: try Self.currentDirectory()) }
        if RecipeSource.isRemote(text) { return try .remote(text, in: try Self.currentDirectory()) }
        let path = try absolute(text)
        // A `..` after a link means what the kernel takes it for; a `.` means nothing.
        let isPlain = !path.components.contains { $0.kind == .parentDirectory }
        return .file(isPlain ? path.lexicallyNormalized() : path)
    }

    /// The stacker files below a directory of the command line.
    func recipeSources(below directory: String, matching pattern: String) throws(Failure) -> [RecipeSource] {
        let current = try Self.currentDirectory()
        let given = FilePath(directory).lexicallyNormalized()
        let isHere = given.isEmpty || given == "."
        return try RecipeSearch(
            below: isHere ? current : try absolute(directory), shown: isHere ? current : given, pattern: pattern,
            directories: directories
        ).sources()
    }

    /// Reports that lines of the log were lost.
    func finish() throws(Failure) {
        guard log.writeError != 0 else { return }
        throw Failure("cannot write to the log file", causes: ["\(Errno(rawValue: log.writeError))"])
    }

    private static func environment(_ name: String) -> ByteString? {
        guard let value = getenv(name) else { return nil }
        return ByteString(UnsafeBufferPointer(start: value, count: strlen(value)).map { UInt8(bitPattern: $0) })
    }

    private static func currentDirectory() throws(Failure) -> FilePath {
        guard let path = getcwd(nil, 0) else {
            throw Failure(
                "cannot find the working directory", causes: ["\(Errno(rawValue: errno))"],
                hint: "change to a directory that exists")
        }
        defer { free(path) }
        return FilePath(platformString: path)
    }
}
