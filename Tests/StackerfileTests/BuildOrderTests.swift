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
