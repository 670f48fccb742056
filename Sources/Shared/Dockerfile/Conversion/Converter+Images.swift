import Diagnostics
import Stackerfile

/// Files that come out of other images.
extension Converter {
    /// What `--from` names: a stage by name or number, or an image that becomes one of the file.
    mutating func image(_ from: ByteString, _ instruction: Instruction) -> (name: ByteString, stage: Stage?)? {
        let word = String(decoding: ASCII.lowercased(from.bytes), as: UTF8.self)
        let earlier = stages.dropLast()
        if let stage = earlier.last(where: { $0.name == word }) { return (stage.imageName, stage) }
        if !from.isEmpty, from.count < 10, from.bytes.allSatisfy(ASCII.isDigit), let number = Int(word) {
            guard earlier.indices.contains(number) else {
                findings.report("there is no stage \(number) before this one", atByte: instruction.offset)
                return nil
            }
            return (stages[number].imageName, stages[number])
        }
        guard !from.isEmpty, word != "scratch" else {
            findings.report("--from names no image", atByte: instruction.offset)
            return nil
        }
        return (foreignImage(from), nil)
    }

    /// An image of a registry or a layout, under a name made of its own.
    private mutating func foreignImage(_ reference: ByteString) -> ByteString {
        let layout = Array("oci:".utf8)
        let base: ImageDraft.Base =
            reference.bytes.starts(with: layout)
            ? .oci(ByteString(reference.bytes.dropFirst(layout.count)))
            : .docker(ByteString(Array("docker://".utf8) + reference.bytes))
        if let known = images.first(where: { $0.base == base && $0.imports.isEmpty && $0.script.isEmpty }) {
            return known.name
        }
        let last = table.withDefaults(reference).bytes.split(separator: ASCII.slash).last ?? []
        let plain = last.prefix { $0 != 0x3a && $0 != 0x40 }.filter { ASCII.continuesName($0) || $0 == 0x2d }
        let name = unusedName(ByteString(Array("from-".utf8) + plain.prefix(60)))
        images.append(ImageDraft(name: name, base: base))
        return name
    }

    /// Copies what `COPY --from` names.
    mutating func copy(_ request: CopyRequest, from image: (name: ByteString, stage: Stage?)) {
        for source in request.sources {
            let components = PathText.components(source.path)
            let path = ByteString([ASCII.slash] + PathText.joined(components).bytes)
            if components.contains(where: Wildcard.isIn) {
                guard let stage = image.stage, !stage.isFromScratch else {
                    findings.report(
                        "a pattern for files of this image cannot be converted", atByte: source.offset,
                        expected: "the names of the files")
                    continue
                }
                let files = matching(source.path, in: image.name, stage)
                add(
                    ImageDraft.Import(path: files, destination: Self.contents(of: request.destination)), request,
                    mayBeDirectory: true)
                continue
            }
            let isRoot = components.isEmpty
            let isContents = PathText.namesDirectory(source.path)
            var item = ImageDraft.Import(path: ByteString(Array("stacker://".utf8) + image.name.bytes + path.bytes))
            if isContents {
                if !isRoot { item.path = PathText.asDirectory(item.path) }
                item.destination = Self.contents(of: request.destination)
            } else {
                item.destination = request.isDirectory ? Self.contents(of: request.destination) : request.destination
            }
            add(item, request, mayBeDirectory: isContents)
        }
    }

    /// The files that a pattern stands for, in an image of their own.
    private mutating func matching(_ pattern: ByteString, in image: ByteString, _ source: Stage) -> ByteString {
        stage.helpers += 1
        let name = unusedName(ByteString(stage.imageName.bytes + Array("-files-\(stage.helpers)".utf8)))
        var helper = ImageDraft(name: name, base: .built(image))
        helper.platform = source.draft.platform
        let absolute = PathText.absolute(pattern, from: "/")
        // Everything but the pattern's own characters is quoted.
        var words: [UInt8] = []
        for byte in absolute.bytes {
            let isPlain = ASCII.continuesName(byte) || Array("/._-+:@%,*?[]^".utf8).contains(byte)
            words += byte == 0x5e ? [0x21] : isPlain ? [byte] : ShellQuote.quoted(ByteString([byte])).bytes
        }
        helper.script = [
            "mkdir /.copied",
            ByteString(
                Array("for f in ".utf8) + words
                    + Array(
                        "; do if [ -d \"$f\" ]; then cp -a \"$f/.\" /.copied; else cp -a \"$f\" /.copied; fi; done".utf8
                    )),
        ]
        images.append(helper)
        return ByteString(Array("stacker://".utf8) + name.bytes + Array("/.copied/".utf8))
    }

    // MARK: - ADD

    mutating func add(_ instruction: Instruction) {
        guard checkFlags(instruction, ["chown", "chmod", "checksum", "link"]), var request = copyRequest(instruction)
        else { return }
        guard instruction.heredocs.isEmpty else {
            return findings.report("here-documents are for COPY", atByte: instruction.offset, expected: "COPY")
        }
        if let sum = flag("checksum", of: instruction) {
            let prefix = Array("sha256:".utf8)
            guard sum.bytes.starts(with: prefix) else {
                return findings.report("the checksum is no sha256", atByte: instruction.offset)
            }
            request.hash = ByteString(sum.bytes.dropFirst(prefix.count))
        }
        for source in request.sources { add(source, request) }
    }

    private mutating func add(_ source: CopyRequest.Source, _ request: CopyRequest) {
        let text = source.path.bytes
        let isRemote = text.starts(with: "http://".utf8) || text.starts(with: "https://".utf8)
        if text.starts(with: "git@".utf8) || (isRemote && text.suffix(4).elementsEqual(".git".utf8)) {
            return findings.report("ADD of a git repository cannot be converted", atByte: source.offset)
        }
        if isRemote {
            var request = request
            if request.mode == nil { request.mode = "0600" }
            let item = ImageDraft.Import(path: source.path, destination: request.importDestination)
            return add(item, request, mayBeDirectory: false)
        }
        let components = PathText.components(source.path)
        let path = PathText.joined(components)
        guard !components.contains(where: Wildcard.isIn), tree.kind(of: path) == .file else {
            return copyOwn(source, request)
        }
        switch ArchiveGuess(name: path, beginning: tree.beginning(of: path)) {
        case .file: copyOwn(source, request)
        case .archive: unpack(path, request)
        case .unknown:
            findings.report(
                "whether '\(Shown.text(path))' is an archive cannot be told from its name", atByte: source.offset,
                expected: "COPY for a file, or a name such as x.tar.gz for an archive")
        }
    }

    /// The archive as an image of its own, whose files keep their owners.
    private mutating func unpack(_ path: ByteString, _ request: CopyRequest) {
        stage.helpers += 1
        let name = unusedName(ByteString(stage.imageName.bytes + Array("-archive-\(stage.helpers)".utf8)))
        images.append(ImageDraft(name: name, base: .tar(path)))
        let files = ByteString(Array("stacker://".utf8) + name.bytes + [ASCII.slash])
        add(ImageDraft.Import(path: files, destination: Self.contents(of: request.destination)))
    }
}
