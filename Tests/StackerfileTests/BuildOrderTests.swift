import Diagnostics
import Testing

@testable import Stackerfile

@Suite struct `The build order` {
    @Test func `is that of repeated passes over the file`() throws {
        let recipe = try parse(
            """
            d: {from: {type: built, tag: c}}
            b: {from: {type: built, tag: a}}
            a: {from: {type: scratch}}
            c: {from: {type: built, tag: b}}
            e: {from: {type: scratch}}
            f: {from: {type: built, tag: a}}
            """)
        // First pass a e f, second b c, third d: what a pass makes possible further down is taken in the same pass.
        #expect(try recipe.buildOrder().map(\.name) == ["a", "e", "f", "b", "c", "d"])
    }

    @Test(arguments: [false, true])
    func `of a long chain is found in linear time`(_ isReversed: Bool) throws {
        var lines = ["l0: {from: {type: scratch}}"]
        for link in 1..<2000 { lines.append("l\(link): {from: {type: built, tag: l\(link - 1)}}") }
        let recipe = try parse((isReversed ? lines.reversed() : lines).joined(separator: "\n"))
        #expect(try recipe.buildOrder().map(\.name) == (0..<2000).map { "l\($0)" })
    }

    @Test func `puts an image after all those it takes files of`() throws {
        let recipe = try parse(
            """
            app: {from: {type: built, tag: base}, imports: ["stacker://tools/bin/x", file, {path: "stacker://late/x", dest: /}]}
            tools: {from: {type: tar, url: "stacker://maker/root.tar"}}
            base: {from: {type: scratch}}
            maker: {from: {type: scratch}}
            late: {from: {type: scratch}, imports: "stacker://tools/"}
            """)
        #expect(try recipe.buildOrder().map(\.name) == ["base", "maker", "tools", "late", "app"])
        #expect(recipe.images.first?.needs == ["tools", "late", "base"])
    }

    @Test func `names all that an image waits for, imports first`() throws {
        let recipe = try parse(
            """
            test:
              from: {type: built, tag: notatag}
              imports: ["stacker://foo/bar", "stacker://good/x", "stacker://baz/foo"]
            good: {from: {type: scratch}}
            archive: {from: {type: tar, url: "stacker://test/x"}}
            a: {from: {type: scratch}, imports: "stacker://b/x"}
            b: {from: {type: built, tag: a}}
            """)
        let message = try #require(throws: StackerfileErrors.self) { try recipe.buildOrder() }.description
        for phrase in [
            "3:13: error: couldn't find dependencies for test: stacker://foo/bar, stacker://baz/foo, base layer notatag\n",
            "couldn't find dependencies for archive: stacker://test/x\n",
            "6:37: error: couldn't find dependencies for a: stacker://b/x\n", "7:30: note: a cycle: a -> b -> a\n",
            "couldn't find dependencies for b: base layer a\n", "couldn't resolve some dependencies",
        ] { #expect(message.contains(phrase), "\(message)") }
    }

    @Test func `of images that all need each other is refused without delay`() {
        let images = 0..<3000
        let text = images.map {
            "l\($0): {from: {type: built, tag: l\(($0 + 1) % 3000)}, imports: \"stacker://l\(($0 + 7) % 3000)/x\"}"
        }
        #expect(throws: StackerfileErrors.self) { try parse(text.joined(separator: "\n")).buildOrder() }
    }

    @Test func `misses a base that the file does not have`() throws {
        let recipe = try parse(
            """
            base: {from: {type: scratch}}
            test: {from: {type: built, tag: notatag}}
            child:
              from:
                type: built
                tag: bsae
            """)
        let error = #expect(throws: StackerfileErrors.self) { try recipe.buildOrder() }
        #expect(
            error?.description == """
                stacker.yaml:2:33: error: couldn't find dependencies for test: base layer notatag
                test: {from: {type: built, tag: notatag}}
                                                ^
                stacker.yaml:6:10: error: couldn't find dependencies for child: base layer bsae
                    tag: bsae
                         ^
                  did you mean 'base'?
                couldn't resolve some dependencies
                """)
    }

    @Test func `names a cycle`() throws {
        let recipe = try parse(
            """
            a: {from: {type: built, tag: b}}
            b: {from: {type: built, tag: a}}
            self: {from: {type: built, tag: self}}
            above: {from: {type: built, tag: a}}
            """)
        let error = #expect(throws: StackerfileErrors.self) { try recipe.buildOrder() }
        #expect(
            error?.description == """
                stacker.yaml:1:30: error: couldn't find dependencies for a: base layer b
                a: {from: {type: built, tag: b}}
                                             ^
                stacker.yaml:2:30: note: a cycle: a -> b -> a
                b: {from: {type: built, tag: a}}
                                             ^
                stacker.yaml:2:30: error: couldn't find dependencies for b: base layer a
                b: {from: {type: built, tag: a}}
                                             ^
                stacker.yaml:1:30: note: a cycle: b -> a -> b
                a: {from: {type: built, tag: b}}
                                             ^
                stacker.yaml:3:33: error: couldn't find dependencies for self: base layer self
                self: {from: {type: built, tag: self}}
                                                ^
                stacker.yaml:3:33: note: a cycle: self -> self
                self: {from: {type: built, tag: self}}
                                                ^
                stacker.yaml:4:34: error: couldn't find dependencies for above: base layer a
                above: {from: {type: built, tag: a}}
                                                 ^
                couldn't resolve some dependencies
                """)
    }
}
