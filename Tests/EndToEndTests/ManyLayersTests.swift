import Diagnostics
import Foundation
import SystemPackage
import TestSupport
import Testing

/// The kernel stacks 500 layers; more are refused before anything is mounted.
@Suite(.requiresSubordinateIds, .requiresTool("busybox"), .requiresTool("tar"))
struct ManyLayersTests {
    /// A layout `base` with an image of busybox and `count` layers more, each with one file in one directory.
    private static func project(layers count: Int) throws -> Project {
        let project = try Project(
            """
            app:
              from: {type: oci, url: "base:many"}
              run: '[ $(ls /d | wc -l) -eq \(count) ] && [ $(cat /d/same) = \(count) ]'
            """)
        try project.makeBase()
        let script = """
            set -e
            blobs=base/blobs/sha256; mkdir -p $blobs d
            add() { sum=$(sha256sum "$1"); sum=${sum%% *}; size=$(stat -c %s "$1"); mv "$1" $blobs/$sum; }
            layer() {
                add "$1"
                layers="$layers,{\\"mediaType\\":\\"application/vnd.oci.image.layer.v1.tar\\",\\"digest\\":\\"sha256:$sum\\",\\"size\\":$size}"
                ids="$ids,\\"sha256:$sum\\""
            }
            layer base.tar
            for number in $(seq \(count)); do
                rm -f d/*; echo $number >d/same; [ $number = 1 ] || echo >d/f$number
                tar --sort=name --owner=0 --group=0 --numeric-owner --mtime=@0 -cf layer.tar d
                layer layer.tar
            done
            printf '{"architecture":"%s","os":"linux","config":{},"rootfs":{"type":"layers","diff_ids":[%s]}}' \\
                amd64 "${ids#,}" >config
            add config
            config="{\\"mediaType\\":\\"application/vnd.oci.image.config.v1+json\\",\\"digest\\":\\"sha256:$sum\\",\\"size\\":$size}"
            printf '{"schemaVersion":2,"config":%s,"layers":[%s]}' "$config" "${layers#,}" >manifest
            add manifest
            printf '{"schemaVersion":2,"manifests":[{"mediaType":"%s","digest":"sha256:%s","size":%s,"annotations":%s}]}' \\
                application/vnd.oci.image.manifest.v1+json $sum $size \\
                '{"org.opencontainers.image.ref.name":"many"}' >base/index.json
            echo '{"imageLayoutVersion":"1.0.0"}' >base/oci-layout
            """
        let made = try project.run("/bin/sh", "-c", ByteString(script))
        try #require(made.exitCode == 0, "\(made.stderrText)")
        return project
    }

    @Test func aStepOnThreeHundredLayersSeesAllOfThem() throws {
        let project = try Self.project(layers: 299)
        let build = try project.stacker("build")
        #expect(build.exitCode == 0, "\(build.stderrText)\(build.stdoutText)")
        // Nothing was changed, so nothing was added.
        #expect(try project.layers("app").count == 300)
    }

    @Test func moreThanTheKernelStacksIsALimit() throws {
        let project = try Self.project(layers: 500)
        let build = try project.stacker("build")
        #expect(build.exitCode == 1)
        #expect(build.stderrText.contains("more than 500"), "\(build.stderrText)")
    }
}
