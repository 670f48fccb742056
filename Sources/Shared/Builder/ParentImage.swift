import Diagnostics
import Stackerfile

/// Finding what an image adds to.
enum ParentImage {
    /// The image below `image`: of this build or of an OCI layout, or nothing where its own layer is the first.
    ///
    /// What its layers hold may have to be unpacked before anything is built on it.
    static func load(
        for image: ImageRecipe, in context: BuildContext, built: [String: BuiltImage]
    ) throws -> BuiltImage {
        switch image.base {
        case .built(let tag):
            guard let parent = built[tag] else { throw Failure("its base \"\(tag)\" is not built") }
            return parent
        case .oci(let reference):
            return try attempt("load the base \(ByteString(reference))") {
                try LayoutBase(reference, for: image.platform, context: context).image
            }
        case .scratch, .tar, .docker: return .empty
        }
    }
}
