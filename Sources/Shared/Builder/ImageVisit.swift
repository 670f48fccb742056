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
        let layers = try await ImageStack(images: images, context: context).layers(of: name)
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
        let stack = ImageStack(images: images, context: context)
        let files = AddedFiles(image: image, context: context) { try await stack.layers(of: $0) }
        return try await files.importForStep() + own
    }
}
