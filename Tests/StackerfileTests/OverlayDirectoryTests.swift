import Diagnostics
import Testing

@testable import Stackerfile

@Suite struct `An overlay_dir` {
    private static func text(_ value: String) -> String { "a:\n  from: {type: scratch}\n  overlay_dirs: \(value)\n" }

    @Test func `has a source and goes to the root or elsewhere`() throws {
        let image = try #require(
            try parse(Self.text("[{source: tree}, {source: ../b/, dest: /etc/x}, {source: c, dest: opt}]")).images.first
        )
        #expect(image.overlayDirectories.map(\.source.path) == ["tree", "../b/", "c"])
        #expect(image.overlayDirectories.map(\.destination) == ["/", "//etc/x", "/opt"])
        #expect(image.addsLayers)
        #expect(try parse(Self.text("")).images.first?.addsLayers == false)
    }

    @Test(arguments: [
        ("tree", "3:17: error: 'overlay_dirs' expected an array"),
        ("[tree]", "3:18: error: an overlay_dir is a string"),
        ("[{dest: /}]", "3:18: error: an overlay_dir has no 'source'"),
        ("[{source: }]", "an overlay_dir has no 'source'"),
        ("[{source: [a]}]", "'source' is not a string: this is a list"),
        ("[{source: a, dest: 3}]", "'dest' is not a string: this is an int"),
        ("[{source: a, dest: /../x}]", "the path '/../x' cannot hold '..'"),
        ("[{source: 'a', dest: \"/\\n\"}]", "holds the control character"), ("[{source: ''}]", "the path is empty"),
    ])
    func `that cannot be is an error where it is`(_ value: String, _ message: String) {
        #expect(messages(Self.text(value)).contains(message), "\(messages(Self.text(value)))")
    }

    @Test func `with a field that there is not warns`() throws {
        let recipe = try parse(Self.text("[{source: a, destination: /x}]"))
        #expect(recipe.warnings.map(\.message) == ["'destination' is no field of an overlay_dir, and is ignored"])
    }
}
