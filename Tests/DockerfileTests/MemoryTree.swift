import Diagnostics
import Stackerfile

@testable import Dockerfile

/// A directory that is only a table: paths, and what their files begin with; `nil` is a directory.
struct MemoryTree: SourceTree {
    var files: [ByteString: [UInt8]?] = [
        "app.py": [], "a.txt": [], "b.txt": [], "conf": nil, "conf/x.conf": [], "sub": nil, "sub/c.txt": [],
        "src.tar.gz": [0x1f, 0x8b, 8], "data.gz": [0x1f, 0x8b, 8],
    ]
    var links: Set<ByteString> = ["link"]

    func kind(of path: ByteString) -> SourceKind? {
        if path.isEmpty { return .directory }
        if links.contains(path) { return .link }
        return files[path].map { $0 == nil ? .directory : .file }
    }

    func names(in directory: ByteString) -> [ByteString] {
        (Array(files.keys) + links).compactMap { path in
            let parts = PathText.components(path)
            return PathText.joined(parts.dropLast()) == directory ? parts.last : nil
        }
    }

    func beginning(of file: ByteString) -> [UInt8] { (files[file] ?? nil) ?? [] }
}

/// Converts a text.
func convert(_ text: String, tree: MemoryTree = MemoryTree()) throws(StackerfileErrors) -> DockerfileConversion {
    try DockerfileConversion(
        Array(text.utf8), file: "Dockerfile", tree: tree, architecture: "amd64", substitutionsName: "subs.yaml")
}

/// The images of a text, without the comments before them; the substitutions behind `---`.
func converted(_ text: String) throws -> String {
    let conversion = try convert(text)
    let lines = String(decoding: conversion.stackerfile, as: UTF8.self).split(separator: "\n")
    let images = lines.drop { $0.hasPrefix("#") }.joined(separator: "\n")
    let values = conversion.substitutions.map { String(decoding: $0, as: UTF8.self) } ?? ""
    return images + "\n" + (values.isEmpty ? "" : "---\n" + values)
}
