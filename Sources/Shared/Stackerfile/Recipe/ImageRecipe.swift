public import Diagnostics

/// One image of a stacker.yaml: a top-level key and the map under it.
public struct ImageRecipe: Hashable, Sendable {
    /// Matches `[A-Za-z0-9][A-Za-z0-9_.-]{0,127}`.
    public var name: String
    public var nameMark: Mark
    public var base: Base
    /// Where `from` says it; for `built`, where the tag is.
    public var baseMark: Mark
    /// Script pieces for one shell, in order; the first may start with `#!`.
    ///
    /// Where it is empty, nothing is run.
    public var run: [String] = []
    /// Where the script is, when there is one.
    public var runMark: Mark?
    /// Where its lines are, for messages.
    public var runOrigin: ScriptOrigin?
    public var imports: [Import] = []
    /// In the order of the file, which decides what hides what.
    public var overlayDirectories: [OverlayDirectory] = []
    /// Whether the deprecated `import` was used, which shows the files in other places.
    public var usesLegacyImport = false
    /// Files and directories of the host that `run` may write to; with any of them nothing can be reused.
    public var binds: [BindRecipe] = []
    /// Variables of `run` alone, as written; names have no `=`.
    public var buildEnvironment: [StringPair] = []
    /// Regular expressions for names of the caller's variables that `run` sees; where there is one, none passes but
    /// those that match.
    public var buildEnvironmentPassthrough: [String] = []
    /// As written; names have no `=`.
    public var environment: [StringPair] = []
    public var labels: [StringPair] = []
    public var annotations: [StringPair] = []
    /// `nil` where unset, unlike an empty list.
    public var command: [String]?
    public var entrypoint: [String]?
    public var fullCommand: [String]?
    public var volumes: [String] = []
    public var workingDir: String?
    public var runtimeUser: String?
    /// Such as `80/tcp`.
    public var exposedPorts: [String] = []
    /// Such as `SIGTERM` or `15`.
    public var stopSignal: String?
    public var healthCheck: HealthCheckRecipe?
    /// A script whose files become labels; empty where there is none.
    public var generateLabels: [String] = []
    /// Where its lines are, for messages.
    public var generateLabelsOrigin: ScriptOrigin?
    /// Whether the image is only built for others to start from, and is no output.
    public var isBuildOnly = false
    /// In the words of Go's `GOOS` and `GOARCH`; `nil` where unset, which means those of this machine.
    public var os: String?
    public var architecture: String?

    init(name: String, nameMark: Mark, base: Base, baseMark: Mark) {
        self.name = name
        self.nameMark = nameMark
        self.base = base
        self.baseMark = baseMark
    }
}
