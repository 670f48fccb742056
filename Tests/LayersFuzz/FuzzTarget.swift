import Diagnostics
import Glibc
import HelperProtocol
import LinuxSystem
public import SystemPackage

@testable import Layers

/// Code that reads hostile bytes, as a function of any bytes.
///
/// The fuzzer (`scripts/fuzz`) and the tests run the same functions.
public enum FuzzTarget: String, CaseIterable, Sendable {
    /// Headers, extended headers, sparse maps, names and attributes.
    case tar
    /// The gzip and zstd wrappers: the result may not depend on how the input is cut into pieces.
    case gzip, zstd
    /// All of it, into a real directory.
    case unpack

    /// What the code made of the bytes.
    public enum Outcome: Hashable, Sendable {
        case read(UInt64)
        case refused(String)
    }

    /// Runs the code; ``unpack`` works in `directory`, which is its own and is emptied.
    ///
    /// Throws what is neither a result nor a refusal of the input: a finding.
    @discardableResult
    public func run(_ bytes: [UInt8], in directory: FilePath) throws -> Outcome {
        switch self {
        case .tar: try outcome { try Self.readTar(Self.withChecksums(bytes)) }
        case .gzip: try decompress(bytes) { GzipDecompressor(limits: Self.limits) }
        case .zstd: try decompress(bytes) { try ZstdDecompressor(limits: Self.limits) }
        case .unpack: try unpack(Self.withChecksums(bytes), in: directory)
        }
    }

    private static let limits: Limits = {
        var limits = Limits()
        limits.trailingBytes = 1 << 16
        limits.emptyMembers = 16
        limits.zstdWindowLog = 23
        return limits
    }()

    private func outcome(_ body: () throws -> UInt64) throws -> Outcome {
        do {
            return .read(try body())
        } catch let error as InvalidArchive {
            return .refused(error.reason)
        }
    }

    /// Makes checksums right where a block looks like a header, so that a change reaches the code behind them.
    private static func withChecksums(_ bytes: [UInt8]) -> [UInt8] {
        var bytes = bytes
        for start in stride(from: 0, to: bytes.count - 511, by: 512) {
            guard bytes[(start + 257)..<(start + 262)].elementsEqual("ustar".utf8) else { continue }
            for index in 148..<156 { bytes[start + index] = UInt8(ascii: " ") }
            var sum = bytes[start..<(start + 512)].reduce(0) { $0 + Int($1) }
            for index in (148..<154).reversed() {
                bytes[start + index] = UInt8(ascii: "0") + UInt8(sum & 7)
                sum >>= 3
            }
        }
        return bytes
    }

    private static func readTar(_ bytes: [UInt8]) throws -> UInt64 {
        var rest = bytes[...]
        let stream = PlainStream(
            nextBlock: {
                guard !rest.isEmpty else { return nil }
                let block = PlainBlock()
                block.count = min(rest.count, PlainBlock.capacity)
                block.storage.copyBytes(from: rest.prefix(block.count))
                rest = rest.dropFirst(block.count)
                return block
            }, recycle: { _ in })
        var reader = TarReader(stream, maximumBytes: 1 << 20, limits: limits, warnings: Warnings())
        var total: UInt64 = 0
        while let member = try reader.next() {
            let name = try MemberName(member.name, limits: limits)
            if !name.isRoot { _ = try LayerName(name) }
            for attribute in member.extendedAttributes { _ = try attribute.unpacked() }
            guard case .file(let size) = member.kind else { continue }
            var end: UInt64 = 0
            try reader.readData { chunk, offset in
                precondition(offset >= end && offset + UInt64(chunk.count) <= size, "data lies in order in the file")
                end = offset + UInt64(chunk.count)
                total += UInt64(chunk.count)
            }
        }
        return total
    }
}

// MARK: - Compression

extension FuzzTarget {
    private struct Finding: Error {
        var what: String
    }

    /// The first byte says how the input is cut; the rest is the input.
    private func decompress(_ bytes: [UInt8], _ make: () throws -> any Decompressor) throws -> Outcome {
        let piece = Int(bytes.first ?? 0) % 97 + 1
        let input = Array(bytes.dropFirst())
        let whole = try outcome { try Self.decode(input, inPiecesOf: max(1, input.count), room: 1 << 16, try make()) }
        let cut = try outcome { try Self.decode(input, inPiecesOf: piece, room: 64 + piece, try make()) }
        switch (whole, cut) {
        case (.read(let left), .read(let right)) where left == right: return whole
        case (.refused, .refused): return whole
        default: throw Finding(what: "\(whole) at once, \(cut) in pieces of \(piece)")
        }
    }

    /// - Returns: A checksum of what came out.
    private static func decode(
        _ input: [UInt8], inPiecesOf size: Int, room: Int, _ decompressor: any Decompressor
    ) throws -> UInt64 {
        var output = [UInt8](repeating: 0, count: room)
        var (start, total, sum, idle): (Int, Int, UInt64, Int) = (0, 0, 14_695_981_039_346_656_037, 0)
        while start < input.count || idle == 0 {
            let end = min(input.count, start + size)
            let progress = try output.withUnsafeMutableBytes { output in
                try input.withUnsafeBytes { input in
                    try decompressor.decode(UnsafeRawBufferPointer(rebasing: input[start..<end]), into: output)
                }
            }
            precondition(progress.consumed <= end - start && progress.produced <= room, "no more than there was")
            for byte in output.prefix(progress.produced) { sum = (sum ^ UInt64(byte)) &* 1_099_511_628_211 }
            start += progress.consumed
            total += progress.produced
            idle = progress.consumed + progress.produced == 0 ? idle + 1 : 0
            if idle >= 4 { throw InvalidArchive.rejected("no progress") }
            if total > 1 << 22 { throw InvalidArchive.limit("enough") }
        }
        _ = try decompressor.finish()
        return sum
    }
}

// MARK: - Everything

extension FuzzTarget {
    /// The number of bytes says into which form.
    private func unpack(_ bytes: [UInt8], in directory: FilePath) throws -> Outcome {
        let parent = try OwnedDescriptor.open(directory: directory)
        if try parent.names().contains("root") { try parent.removeTree("root") }
        try parent.makeDirectory("root", mode: 0o700)
        let path = directory.appending("archive")
        try OwnedDescriptor.open(path, O_WRONLY | O_CREAT | O_TRUNC).write(bytes)
        let archive = try OwnedDescriptor.open(path)
        let job = UnpackJob(
            archive: archive.raw, form: bytes.count.isMultiple(of: 2) ? .overlay : .merged, maximumBytes: 1 << 20)
        let outcome: Outcome
        do {
            let result = try LayerUnpacker(limits: Self.limits).unpack(
                job, archive: archive, into: try parent.openDirectory("root"),
                team: try ThreadTeam(threads: LayerUnpacker.threads))
            outcome = .read(result.entries)
        } catch let error as Failure {
            // Owners that an ordinary user cannot give away are no finding.
            guard [.rejected, .limit, .unsupported, .permission].contains(error.errorClass) else { throw error }
            outcome = .refused(error.description)
        }
        guard try parent.names().sorted() == ["archive", "root"] else {
            throw Finding(what: "something was made beside the root")
        }
        return outcome
    }
}
