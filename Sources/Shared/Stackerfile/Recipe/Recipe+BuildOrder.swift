import Diagnostics

extension Recipe {
    /// The images so that each comes after those it needs.
    ///
    /// The order is that of passing over the file again and again, each time taking what has become possible: images
    /// of one pass stay in file order.
    ///
    /// - Throws: One error for each image that needs one which is not in the file, or which in the end needs it itself.
    public func buildOrder() throws(StackerfileErrors) -> [ImageRecipe] { try buildOrder(beside: nil) }

    /// The same for one of several files: what it requires is built before it.
    func buildOrder(beside others: RecipeGraph.Surroundings?) throws(StackerfileErrors) -> [ImageRecipe] {
        var positions: [String: Int] = [:]
        for (position, image) in images.enumerated() { positions[image.name] = position }
        let dependencies = images.map { image in
            image.dependencies.filter { positions[$0.image] != nil || others?.builds($0.image) != true }
        }
        let needs = dependencies.map { $0.map { positions[$0.image] } }
        let passes = Self.passes(needs)
        var findings = Findings(file: file, source: source, limits: Limits())
        findings.origins = origins
        for (position, image) in images.enumerated() where passes[position] == nil {
            let missing = dependencies[position].filter { positions[$0.image].flatMap { passes[$0] } == nil }
            guard let first = missing.first else { continue }
            findings.report(
                "couldn't find dependencies for \(image.name): \(missing.map(\.text).joined(separator: ", "))",
                at: first.mark, expected: positions[first.image] == nil ? others?.wish(for: first.image) : nil,
                note: findings.isFull ? nil : cycle(through: position, dependencies, positions),
                suggestion: findings.isFull || positions[first.image] != nil
                    ? nil : suggestion(for: first.image, beside: others))
        }
        try findings.check(summary: "couldn't resolve some dependencies")
        return zip(passes, images.indices).compactMap { pass, position in pass.map { (pass: $0, position: position) } }
            .sorted { ($0.pass, $0.position) < ($1.pass, $1.position) }
            .map { images[$0.position] }
    }

    private func suggestion(for name: String, beside others: RecipeGraph.Surroundings?) -> String? {
        if others?.home(of: name) != nil { return nil }
        return Spelling.suggestion(for: ByteString(name), among: images.map(\.name) + (others?.names ?? []))
    }

    /// Reports the images that need one which is not in the file, beside the errors that the file has already.
    ///
    /// `names` are those of all layers, because those with errors are none of the recipe.
    func reportUnknownImages(besides names: Set<ByteString>, _ findings: inout Findings) {
        let words = names.filter { ImageName.complaint(about: $0) == nil }.compactMap(\.utf8Text).sorted()
        var isFound = false
        for image in images {
            let missing = image.dependencies.filter { !names.contains(ByteString($0.image)) }
            guard let first = missing.first else { continue }
            isFound = true
            findings.report(
                "couldn't find dependencies for \(image.name): \(missing.map(\.text).joined(separator: ", "))",
                at: first.mark, suggestion: Spelling.suggestion(for: ByteString(first.image), among: words))
        }
        guard isFound else { return }
        findings.summary = [findings.summary, "couldn't resolve some dependencies"].compactMap { $0 }
            .joined(separator: "\n")
    }

    /// In which pass each image becomes possible; `nil` for those that never do.
    ///
    /// In linear time and without recursion, because a file may hold a hundred thousand images.
    ///
    /// `needs` has for each image the positions of those it needs: `nil` for a missing one.
    private static func passes(_ needs: [[Int?]]) -> [Int?] {
        enum State { case unknown, active, pass(Int), never }
        var states = [State](repeating: .unknown, count: needs.count)
        for start in needs.indices {
            guard case .unknown = states[start] else { continue }
            // Each with how many of its needs are looked at, and the pass so far; `nil` where it is impossible.
            var chain = [(position: start, seen: 0, pass: Int?.some(0))]
            states[start] = .active
            while let (position, seen, pass) = chain.last {
                guard let pass, seen < needs[position].count else {
                    states[position] = pass.map { .pass($0) } ?? .never
                    chain.removeLast()
                    continue
                }
                let top = chain.count - 1
                chain[top].seen += 1
                guard let need = needs[position][seen] else {
                    chain[top].pass = nil
                    continue
                }
                switch states[need] {
                case .unknown:
                    // Looked at again when it is known.
                    chain[top].seen = seen
                    states[need] = .active
                    chain.append((need, 0, 0))
                case .active, .never: chain[top].pass = nil
                // What comes earlier in the file is there in the same pass.
                case .pass(let other): chain[top].pass = max(pass, need < position ? other : other + 1)
                }
            }
        }
        return states.map { if case .pass(let pass) = $0 { pass } else { nil } }
    }

    /// Names a cycle that an image is part of, the first that is found.
    private func cycle(
        through start: Int, _ dependencies: [[ImageRecipe.Dependency]], _ positions: [String: Int]
    ) -> (message: String, mark: Mark)? {
        var seen: Set<Int> = []
        var path = [(position: start, next: 0)]
        while let (position, next) = path.last {
            guard next < dependencies[position].count, path.count <= Self.longestCycle, seen.count < Self.mostSearched
            else {
                path.removeLast()
                continue
            }
            path[path.count - 1].next += 1
            let dependency = dependencies[position][next]
            guard let need = positions[dependency.image] else { continue }
            if need == start {
                let names = (path.map(\.position) + [start]).map { images[$0].name }
                return ("a cycle: " + names.joined(separator: " -> "), dependency.mark)
            }
            if seen.insert(need).inserted { path.append((need, 0)) }
        }
        return nil
    }

    /// Images that are looked at for a cycle.
    private static let mostSearched = 10_000
    /// Images of a cycle that a message can name.
    private static let longestCycle = 20
}
