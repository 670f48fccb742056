import Diagnostics
import Testing

@testable import Stackerfile

/// A changed file may be good or bad; it must give a recipe or errors that point into it, and never stop the process.
@Suite struct `Any change to a stacker.yaml` {
    private static let text = """
        # é
        config: {x: [1, ~]}
        base: &base
          from: {type: tar, url: ./a.tar}
          environment: &env
            A: "q\\te\\u00e9"
            B: 'it''s'
        web:
          <<: *base
          from:
            type: built
            tag: base
          imports:
          - a/
          - path: "b"
          run: |
            echo é
          cmd: sh -c "a b"
          labels: {<<: *env, v: !!str 1.10}
          volumes: [/d, /e]
          entrypoint: >-
            x 'y'
        """

    private static func survives(_ bytes: [UInt8]) -> Bool {
        do throws(StackerfileErrors) {
            let recipe = try StackerfileParser.parse(bytes, file: "f")
            do throws(StackerfileErrors) { return try recipe.buildOrder().count == recipe.images.count } catch {
                return points(error, into: bytes)
            }
        } catch {
            return points(error, into: bytes)
        }
    }

    private static func points(_ errors: StackerfileErrors, into bytes: [UInt8]) -> Bool {
        !errors.diagnostics.isEmpty && errors.description.utf8.allSatisfy { $0 >= 0x20 || $0 == 0x0a }
            && errors.diagnostics.allSatisfy { $0.mark.offset <= bytes.count && $0.mark.line > 0 && $0.mark.column > 0 }
    }

    @Test func `is one to a good file`() {
        #expect(messages(Self.text) == "")
    }

    @Test func `that cuts it short is survived`() {
        let bytes = Array(Self.text.utf8)
        for count in bytes.indices { #expect(Self.survives(Array(bytes.prefix(count))), "the first \(count) bytes") }
    }

    @Test(arguments: [0x00, 0x80, 0xff, 0x3a, 0x2d, 0x09, 0x0a, 0x0d, 0x22, 0x26, 0x2a, 0x7b, 0x5d] as [UInt8])
    func `of one byte is survived`(_ byte: UInt8) {
        var bytes = Array(Self.text.utf8)
        for position in bytes.indices {
            let original = bytes[position]
            bytes[position] = byte
            #expect(Self.survives(bytes), "byte \(byte) at \(position)")
            bytes[position] = original
        }
    }

    @Test func `that removes a byte is survived`() {
        let bytes = Array(Self.text.utf8)
        for position in bytes.indices {
            var shorter = bytes
            shorter.remove(at: position)
            #expect(Self.survives(shorter), "without byte \(position)")
        }
    }

    @Test(
        arguments: [
            [], [0xef, 0xbb, 0xbf], [0xff, 0xfe], [0xfe, 0xff, 0, 0x61], [0], [0xc3], [0xf4, 0x90, 0x80, 0x80],
            [0xed, 0xa0, 0x80], [0x26], [0x2a], [0x21],
            [0x25], [0x3f], [0x7c], [0x22], [0x0d], [0xe2, 0x80, 0xa8], [0xc2, 0x85],
        ] as [[UInt8]])
    func `down to a few bytes is refused`(_ bytes: [UInt8]) {
        #expect(errors(bytes) != nil)
        #expect(Self.survives(bytes))
    }
}
