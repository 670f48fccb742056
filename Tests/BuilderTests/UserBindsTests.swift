import Diagnostics
import HelperProtocol
import Stackerfile
import SystemPackage
import TestSupport
import Testing

@testable import Builder

@Suite struct UserBindsTests {
    private static func image(_ binds: String) throws -> ImageRecipe {
        let text = "app:\n  from: {type: scratch}\n  binds: \(binds)\n"
        return try #require(try StackerfileParser.parse(Array(text.utf8), file: "stacker.yaml").images.first)
    }

    @Test func relativePathsStartFromTheDirectoryOfTheFile() throws {
        let project = try Project()
        try project.write("sub/data/x", "")
        let folder = project.path.appending("sub")
        let here = ByteString(project.path.string)
        func path(_ rest: String) -> ByteString { ByteString(here.bytes + Array(rest.utf8)) }
        let binds = try UserBinds.resolve(
            try Self.image("[data, 'data -> /mnt', {source: /tmp, dest: in/side}, ../sub, /tmp]"), against: folder)
        #expect(binds.map(\.destination) == [path("/sub/data"), "/mnt", path("/sub/in/side"), path("/sub"), "/tmp"])
        #expect(
            binds.map(\.source) == [path("/sub/data"), path("/sub/data"), "/tmp", path("/sub/../sub"), "/tmp"])
        #expect(binds.filter(\.isWritable).count == binds.count)
    }

    @Test func aMissingSourceIsNamed() throws {
        let image = try Self.image("['/no/where -> /mnt']")
        let error = #expect(throws: Failure.self) { try UserBinds.resolve(image, against: "/") }
        #expect(
            error?.description.hasPrefix(
                "failed to bind mount \"/no/where\" at \"/mnt\": /no/where does not exist, refusing bind mount") == true
        )
    }
}
