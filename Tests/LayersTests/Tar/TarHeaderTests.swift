import Diagnostics
import TestSupport
import Testing

@testable import Layers

@Suite struct TarHeaderTests {
    private static func block(_ type: Character = "0", edit: (inout [UInt8]) -> Void = { _ in }) -> [UInt8] {
        TarBuilder { $0.add("name", type: type, user: 1, group: 2, edit: edit) }.bytes
    }

    private static func rejection(_ block: [UInt8]) -> String? {
        do {
            _ = try TarHeader(block)
            return nil
        } catch {
            return error.reason
        }
    }

    @Test func readsEveryField() throws {
        let header = try TarHeader(
            TarBuilder {
                $0.add("n", type: "3", link: "target", mode: 0o4755, user: 7, group: 8, modified: 9, size: 10) {
                    TarBuilder.put(Array("0000005".utf8), at: 329, in: &$0)
                    TarBuilder.put(Array("0000006".utf8), at: 337, in: &$0)
                    TarBuilder.put(Array("some/prefix".utf8), at: 345, in: &$0)
                }
            }.bytes)
        #expect(header.type == .characterDevice)
        #expect(header.name == "some/prefix/n")
        #expect(header.linkName == "target")
        #expect(header.mode == 0o4755)
        #expect([header.userID, header.groupID, header.size] == [7, 8, 10])
        #expect([header.deviceMajor, header.deviceMinor] == [5, 6])
        #expect(header.modified == FileTime(seconds: 9, nanoseconds: 0))
    }

    @Test func aWrongChecksumIsRefused() {
        var block = Self.block()
        block[0] ^= 1
        #expect(Self.rejection(block) == "the header checksum is wrong")
    }

    @Test func aChecksumOfSignedBytesIsAccepted() throws {
        var block = Self.block { $0[10] = 0xff }
        let field = block[148..<155].prefix { $0 != UInt8(ascii: " ") }
        let sum = try #require(Int(String(decoding: field, as: UTF8.self), radix: 8)) - 256
        TarBuilder.put(Array("0\(String(sum, radix: 8))".utf8), at: 148, in: &block)
        #expect(Self.rejection(block) == nil)
    }

    @Test(arguments: [
        ("ustar\u{0}00", true), ("ustar  \u{0}", true), ("\u{0}\u{0}\u{0}\u{0}\u{0}\u{0}\u{0}\u{0}", true),
        ("ustar000", false), ("ustar\u{0}99", false), ("USTAR\u{0}00", false), ("ustar  0", false),
        ("garbage!", false),
    ])
    func onlyTheThreeKnownMagicsAreRead(magic: String, isRead: Bool) {
        let block = Self.block { TarBuilder.put(Array(magic.utf8), at: 257, in: &$0) }
        #expect((Self.rejection(block) == nil) == isRead)
    }

    @Test func thePrefixBelongsToUstarOnly() throws {
        let block = Self.block {
            TarBuilder.put(Array("ustar  \u{0}".utf8), at: 257, in: &$0)
            TarBuilder.put(Array("12345".utf8), at: 345, in: &$0)
        }
        #expect(try TarHeader(block).name == "name")
    }

    @Test(arguments: [
        (100, "garbage\u{0}"), (100, "-000644\u{0}"), (108, "0x10\u{0}\u{0}\u{0}\u{0}"),
        (116, "+12\u{0}\u{0}\u{0}\u{0}\u{0}"),
        (124, "-1\u{0}\u{0}\u{0}\u{0}\u{0}\u{0}\u{0}\u{0}\u{0}\u{0}"), (124, "99999999999\u{0}"),
        (136, "yesterday!!\u{0}"),
    ])
    func badNumbersAreRefused(offset: Int, field: String) {
        let block = Self.block { TarBuilder.put(Array(field.utf8), at: offset, in: &$0) }
        #expect(Self.rejection(block) != nil)
    }

    private static let impossible: [(Int, [UInt8])] = [
        (124, [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]),
        (124, [0x80, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]),
        (124, [0x80, 0, 0, 0, 0x80, 0, 0, 0, 0, 0, 0, 0]),
        (108, [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]),
    ]

    @Test(arguments: impossible)
    func numbersOutsideTheirRangeAreRefused(offset: Int, field: [UInt8]) {
        #expect(Self.rejection(Self.block { TarBuilder.put(field, at: offset, in: &$0) }) != nil)
    }

    @Test func theModeIsOnlyPermissions() throws {
        let block = Self.block { TarBuilder.put(Array("0120777\u{0}".utf8), at: 100, in: &$0) }
        #expect(try TarHeader(block).mode == 0o777)
    }

    @Test func timesBeforeAndAfterEveryClockAreClamped() throws {
        let past = Self.block { TarBuilder.put([UInt8](repeating: 0xff, count: 12), at: 136, in: &$0) }
        #expect(try TarHeader(past).modified.seconds == -1)
        let future = Self.block {
            TarBuilder.put([0x80, 0x10] + [UInt8](repeating: 0, count: 10), at: 136, in: &$0)
        }
        #expect(try TarHeader(future).modified.seconds == .max)
    }

    @Test(arguments: Array("ABCDEFGHIJMNOPQRTUWXYZabcdefhijklmnopqrstuvwyz89"))
    func unknownTypesAreRefused(type: Character) {
        #expect(Self.rejection(Self.block(type))?.hasPrefix("members of type") == true)
    }

    @Test func aBlockCutShortIsRefused() {
        for length in 0..<512 {
            #expect(Self.rejection(Array(Self.block().prefix(length))) == "the header is cut short")
        }
    }
}
