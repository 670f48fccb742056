import Diagnostics
import Testing

@testable import Stackerfile

@Suite struct `An import` {
    private static func item(_ fields: String) throws -> Import? {
        try parse("a:\n  from: {type: scratch}\n  imports: [{\(fields)}]\n", all: true).images.first?.imports.first
    }

    @Test func `has a hash of any case, a mode and an owner`() throws {
        let hash = String(repeating: "0aF9", count: 16)
        let item = try #require(
            try Self.item("path: dir/file, hash: \(hash), mode: 0644, uid: 1000, gid: 0, dest: /etc/x"))
        #expect(item.source == .file("dir/file"))
        #expect(item.hash == String(repeating: "0af9", count: 16))
        #expect(item.mode == 0o644 && item.user == 1000 && item.group == 0 && item.destination == "/etc/x")
    }

    @Test(arguments: ["hash: ", "hash: ''", "mode: ", "uid: -1", "gid: ~, uid: -1", "dest: ''"])
    func `has none of them where they are empty`(_ fields: String) throws {
        #expect(try Self.item("path: x, \(fields)") == Self.item("path: x, \(fields)"))
        let item = try #require(try Self.item("path: x, \(fields)"))
        #expect(item.hash == nil && item.mode == nil && item.user == nil && item.group == nil)
        #expect(item.destination == nil)
    }

    @Test func `may be of another image`() throws {
        let item = try #require(try Self.item("path: 'stacker://a.b/usr/lib/', dest: /x"))
        #expect(item.takesContents && item.path == "stacker://a.b/usr/lib/")
        guard case .image(let path) = item.source else {
            Issue.record("\(item.source)")
            return
        }
        #expect(path.image == "a.b" && path.path == "/usr/lib/")
    }

    @Test func `may have a hash of decimal digits alone`() throws {
        let hash = String(repeating: "1234", count: 16)
        #expect(try Self.item("path: x, hash: \(hash)")?.hash == hash)
    }

    @Test(arguments: [
        ("path: x, hash: 12ab", "Given hash 12ab is not valid"),
        ("path: x, hash: sha256:12", "Given hash sha256:12 is not valid"),
        ("path: x, hash: [a]", "'hash' is not a string: this is a list"),
        ("path: x, hash: 12", "'hash' is not a string: this is an int"),
        ("path: x, dest: etc", "'dest' path cannot be relative: etc"),
        ("path: x, dest: 3", "'dest' is not a string: this is an int"),
        ("path: x, dest: /a/../b", "the path '/a/../b' cannot hold '..'"),
        ("path: x, dest: /..", "the path '/..' cannot hold '..'"),
        ("path: 'stacker:///x'", "a layer name cannot be empty"),
        ("path: 'stacker://a'", "'stacker://a' names nothing in an image"),
        ("path: 'stacker://a b/x'", "'a b' cannot be a layer name"),
        ("path: 'stacker://a/../x'", "the path 'stacker://a/../x' cannot hold '..'"),
        ("path: x, mode: '0755'", "'mode' is not an integer: this is a string"),
        ("path: x, mode: 99999", "'mode' cannot be 99999"), ("path: x, mode: -1", "'mode' cannot be -1"),
        ("path: x, uid: -2", "'uid' cannot be negative: -2"), ("path: x, gid: -7", "'gid' cannot be negative: -7"),
        ("path: x, uid: 4294967295", "'uid' cannot be 4294967295"),
        ("path: x, uid: 18446744073709551615", "'uid' cannot be \(Int64.max)"),
        ("path: x, gid: 1.5", "'gid' is not an integer: this is a float"),
        ("path: x, gid: root", "'gid' is not an integer: this is a string"),
    ])
    func `with an impossible value says so`(_ fields: String, _ message: String) {
        let text = "a:\n  from: {type: scratch}\n  imports: [{\(fields)}]\n"
        #expect(messages(text, all: true).contains("error: \(message)\n"), "\(messages(text, all: true))")
    }

    @Test func `with a field that there is not warns, and suggests the one that was meant`() throws {
        let recipe = try parse("a:\n  from: {type: scratch}\n  imports: [{path: x, perms: 3, mdoe: 4}]\n")
        #expect(
            recipe.warnings.map(\.message) == [
                "'perms' is no field of an import, and is ignored", "'mdoe' is no field of an import, and is ignored",
            ])
        #expect(recipe.warnings.map(\.suggestion) == [nil, "mode"])
    }

    @Test func `with a decimal mode that was meant as octal warns`() throws {
        let recipe = try parse(
            "a:\n  from: {type: scratch}\n  imports: [{path: x, mode: 755}, {path: z, mode: 0755}]\n")
        #expect(recipe.warnings.map(\.message) == ["'mode' 755 is decimal, octal 1363: for octal write 0755"])
        #expect(recipe.images.first?.imports.map(\.mode) == [755, 0o755])
    }

    @Test(arguments: ["http://example.org/x", "https://example.org/x"])
    func `from the network needs a hash where that is wanted`(_ url: String) throws {
        func message(_ item: String) -> String {
            do throws(StackerfileErrors) {
                let text = "a:\n  from: {type: scratch}\n  imports: [\(item)]\n"
                _ = try StackerfileParser.parse(Array(text.utf8), file: "stacker.yaml", requiringHashes: true)
                return ""
            } catch {
                return error.description
            }
        }
        #expect(message("\"\(url)\"").contains("error: the import \(url) has no hash\n"))
        #expect(message("{path: \"\(url)\", mode: 0644}").contains("has no hash\n"))
        #expect(message("local").isEmpty)
        let hashed = message("{path: \"\(url)\", hash: \(String(repeating: "a", count: 64))}")
        #expect(hashed.contains("is not supported yet") && !hashed.contains("has no hash"))
    }
}
