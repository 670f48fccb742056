import Diagnostics

extension Recipe {
    /// The images so that each comes after the one it is built from.
    ///
    /// The order is that of passing over the file again and again, each time taking what has become possible: images
    /// of one pass stay in file order.
    ///
    /// - Throws: One error for each image whose base is not in the file, or is in the end built from the image itself.
    public func buildOrder() throws(StackerfileErrors) -> [ImageRecipe] {
        var positions: [String: Int] = [:]
        for (position, image) in images.enumerated() { positions[image.name] = position }
        let bases = images.map { image in image.base.imageName.map { positions[$0] } }
        let passes = Self.passes(bases)
        var findings = Findings(file: file, source: source, limits: Limits())
        for (position, image) in images.enumerated() {
            guard passes[position] == nil, let base = image.base.imageName else { continue }
            findings.report(
                "couldn't find dependencies for \(image.name): base layer \(base)", at: image.baseMark,
                note: cycle(through: position, bases),
                suggestion: positions[base] == nil
                    ? Spelling.suggestion(for: ByteString(base), among: images.lazy.map(\.name)) : nil)
        }
        try findings.check(summary: "couldn't resolve some dependencies")
        return zip(passes, images.indices).compactMap { pass, position in pass.map { (pass: $0, position: position) } }
            .sorted { ($0.pass, $0.position) < ($1.pass, $1.position) }
            .map { images[$0.position] }
    }

    /// In which pass each image becomes possible; `nil` for those that never do.
    ///
    /// In linear time, because a file may hold a hundred thousand images.
    ///
    /// `bases` has for each image the position of its base: `nil` without one, `.some(nil)` for a missing one.
    private static func passes(_ bases: [Int??]) -> [Int?] {
        enum State { case unknown, active, pass(Int), never }
        var states = [State](repeating: .unknown, count: bases.count)
        for start in bases.indices {
            var chain: [Int] = []
            var position = start
            var outcome = State.never
            walk: while true {
                switch states[position] {
                case .unknown: break
                case .active, .never: break walk
                case .pass:
                    outcome = states[position]
                    break walk
                }
                states[position] = .active
                chain.append(position)
                guard let base = bases[position] else {
                    // Nothing to wait for: as if built by the pass before, at the place of the image itself.
                    outcome = .pass(0)
                    break
                }
                guard let base else { break }
                position = base
            }
            for link in chain.reversed() {
                if case .pass(let pass) = outcome, link != position {
                    outcome = .pass(position < link ? pass : pass + 1)
                }
                states[link] = outcome
                position = link
            }
        }
        return states.map { if case .pass(let pass) = $0 { pass } else { nil } }
    }

    /// Names the cycle that an image is part of.
    private func cycle(through start: Int, _ bases: [Int??]) -> (message: String, mark: Mark)? {
        var names = [images[start].name]
        var position = start
        while names.count <= Self.longestCycle, let base = bases[position] ?? nil {
            names.append(images[base].name)
            guard base != start else {
                return ("a cycle: " + names.joined(separator: " -> "), images[position].baseMark)
            }
            position = base
        }
        return nil
    }

    /// Images of a cycle that a message can name.
    private static let longestCycle = 20
}

extension Base {
    /// The image of the same file that this base is.
    fileprivate var imageName: String? {
        if case .built(let name) = self { name } else { nil }
    }
}
