import Diagnostics
import Testing

@testable import Stackerfile

@Suite struct `Binds and the environment of a build step` {
    private func first(_ directive: String) -> String {
        let text = messages("web:\n  from: {type: scratch}\n  \(directive)\n")
        let line = text.split(separator: "\n").first ?? ""
        return String(line.replacing("stacker.yaml:", with: "").replacing(": error:", with: ""))
    }

    @Test func `are read in all their forms`() throws {
        let recipe = try parse(
            """
            web:
              from: {type: scratch}
              binds:
                - /data
                - "relative   ->\t/mnt/there"
                - {source: ../up}
                - {source: /a b, dest: "/c d"}
                - {source: /a, dest: }
                - /dev/kvm
                - ../up
              build_env: {NAME: "two\\nlines", EMPTY: ""}
              build_env_passthrough: [ "A.*", B ]
            """)
        let web = try #require(recipe.images.first)
        #expect(web.binds.map(\.source.path) == ["/data", "relative", "../up", "/a b", "/a", "/dev/kvm", "../up"])
        #expect(
            web.binds.map(\.destination?.path) == [nil, "/mnt/there", nil, "/c d", nil, nil, nil])
        #expect(web.buildEnvironment.map(\.value) == ["two\nlines", ""])
        #expect(web.buildEnvironmentPassthrough == ["A.*", "B"])
        let empty = try parse("web: {from: {type: scratch}, binds: , build_env: , build_env_passthrough: }").images
        #expect(empty.first?.binds == [] && empty.first?.buildEnvironmentPassthrough == [])
    }

    @Test(arguments: [
        ("binds: /x", "3:10 cannot unmarshal a string into 'binds': expected 'binds' to be a list"),
        ("binds: [a b]", "3:11 invalid Bind: a b"), ("binds: [a -> b c]", "3:11 invalid Bind: a -> b c"),
        ("binds: ['']", "3:11 invalid Bind: "), ("binds: [a => b]", "3:11 invalid Bind: a => b"),
        ("binds: [3]", "3:11 unexpected 'bind': this is an int"),
        ("binds: [{dest: /x}]", "3:11 unexpected 'bind': missing required field 'source'"),
        ("binds: [{source: ''}]", "3:20 the path is empty"),
        ("binds: [{source: [x]}]", "3:20 unexpected 'bind': 'source' is not a string: this is a list"),
        ("binds: [{Source: /x}]", "3:12 unexpected 'bind': unknown field 'Source'"),
        ("binds: [\"/a\\u0001\"]", "3:11 the control character \\x01 is not allowed in a text"),
        ("binds: [/a -> /b/../c]", "3:11 the destination of a bind cannot hold '..'"),
        ("build_env: [x]", "3:14 cannot unmarshal a list into 'build_env'"),
        ("build_env: {A=B: x}", "3:15 the name of an environment variable cannot hold '='"),
        ("build_env: {A: \"x\\0\"}", "3:15 the value of 'A' holds a NUL"),
        ("build_env_passthrough: x", "3:26 cannot unmarshal a string into 'build_env_passthrough'"),
        ("build_env_passthrough: [3]", "3:27 a regular expression is not a string: this is an int"),
        ("build_env_passthrough: ['(']", "3:27 invalid regular expression '(': expected ')'"),
        (
            "build_env_passthrough: [x, 'a**']",
            "3:30 invalid regular expression 'a**': quantifier '*' must appear after expression"
        ),
    ])
    func `that cannot be say what is wrong`(_ directive: String, _ message: String) {
        #expect(first(directive) == message)
    }

    @Test(arguments: [
        "/", "//.", "/proc", "/proc/sys", "/sys", "/sys/fs/cgroup", "/dev", "/dev/", "/stacker", "/stacker/imports",
        "/stacker/imports/x", "/.stacker/imports",
    ])
    func `never lie on what stacker mounts (CVE-2015-3631, CVE-2019-16884)`(_ place: String) {
        for form in ["/tmp -> \(place)", "{source: /tmp, dest: \(place)}", place] {
            #expect(
                first("binds: [\(form)]").hasSuffix("nothing can be bound at \(place), which belongs to stacker"),
                "\(form)")
        }
    }

    @Test func `have bounds on regular expressions`() {
        let long = String(repeating: "a", count: 1_001)
        #expect(first("build_env_passthrough: [\(long)]") == "3:27 a regular expression is longer than 1000 bytes")
        let deep = String(repeating: "(", count: 500) + String(repeating: ")", count: 500)
        #expect(first("build_env_passthrough: ['\(deep)']").hasSuffix("group is too deeply nested"))
    }
}
