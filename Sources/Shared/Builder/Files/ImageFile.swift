import Diagnostics
import SystemPackage

/// The stacker.yaml of an image, as its build needs it.
struct ImageFile: Sendable {
    /// As messages name it.
    let name: ByteString
    /// Where relative paths of its images start; absolute.
    let directory: FilePath
    /// The text that images carry as an annotation.
    let text: String
    let gitVersion: GitVersion
}
