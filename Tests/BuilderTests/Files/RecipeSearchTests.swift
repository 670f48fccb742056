import Diagnostics
import SystemPackage
import TestSupport
import Testing

@testable import Builder

@Suite struct RecipeSearchTests {
    private func project() throws -> Project {
        let project = try Project()
        for name in [
            "stacker.yaml", "b/stacker.yaml", "a/z/stacker.yaml", "a/other.yaml", "a/stackerXyaml", "a/xstacker.yaml",
            "roots/web/stacker.yaml", "sub/roots/stacker.yaml",
        ] { try project.write(name, "") }
        try #require(
            try project.run("/bin/sh", "-c", "ln -s ../a b/link && ln -s ../none a/y && mkdir stacker.yaml.d").exitCode
                == 0)
        return project
    }

    private func search(
        _ project: Project, _ pattern: String = RecipeSearch.defaultPattern, shown: FilePath? = nil,
        limits: Limits = Limits()
    ) throws(Failure) -> [String] {
        let here = project.path
        let directories = Directories(
            stacker: here.appending(".stacker"), oci: here.appending("oci"), roots: here.appending("roots"))
        let sources = try RecipeSearch(
            below: here, shown: shown ?? here, pattern: pattern, directories: directories, limits: limits
        ).sources()
        return sources.map { String($0.name.description.dropFirst(here.string.count + 1)) }
    }

    @Test func `files are found in the order of their names, and not in roots of images`() throws {
        let project = try project()
        // The full stop of the default is any character, as it always was.
        let expected = [
            "a/stackerXyaml", "a/z/stacker.yaml", "b/stacker.yaml", "stacker.yaml", "sub/roots/stacker.yaml",
        ]
        #expect(try search(project) == expected)
    }

    @Test(arguments: [
        ("other", ["a/other.yaml"]), ("^sub/", ["sub/roots/stacker.yaml"]), ("/y$", ["a/y"]),
        (#"b\/(stacker|x)[.]yaml"#, ["b/stacker.yaml"]), ("link", ["b/link"]),
    ])
    func `a pattern is looked for anywhere in the path as it was named`(_ pattern: String, _ found: [String]) throws {
        #expect(try search(project(), pattern, shown: "") == found)
    }

    @Test(arguments: ["(", "*", "[a"])
    func `a bad pattern is refused`(_ pattern: String) throws {
        let error = #expect(throws: Failure.self) { try search(project(), pattern) }
        #expect(error?.summary == "invalid --stacker-file-pattern \"\(pattern)\"")
    }

    @Test func `nothing found, nothing there and too much there are errors`() throws {
        let project = try project()
        #expect(throws: Failure.self) { try search(project, "nothing") }
        var limits = Limits()
        limits.searchedFiles = 10
        #expect(throws: Failure.self) { try search(project, limits: limits) }
        try #require(try project.run("/bin/rm", "-r", ByteString(project.path.string)).exitCode == 0)
        let error = #expect(throws: Failure.self) { try search(project) }
        #expect(error?.hint == "name another directory with --search-dir")
    }
}
