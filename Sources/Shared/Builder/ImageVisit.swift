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
        let binds = try await self.binds()
        let layers = try await layers(of: name, image, depth: 0)
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

    private func binds() async throws -> [Step.Bind] {
        guard let image else { return [] }
        let own = try UserBinds.resolve(image, against: context.request.stackerFile.removingLastComponent())
        return try await AddedFiles.gather(for: image, in: context).binds + own
    }

    /// The directories of an image: those of its tag in the layout, or those it left behind and those below them.
    private func layers(of name: String, _ image: ImageRecipe?, depth: Int) async throws -> [FinishedLayer] {
        let platform = image?.platform ?? .host
        if try context.layout.resolve(tag: name) != nil {
            return try await LayoutBase(context.request.directories.oci, tag: name, for: platform, context: context)
                .load().layers
        }
        let left = try context.storage.leftovers(of: name)
        guard depth <= images.count, !left.isEmpty else {
            throw Failure("\"\(name)\" is not built yet", hint: "run `stacker build` first", class: .usage)
        }
        switch image?.base {
        case .built(let tag):
            return try await layers(of: tag, images.first { $0.name == tag }, depth: depth + 1) + left
        case .oci(let reference):
            return try await LayoutBase(reference, for: platform, context: context).load().layers + left
        case .scratch, .tar, .docker, nil: return left
        }
    }
}
