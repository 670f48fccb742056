import Diagnostics
import Stackerfile

/// Finding what an image adds to.
enum ParentImage {
    /// The image below `image`: of this build or of an OCI layout, or nothing where its own layer is the first.
    static func load(
        for image: ImageRecipe, in context: BuildContext, built: [String: BuiltImage]
    ) async throws -> BuiltImage {
        switch image.base {
        case .built(let tag):
            guard let parent = built[tag] else { throw Failure("its base \"\(tag)\" is not built") }
            return parent
        case .oci(let reference):
            return try await attempt("load the base \(ByteString(reference))") {
                try await LayoutBase(reference, for: image.platform, context: context).load()
            }
        case .scratch, .tar, .docker: return .empty
        }
    }
}
