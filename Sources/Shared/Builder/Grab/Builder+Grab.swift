public import Diagnostics
import HelperProtocol
import LinuxSystem
import OCI
import Stackerfile
import Storage
import SystemPackage

extension Builder {
    /// Copies files of images that are built to the host, where they belong to the user.
    ///
    /// - Parameters:
    ///   - request: Where things are; its stacker file says what an image without a tag stands on.
    ///   - arguments: What to copy, and where to.
    /// - Throws: What could not be found, copied or put into place.
    public static func grab(_ request: BuildRequest, _ arguments: GrabArguments) async throws(Failure) {
        let roots = request.directories.roots
        guard try attempt("cannot look for \(ByteString(roots))", { try PrivateDirectory.exists(roots) }) else {
            throw Failure(
                "nothing is built yet in \(ByteString(roots))", hint: "run `stacker build` first", class: .usage)
        }
        let place = try GrabDestination(arguments.destination ?? ".")
        for item in arguments.items { try place.check(item.name) }
        let context = try BuildContext(
            request: request, entrance: try Namespace.entrance(roots: roots))
        // What is copied out of images first lies where nobody else comes: no image has a + in its name.
        let staging = try attempt("cannot make a directory for copies") {
            try TakenOut("+grab", in: request.directories)
        }
        do {
            for item in arguments.items { try await copy(item, out: context, to: staging, request) }
            try attempt("cannot put what was grabbed into \(ByteString(place.path))") {
                for item in arguments.items { try staging.move(item.name, to: place) }
            }
        } catch {
            try? staging.remove()  // The first error tells more.
            throw error
        }
        try attempt("cannot clean up after copying") { try staging.remove() }
    }

    private static func copy(
        _ item: GrabArguments.Item, out context: BuildContext, to staging: borrowing TakenOut,
        _ request: BuildRequest
    ) async throws(Failure) {
        let path = staging.path
        try await attempt("cannot grab \(item.tag):\(item.path)") {
            try await Namespace.explaining(roots: request.directories.roots) {
                let images = try Self.images(for: item.tag, request, context)
                let stack = try await ImageStack(images: images, context: context).layers(of: item.tag)
                let job = CopyJob(
                    path: item.path, takesContents: false, followsLink: true, destination: "/", manner: .strict,
                    user: 0, group: 0, keepsAttributes: false)
                _ = try await context.storage.copy(from: .layers(stack, job), into: path)
            }
        }
    }

    /// The file is only read for an image that has no tag.
    private static func images(
        for tag: String, _ request: BuildRequest, _ context: BuildContext
    ) throws(Failure) -> [ImageRecipe] {
        guard try context.layout.resolve(tag: tag) == nil else { return [] }
        do {
            return try BuildFiles(request).images
        } catch {
            throw Failure(
                "there is no image \"\(tag)\" in \(ByteString(request.directories.oci))",
                causes: ["what else is built says the stacker file: \(error.summary)"] + error.causes,
                hint: "build it, or name the file it is built from with --stacker-file", class: .usage)
        }
    }
}
