import Diagnostics
import Glibc
import HelperProtocol
import LinuxSystem
import Stackerfile
import SystemPackage

/// What `binds` of an image asks for, as the build step gets it.
enum UserBinds {
    /// The binds in the order of the file, both sides resolved against `folder`, the directory of that file.
    ///
    /// - Throws: For the first source that is not there. The step may still find it gone.
    static func resolve(_ image: ImageRecipe, against folder: FilePath) throws(Failure) -> [Step.Bind] {
        guard !image.binds.isEmpty else { return [] }
        let base = folder.isAbsolute ? folder : try currentDirectory().pushing(folder)
        var binds: [Step.Bind] = []
        for bind in image.binds {
            let source = try absolute(bind.source, base)
            // Where the source is named alone, what `..` in it leads to is the place in the image as well.
            let place = try bind.destination.map { (place) throws(Failure) in try absolute(place, base) }
            let destination = place ?? source.lexicallyNormalized()
            let resolved = Step.Bind(
                source: ByteString(source), destination: ByteString(destination), isWritable: true)
            try check(resolved, source)
            binds.append(resolved)
        }
        return binds
    }

    private static func check(_ bind: Step.Bind, _ source: FilePath) throws(Failure) {
        do throws(SystemError) {
            _ = try OwnedDescriptor.openPlace(source)
        } catch {
            let isMissing = [.noSuchFileOrDirectory, .notDirectory].contains(error.errno)
            throw failure(
                of: bind, isMissing ? "\(bind.source) does not exist, refusing bind mount" : "\(error)")
        }
    }

    /// Runs `body`; where stacker-nsexec cannot mount one of `binds` in it, says so in the words of the file.
    static func explaining<Value: Sendable>(
        _ binds: [Step.Bind], _ body: () async throws -> Value
    ) async throws -> Value {
        do {
            return try await body()
        } catch let error as HelperFailure where error.stage == .bind {
            let places = [error.path].compactMap(\.self)
            guard let bind = binds.first(where: { places.contains($0.source) || places.contains($0.destination) })
            else { throw error }
            throw failure(of: bind, "\(SystemError(error.call, error.path, errno: Errno(rawValue: error.errno)))")
        }
    }

    private static func failure(of bind: Step.Bind, _ cause: String) -> Failure {
        Failure(
            "failed to bind mount \"\(bind.source)\" at \"\(bind.destination)\"", causes: [cause],
            hint: "relative paths of binds start from the directory of the stacker file that names them", class: .usage)
    }

    private static func absolute(_ path: FileReference, _ base: FilePath) throws(Failure) -> FilePath {
        guard let path = FilePath(path.path) else {
            throw Failure("\(path.path) is no path: it holds a NUL", class: .rejected)
        }
        return base.pushing(path)
    }

    private static func currentDirectory() throws(Failure) -> FilePath {
        guard let path = unsafe getcwd(nil, 0) else {
            throw SystemError("getcwd", errno: Errno(rawValue: errno)).explanation
        }
        defer { unsafe free(path) }
        return unsafe FilePath(platformString: path)
    }
}
