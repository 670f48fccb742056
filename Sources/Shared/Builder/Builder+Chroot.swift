import Checks
public import Diagnostics
import HelperProtocol
import LinuxSystem
import OCI
import Stackerfile
import Storage
import SystemPackage

extension Builder {
    /// Runs a command for the user on an image that is built; whatever it changes is thrown away.
    ///
    /// - Parameters:
    ///   - request: Where things are; its stacker file says how the image was made.
    ///   - tag: The image; `nil` is the first one of the file.
    ///   - command: With its arguments; none is a shell.
    /// - Returns: The exit status of the command, or 128 + n where signal n ended it.
    /// - Throws: Why it could not be run, or that a signal has asked this program to end.
    public static func chroot(
        _ request: BuildRequest, tag: String?, command: [String]
    ) async throws(Failure) -> Int32 {
        let files = try chrootFiles(request, tag: tag)
        let images = files?.images ?? []
        let image = files == nil ? nil : try chrootImage(images, tag: tag)
        guard let name = image?.name ?? tag else { throw Failure("there is no layer in the stacker file") }
        let roots = request.directories.roots
        let places = [roots, request.directories.oci]
        let isAnyThere = try attempt("cannot look for what is built") {
            try places.contains(where: PrivateDirectory.exists)
        }
        guard isAnyThere else {
            throw Failure(
                "nothing is built yet in \(ByteString(roots))", hint: "run `stacker build` first",
                class: .usage)
        }
        let context = try BuildContext(
            request: request, files: files, entrance: try Namespace.entrance(roots: roots)
        ).with(file: image.flatMap { files?.place(of: $0) })
        let reply = try await attempt("cannot run a command in \"\(name)\"") {
            try await Namespace.explaining(roots: roots) {
                let visit = ImageVisit(name: name, image: image, images: images, context: context)
                return try await visit.run(command.isEmpty ? ["/bin/sh"] : command.map { ByteString($0) })
            }
        }
        switch reply {
        case .exited(let status): return status
        case .signalled(let number): return 128 &+ number
        case .ready, .measured, .failed: throw Failure("stacker-nsexec gave an answer to another request")
        }
    }

    /// `nil` where there is no file and a tag says what is meant.
    private static func chrootFiles(_ request: BuildRequest, tag: String?) throws(Failure) -> BuildFiles? {
        guard let tag, case .file(let path)? = request.sources.first?.origin else { return try BuildFiles(request) }
        do throws(SystemError) {
            _ = try OwnedDescriptor.openPlace(path)
        } catch  where error.errno == .noSuchFileOrDirectory {
            request.log.warning(
                "couldn't find stacker file, chrooting to \(ByteString(tag)) as best effort")
            return nil
        } catch {
            // Reading it says what is wrong.
        }
        return try BuildFiles(request)
    }

    /// The images of the file that was named come first.
    private static func chrootImage(_ images: [ImageRecipe], tag: String?) throws(Failure) -> ImageRecipe {
        guard let image = tag.map({ tag in images.first { $0.name == tag } }) ?? images.first else {
            throw Failure(
                "no layer \(ByteString(tag ?? "")) in stackerfile",
                hint: "name one of \(images.map(\.name).joined(separator: ", "))", class: .usage)
        }
        return image
    }
}
