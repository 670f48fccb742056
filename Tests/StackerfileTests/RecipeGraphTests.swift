import Diagnostics
import Testing

@testable import Stackerfile

@Suite struct `The files of a build` {
    /// Files with these names and texts; prerequisites are found by the last part of a name.
    private func graph(_ texts: KeyValuePairs<String, String>) throws -> RecipeGraph {
        let recipes = try texts.map {
            try StackerfileParser.parse(Array($0.value.utf8), file: $0.key, limits: Limits())
        }
        return try RecipeGraph(
            recipes.map { recipe in
                RecipeGraph.File(
                    recipe: recipe,
                    prerequisites: try recipe.config.prerequisites.map { wanted in
                        try #require(recipes.firstIndex { $0.file == "/\(wanted.path)" })
                    })
            })
    }

    private static func image(_ name: String, _ rest: String = "type: scratch") -> String {
        "\(name): {from: {\(rest)}}\n"
    }

    private static func requiring(_ names: String...) -> String {
        "config: {prerequisites: [\(names.joined(separator: ", "))]}\n"
    }

    @Test func `are put in order, each after those it requires`() throws {
        let graph = try graph([
            "/top": Self.requiring("two", "one") + Self.image("t"),
            "/one": Self.requiring("base") + Self.image("o"), "/two": Self.requiring("base") + Self.image("w"),
            "/base": Self.image("b"),
        ])
        // Backwards out of a walk from base, which meets one before two.
        #expect(graph.order.map { graph.files[$0].recipe.file } == ["/base", "/two", "/one", "/top"])
        #expect(try graph.buildOrder().map(\.image.name) == ["b", "w", "o", "t"])
        #expect(try graph.buildOrder().map(\.file) == [3, 2, 1, 0])
    }

    @Test func `that need nothing of each other have an order that does not depend on how they were named`() throws {
        let one = try graph(["/a": Self.image("a"), "/b": Self.image("b"), "/c": Self.image("c")])
        let other = try graph(["/c": Self.image("c"), "/a": Self.image("a"), "/b": Self.image("b")])
        let order = try one.buildOrder().map(\.image.name)
        #expect(order == ["c", "b", "a"])
        #expect(try other.buildOrder().map(\.image.name) == order)
    }

    @Test func `share one space of names`() throws {
        let graph = try graph([
            "/top": """
            config: {prerequisites: [mid]}
            app:
              from: {type: built, tag: base}
              imports: [stacker://tools/x]
            """,
            "/mid": Self.requiring("low") + Self.image("tools"), "/low": Self.image("base"),
        ])
        #expect(try graph.buildOrder().map(\.image.name) == ["base", "tools", "app"])
        #expect(try graph.selecting(["tools"], of: graph.buildOrder()).map(\.image.name) == ["tools"])
        #expect(
            try graph.selecting(["app"], of: graph.buildOrder()).map(\.image.name) == ["base", "tools", "app"])
        let error = #expect(throws: Failure.self) { try graph.selecting(["ap"], of: graph.buildOrder()) }
        #expect(
            error?.description == "there is no image \"ap\" in /top and 2 more files\n  hint: did you mean \"app\"?")
    }

    @Test func `cannot give one name twice`() {
        let error = #expect(throws: StackerfileErrors.self) {
            try graph(["/a": "\n" + Self.image("app"), "/b": Self.requiring("a") + Self.image("app")])
        }
        #expect(
            error?.description == """
                /b:2:1: error: duplicate layer name: both /a:2 and /b:2 have app
                app: {from: {type: scratch}}
                ^
                /a:2:1: note: first given here
                app: {from: {type: scratch}}
                ^
                """)
    }

    @Test func `see only what they require`() throws {
        let graph = try graph([
            "/a": Self.image("app", "type: built, tag: base"), "/b": Self.image("base"),
            "/c": Self.requiring("b") + Self.image("cpp", "type: built, tag: bsae"),
        ])
        let error = #expect(throws: StackerfileErrors.self) { try graph.buildOrder() }
        #expect(
            error?.description == """
                /c:2:32: error: couldn't find dependencies for cpp: base layer bsae
                cpp: {from: {type: built, tag: bsae}}
                                               ^
                  did you mean 'base'?
                /a:1:32: error: couldn't find dependencies for app: base layer base
                app: {from: {type: built, tag: base}}
                                               ^
                  expected /b, which has base, among the prerequisites of this file
                couldn't resolve some dependencies
                """)
    }

    @Test func `cannot need each other`() {
        let error = #expect(throws: StackerfileErrors.self) {
            try graph([
                "/a": Self.requiring("b") + Self.image("a"), "/b": "config:\n  prerequisites:\n  - c\n",
                "/c": Self.requiring("a") + Self.image("c"), "/self": Self.requiring("c", "self"),
            ])
        }
        #expect(
            error?.description == """
                /a:1:26: error: prerequisites form a cycle: /a:1:26 -> /b:3:5 -> /c:1:26 -> /a
                config: {prerequisites: [b]}
                                         ^
                  expected files that do not need each other
                /self:1:29: error: prerequisites form a cycle: /self:1:29 -> /self
                config: {prerequisites: [c, self]}
                                            ^
                  expected files that do not need each other
                """)
    }

    @Test func `may stand in a row of any length`() throws {
        let count = 200_000
        let chain = TopologicalSort(needs: (0..<count).map { $0 == 0 ? [] : [$0 - 1] }, isBefore: >)
        #expect(chain.order == Array(0..<count) && chain.cycles.isEmpty)
        let ring = TopologicalSort(needs: (0..<count).map { [($0 + 1) % count] }, isBefore: <)
        #expect(ring.cycles.map(\.count) == [count])
        #expect(ring.cycles.first?.prefix(3) == [0, 1, 2])
    }

    @Test func `form a long cycle that is shortened`() throws {
        var text: [(String, String)] = []
        for number in 0..<100 { text.append(("/f\(number)", Self.requiring("f\((number + 1) % 100)"))) }
        let recipes = try text.map { try StackerfileParser.parse(Array($0.1.utf8), file: $0.0) }
        let error = #expect(throws: StackerfileErrors.self) {
            try RecipeGraph(recipes.enumerated().map { .init(recipe: $1, prerequisites: [($0 + 1) % 100]) })
        }
        #expect(error?.diagnostics.count == 1)
        let message = error?.diagnostics.first?.message ?? ""
        #expect(message.hasSuffix(" -> … -> /f0") && message.utf8.count < 400, "\(message)")
    }
}

@Suite struct ReachabilityTests {
    @Test func `what is needed is reached, also from far away`() {
        // 0 <- 1 <- … <- 99, and 100 alone.
        let needs = (0..<100).map { $0 == 0 ? [] : [$0 - 1] } + [[]]
        let reach = Reachability(needs: needs, order: Array(0...100))
        #expect(reach.contains(0, from: 99) && reach.contains(64, from: 65) && reach.contains(63, from: 64))
        #expect(!reach.contains(99, from: 0) && !reach.contains(5, from: 5) && !reach.contains(100, from: 99))
    }
}
