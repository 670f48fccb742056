import Diagnostics

/// One stage of a Dockerfile, as far as it is read.
struct Stage {
    /// Small letters; `nil` where it has none.
    var name: String?
    /// Where its FROM is in the file.
    var offset = 0
    /// The image that all of it becomes.
    var imageName: ByteString
    /// Whether there is nothing below it.
    var isFromScratch = false
    /// Whether variables of its base are not known here.
    var hasForeignBase = false
    var scope = VariableScope()
    var workingDirectory: ByteString = "/"
    var user: ByteString?
    var shell = Self.usualShell
    var configuration = ImageDraft.Configuration()
    /// Whether CMD is given in this stage.
    var hasCommand = false
    /// Directories that are known to be there, or to be made.
    var directories: Set<ByteString> = ["/"]
    /// Those that WORKDIR wants and nothing has made yet.
    var wantedDirectories: [ByteString] = []

    /// The image that is being put together: what comes next goes into it, or into one above it.
    var draft: ImageDraft
    /// How many images are finished below it.
    var finished = 0
    var helpers = 0
    /// Where the script of the draft is when its last item has ended, and the variables it has.
    var scriptDirectory: ByteString = "/"
    var scriptEnvironment: [ImageDraft.Variable] = []

    static let usualShell: [ByteString] = ["/bin/sh", "-c"]

    init(name: String?, imageName: ByteString, base: ImageDraft.Base) {
        self.name = name
        self.imageName = imageName
        draft = ImageDraft(name: imageName, base: base)
    }

    /// Whether commands of RUN have all rights.
    var runsAsRoot: Bool { user == nil || user == "root" || user == "0" || user == "root:root" || user == "0:0" }

    /// Takes over what an image of another stage has said, which a file says of its base only in words of that base.
    mutating func inherit(_ base: Stage) {
        scope.environment = base.scope.environment
        (isFromScratch, hasForeignBase) = (base.isFromScratch, base.hasForeignBase)
        (workingDirectory, user, shell) = (base.workingDirectory, base.user, base.shell)
        (configuration, directories) = (base.configuration, base.directories)
    }
}
