public import Diagnostics

extension RecipeGraph {
    /// The images with these names and all that they need, in the order of `order`; everything where no name is given.
    ///
    /// `order` is what ``buildOrder()`` returned.
    public func selecting(_ names: [String], of order: [PlannedImage]) throws(Failure) -> [PlannedImage] {
        guard !names.isEmpty else { return order }
        let known = Set(order.lazy.map(\.image.name))
        var wanted: Set<String> = []
        for name in names {
            guard known.contains(name) else { throw unknown(name) }
            wanted.insert(name)
        }
        // Whatever an image needs stands before it.
        for planned in order.reversed() where wanted.contains(planned.image.name) {
            wanted.formUnion(planned.image.needs)
        }
        return order.filter { wanted.contains($0.image.name) }
    }

    private func unknown(_ name: String) -> Failure {
        let text = ByteString(name)
        let images = images
        let suggestion = Spelling.suggestion(for: text, among: images.lazy.map(\.name))
        let few = images.prefix(Self.fewNames).map(\.name).joined(separator: ", ")
        let first = files.first.map { "\(ByteString($0.name))" } ?? "no file"
        let rest = files.count > 1 ? " and \(files.count - 1) more \(files.count == 2 ? "file" : "files")" : ""
        return Failure(
            "there is no image \"\(text)\" in \(first)\(rest)",
            hint: suggestion.map { "did you mean \"\($0)\"?" }
                ?? "name one of \(images.count) images: \(few)\(images.count > Self.fewNames ? ", …" : "")",
            class: .usage)
    }

    /// Names that a hint can hold.
    private static let fewNames = 10
}
