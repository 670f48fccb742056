import Diagnostics
import OCI
import Stackerfile
import Storage

/// The layers of images that were built before.
struct ImageStack: Sendable {
    /// Those of the file that says how images without a tag were made; may be empty.
    let images: [ImageRecipe]
    let context: BuildContext

    /// The directories of an image, lowest first: those of its tag in the layout, or those it left behind and those
    /// below them.
    func layers(of name: String) async throws -> [FinishedLayer] { try await layers(of: name, depth: 0) }

    private func layers(of name: String, depth: Int) async throws -> [FinishedLayer] {
        let image = images.first { $0.name == name }
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
        case .built(let tag): return try await layers(of: tag, depth: depth + 1) + left
        case .oci(let reference):
            return try await LayoutBase(reference, for: platform, context: context).load().layers + left
        case .scratch, .tar, .docker, nil: return left
        }
    }
}
