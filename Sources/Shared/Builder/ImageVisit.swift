import Diagnostics
import HelperProtocol
import LinuxSystem
import OCI
import Stackerfile
import Storage
import SystemPackage

/// One command on an image that was built before, in a root that is thrown away.
struct ImageVisit {
    let name: String
    /// `nil` where no file says how the image was made.
    let image: ImageRecipe?
    let images: [ImageRecipe]
    let context: BuildContext

    func run(_ command: [ByteString]) async throws -> Reply {
        let binds = try self.binds()
        let layers = try await context.rehearsal.beside(isLong: false) {
            try await ImageStack(images: images, context: context).layers(of: name)
        }
        let root = try context.storage.makeTemporaryRoot()
        let environment =
            try image.map { (image) throws(Failure) in
                try RunEnvironment.interactive(for: image, host: context.environment)
            } ?? RunEnvironment.interactive(named: name, host: context.environment)
        let step = root.step(above: layers, binds: binds, arguments: command, environment: environment)
        context.request.log.info("This chroot is temporary, any changes will be destroyed when it exits.")
        do {
            let reply = try await UserBinds.explaining(binds) { try await context.storage.attach(step, on: root) }
            try await context.storage.emptyTrash()
            return reply
        } catch {
            // The reason why we are here says more than one that would come of this.
            try? await context.storage.emptyTrash()
            throw error
        }
    }

    private func binds() throws -> [Step.Bind] {
        guard let image else { return [] }
        return try imports(of: image)
            + UserBinds.resolve(image, against: context.file.directory)
    }

    /// The imports as the build of the image has left them; none where it needed none, or they are removed.
    private func imports(of image: ImageRecipe) throws -> [Step.Bind] {
        let path = context.request.directories.stacker.appending("imports").appending(image.name)
        guard try PrivateDirectory.exists(path) else { return [] }
        func bind(_ name: FilePath, at place: ByteString) -> Step.Bind {
            Step.Bind(source: ByteString(path.pushing(name)), destination: place, isWritable: false)
        }
        let everywhere = [bind("", at: "/stacker/imports")]
        guard image.usesLegacyImport else { return everywhere }
        let names = try OwnedDescriptor.open(directory: path).names().filter { $0 != ByteString(RunScript.name) }
        return everywhere + [bind("", at: "/.stacker/imports")]
            + names.sorted().compactMap { name in
                FilePath(name).map { bind($0, at: ByteString(Array("/stacker/".utf8) + name.bytes)) }
            }
    }
}
