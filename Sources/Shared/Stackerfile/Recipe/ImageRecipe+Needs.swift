import Diagnostics

extension ImageRecipe {
    /// The images of the same file that must be built before this one: its base, and those it takes files of.
    public var needs: [String] { dependencies.map(\.image) }

    /// Whether files become layers below its own: of `overlay_dirs`, or of imports with a destination.
    public var addsLayers: Bool {
        !overlayDirectories.isEmpty || imports.contains { $0.destination != nil }
    }

    /// Whether it takes in files beside those of its base.
    public var takesFiles: Bool { !overlayDirectories.isEmpty || !imports.isEmpty }

    /// What must be built before the image, and what a message calls it; imports first.
    var dependencies: [Dependency] {
        let imported = imports.compactMap { item -> Dependency? in
            guard case .image(let path) = item.source else { return nil }
            return Dependency(image: path.image, text: item.path.description, mark: item.mark)
        }
        switch base {
        case .built(let name):
            return imported + [Dependency(image: name, text: "base layer \(name)", mark: baseMark)]
        case .tar(let url):
            guard let path = ImagePath(url) else { return imported }
            return imported + [Dependency(image: path.image, text: url.description, mark: baseMark)]
        case .scratch, .oci, .docker: return imported
        }
    }

    struct Dependency {
        var image: String
        var text: String
        var mark: Mark
    }
}
