import Diagnostics
import Glibc
import LinuxSystem
import Stackerfile
import SystemPackage

/// The configuration file that counts, as read.
struct Configuration: Sendable {
    var file = ConfigurationFile()
    /// What the user should hear about the file although it does not stop anything.
    var warnings: [String] = []

    /// Where the file is when no flag names it.
    ///
    /// Relative paths in the variables count as not set, as the XDG Base Directory Specification says.
    static func defaultPath(configHome: ByteString?, home: ByteString?) -> FilePath? {
        if let directory = absolute(configHome) { return directory.appending("conf.yaml") }
        return absolute(home)?.appending(".config/stacker/conf.yaml")
    }

    private static func absolute(_ path: ByteString?) -> FilePath? {
        guard let path = path.flatMap({ FilePath($0) }), path.isAbsolute else { return nil }
        return path
    }

    /// Reads the file that `--config` names, else the one in its default place.
    ///
    /// A file that cannot be read is no reason to stop; one that says something wrong is.
    static func read(named: FilePath?, default path: FilePath?) throws(Failure) -> Configuration {
        guard let file = named ?? path else { return Configuration() }
        var configuration = Configuration()
        let bytes: [UInt8]
        do throws(SystemError) {
            bytes = try contents(of: file, &configuration.warnings)
        } catch {
            if named != nil || error.errno != .noSuchFileOrDirectory {
                configuration.warnings.append("going on without the configuration file: \(error)")
            }
            return configuration
        }
        do throws(StackerfileErrors) {
            configuration.file = try ConfigurationFile.parse(bytes, file: ByteString(file).description)
        } catch {
            throw error.explanation
        }
        return configuration
    }

    private static func contents(of path: FilePath, _ warnings: inout [String]) throws(SystemError) -> [UInt8] {
        let descriptor = try OwnedDescriptor.open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY)
        var status = stat()
        try check("fstat", ByteString(path)) { fstat(descriptor.raw, &status) }
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw SystemError("open", ByteString(path), errno: .invalidArgument)
        }
        if status.st_mode & S_IWOTH != 0 || ![0, geteuid()].contains(status.st_uid) {
            warnings.append("others than you can change the configuration file \(ByteString(path))")
        }
        return try descriptor.readToEnd(limit: Limits().stackerfileBytes)
    }
}

extension DirectoryChoice {
    /// Of flag and file, the flag.
    init(_ options: GlobalOptions, _ file: ConfigurationFile) {
        self.init(
            work: (options.workDir ?? file.workDirectory).map { FilePath($0) },
            stacker: (options.stackerDir ?? file.stackerDirectory).map { FilePath($0) },
            oci: (options.ociDir ?? file.ociDirectory).map { FilePath($0) },
            roots: (options.rootsDir ?? file.rootsDirectory).map { FilePath($0) })
    }
}
