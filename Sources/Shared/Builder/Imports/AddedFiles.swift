import Diagnostics
import HelperProtocol
import LinuxSystem
import Stackerfile
import SystemPackage

/// What an image takes from the host: files that its build step sees, and layers of their own.
struct AddedFiles: Sendable {
    /// What the build step sees beside its root.
    var binds: [Step.Bind] = []
    /// Between the base and what the build step changes, lowest first.
    var layers: [UnpackedLayer] = []

    /// Copies the imports of an image.
    static func gather(for image: ImageRecipe, in context: BuildContext) async throws -> AddedFiles {
        let store = try ImportStore(image: image.name, in: context.request.directories.stacker)
        let folder = context.request.stackerFile.removingLastComponent()
        var names: [ByteString] = []
        for item in image.imports {
            guard case .file(let name) = item.source, let path = FilePath(name) else {
                throw Failure("\(item.path) is no path: it holds a NUL", class: .rejected)
            }
            context.request.log.info("copying \(item.path)")
            names += try attempt("cannot import \(item.path)") {
                try store.add(item, from: folder.pushing(path), log: context.request.log)
            }
        }
        if !image.run.isEmpty { try store.addScript(image.run) }
        return AddedFiles(binds: binds(of: store.path, names, isLegacy: image.usesLegacyImport))
    }

    /// The older key `import` promises each file in /stacker as well, and all of them in /.stacker/imports.
    private static func binds(of imports: FilePath, _ names: [ByteString], isLegacy: Bool) -> [Step.Bind] {
        let source = ByteString(imports)
        func bind(_ name: ByteString, at destination: ByteString) -> Step.Bind {
            let path = name.isEmpty ? source : ByteString(source.bytes + [UInt8(ascii: "/")] + name.bytes)
            return Step.Bind(source: path, destination: destination, isWritable: false)
        }
        let everywhere = [bind("", at: "/stacker/imports")]
        guard isLegacy else { return everywhere }
        return everywhere + [bind("", at: "/.stacker/imports")]
            + names.map { bind($0, at: ByteString(Array("/stacker/".utf8) + $0.bytes)) }
    }
}
