public import Diagnostics

extension Recipe {
    /// The images with these names and all that they need, in the order of `order`; everything where no name is given.
    ///
    /// `order` is what ``buildOrder()`` returned.
    public func selecting(_ names: [String], of order: [ImageRecipe]) throws(Failure) -> [ImageRecipe] {
        guard !names.isEmpty else { return order }
        var wanted: Set<String> = []
        for name in names {
            guard order.contains(where: { $0.name == name }) else { throw unknown(name) }
            wanted.insert(name)
        }
        // Whatever an image needs stands before it.
        for image in order.reversed() where wanted.contains(image.name) { wanted.formUnion(image.needs) }
        return order.filter { wanted.contains($0.name) }
    }

    private func unknown(_ name: String) -> Failure {
        let text = ByteString(name)
        let suggestion = Spelling.suggestion(for: text, among: images.lazy.map(\.name))
        let few = images.prefix(Self.fewNames).map(\.name).joined(separator: ", ")
        return Failure(
            "there is no image \"\(text)\" in \(ByteString(file))",
            hint: suggestion.map { "did you mean \"\($0)\"?" }
                ?? "name one of \(images.count) images: \(few)\(images.count > Self.fewNames ? ", …" : "")",
            class: .usage)
    }

    /// Names that a hint can hold.
    private static let fewNames = 10
}
