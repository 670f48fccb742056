import Diagnostics
import Testing

@testable import Stackerfile

@Suite struct `The YAML dialect` {
    @Test(
        arguments: [
            ("0777", .integer(511)), ("010", .integer(8)), ("0o777", .integer(511)), ("0x1F", .integer(31)),
            ("-0x10", .integer(-16)), ("0b101", .integer(5)), ("+5", .integer(5)), ("-0", .integer(0)),
            ("0", .integer(0)),
            ("1_000", .integer(1000)), ("00", .integer(0)), ("08", .float(8)), ("9223372036854775807", .integer(.max)),
            ("-9223372036854775808", .integer(.min)), ("9223372036854775808", .unsigned(9_223_372_036_854_775_808)),
            ("18446744073709551615", .unsigned(.max)), ("18446744073709551616", .float(18_446_744_073_709_551_616)),
            ("-9223372036854775809", .float(-9_223_372_036_854_775_808)),
            ("1.10", .float(1.1)), ("1e3", .float(1000)), (".5", .float(0.5)), ("5.", .float(5)),
            ("-1.5E-3", .float(-0.0015)),
            (".inf", .float(.infinity)), ("-.Inf", .float(-.infinity)), ("1e400", .string), ("1e", .string),
            (".", .string),
            ("-", .string), ("+", .string), ("0x", .string), ("0xg", .string), ("0b2", .string), ("1.2.3", .string),
            ("1-2", .string),
            ("12:30:45", .string), ("2001-12-14", .string), ("inf", .string), ("nan", .string), ("0x1p4", .string),
            ("_", .string),
            ("yes", .boolean(true)), ("Yes", .boolean(true)), ("YES", .boolean(true)), ("on", .boolean(true)),
            ("true", .boolean(true)), ("y", .boolean(true)), ("no", .boolean(false)), ("Off", .boolean(false)),
            ("FALSE", .boolean(false)), ("n", .boolean(false)), ("yEs", .string), ("tRue", .string),
            ("", .null), ("~", .null), ("null", .null), ("Null", .null), ("nUll", .string), ("５", .string),
            ("word", .string),
        ] as [(String, YAMLScalar.Value)])
    func `takes a plain scalar for what YAML 1.1 says`(_ text: String, _ value: YAMLScalar.Value) {
        #expect(YAMLScalar.Value(plain: ByteString(text)) == value)
    }

    @Test func `knows no number of more than 400 digits`() {
        #expect(YAMLScalar.Value(plain: ByteString(String(repeating: "9", count: 401))) == .string)
    }

    @Test(arguments: [
        ("1.10", "1.1"), ("yes", "true"), ("010", "8"), ("off", "false"), ("~", ""), ("", ""), ("1e3", "1000"),
        ("1.0", "1"), ("1000000.0", "1e+06"), ("999999.5", "999999.5"), ("1234567.5", "1.2345675e+06"),
        ("1e21", "1e+21"),
        ("0.0001", "0.0001"), ("0.00001", "1e-05"), ("0.000012", "1.2e-05"), ("-0.0", "-0"), ("-2.50", "-2.5"),
        ("1e100", "1e+100"), (".inf", ".inf"), ("-.inf", "-.inf"), (".nan", ".nan"), ("0.1", "0.1"),
        ("100.25", "100.25"),
        ("'1.10'", "1.10"), ("\"yes\"", "yes"), ("!!str 010", "010"), ("! 010", "010"), ("!!float 3", "3"),
        ("!!int '7'", "7"),
        ("1.2.3", "1.2.3"), ("2001-12-14", "2001-12-14"), ("|-\n      010", "010"),
    ])
    func `normalises unquoted scalars in maps of strings`(_ written: String, _ value: String) throws {
        let recipe = try parse("a:\n  from: {type: scratch}\n  labels:\n    key: \(written)\n")
        #expect(recipe.images.first?.labels.map(\.value) == [value])
    }

    @Test func `normalises names of string maps too, and sees when two become one`() throws {
        let from = "a:\n  from: {type: scratch}\n"
        #expect(try parse(from + "  labels: {010: x}").images.first?.labels.map(\.name) == ["8"])
        #expect(messages(from + "  labels: {010: x, 8: y}").contains("duplicate key '8'"))
    }

    @Test func `merges maps: its own entries win, then the first of the merged`() throws {
        let recipe = try parse(
            """
            a: &a
              from: {type: scratch}
              environment: &one {A: 1, B: 1}
              labels: &two {B: 2, C: 2}
            b:
              <<: *a
              environment: {A: own, <<: [*two, *one], D: 4}
            """)
        let merged = try #require(recipe.images.last)
        #expect(merged.base == .scratch)
        #expect(merged.environment.map { "\($0.name)=\($0.value)" } == ["A=own", "B=2", "C=2", "D=4"])
        #expect(merged.labels.map(\.name) == ["B", "C"])
    }

    @Test func `puts an alias where its anchor's value would be`() throws {
        let recipe = try parse("a: {from: &f {type: scratch}, cmd: &c [x, &w z]}\nb: {from: *f, cmd: *c, run: *w}\n")
        #expect(recipe.images.last?.base == .scratch)
        #expect(recipe.images.last?.command == ["x", "z"])
        #expect(recipe.images.last?.run == ["z"])
    }

    @Test(arguments: [
        "!!python/object:os.system x", "!!binary aGk=", "!!set {a}", "!!int x", "!!bool 1", "!!null x", "!include x",
        "!!timestamp 2001-01-01",
        "!!seq x", "!!map x", "!!str [x]", "!!omap [x]", "!<tag:example.org,2000:x> y", "!!float yes",
    ])
    func `refuses tags that are not YAML's core, or lie`(_ value: String) {
        let text = "a:\n  from: {type: scratch}\n  labels:\n    key: \(value)\n"
        let found = errors(Array(text.utf8))
        #expect(found?.diagnostics.first?.mark.line == 4)
    }
}
