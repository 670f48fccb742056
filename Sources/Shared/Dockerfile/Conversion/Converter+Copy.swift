import Diagnostics
import Stackerfile

extension Converter {
    mutating func copy(_ instruction: Instruction) {
        guard checkFlags(instruction, ["from", "chown", "chmod", "link"]) else { return }
        guard let request = copyRequest(instruction) else { return }
        if !instruction.heredocs.isEmpty {
            copyText(instruction, request)
        } else if instruction.flags.contains(where: { $0.name == "from" }) {
            guard let from = flag("from", of: instruction), let image = image(from, instruction) else { return }
            copy(request, from: image)
        } else {
            for source in request.sources { copyOwn(source, request) }
        }
    }

    // MARK: - Reading

    mutating func copyRequest(_ instruction: Instruction) -> CopyRequest? {
        var words: [CopyRequest.Source] = []
        if let list = JSONWords.parse(instruction.text.bytes) {
            words = list.map { CopyRequest.Source(path: $0, offset: instruction.text.offset(of: 0)) }
        } else {
            let isHeredoc = { (word: LogicalText) in
                instruction.heredocs.contains { instruction.text.offset(of: $0.word.lowerBound) == word.offset(of: 0) }
            }
            for word in instruction.text.words {
                guard let path = isHeredoc(word) ? ByteString(word.bytes) : expanded(word) else { return nil }
                words.append(CopyRequest.Source(path: path, offset: word.offset(of: 0)))
            }
        }
        guard words.count >= 2, let last = words.popLast(), !last.path.isEmpty,
            !words.contains(where: \.path.isEmpty)
        else {
            findings.report(
                "\(instruction.keyword) needs what to copy, and where to", atByte: instruction.offset)
            return nil
        }
        for word in words + [last] {
            guard isLine(word.path, "the path", atByte: word.offset) else { return nil }
        }
        let destination = PathText.absolute(last.path, from: stage.workingDirectory)
        var request = CopyRequest(
            keyword: instruction.keyword, offset: instruction.offset, sources: words, destination: destination,
            isDirectory: PathText.namesDirectory(last.path) || isKnownDirectory(destination))
        if words.count > 1, !request.isDirectory {
            findings.report(
                "of several sources the destination is a directory", atByte: last.offset, expected: "a / at its end")
            return nil
        }
        guard readOwner(instruction, into: &request), readMode(instruction, into: &request) else { return nil }
        return request
    }

    /// Whether a path is a directory of the image, because this file made it one, or nearly every image has it.
    private func isKnownDirectory(_ path: ByteString) -> Bool {
        if stage.directories.contains(path) { return true }
        let usual = [
            "/", "/bin", "/etc", "/etc/apt", "/etc/apt/sources.list.d", "/home", "/lib", "/mnt", "/opt", "/root",
            "/sbin",
            "/srv", "/tmp", "/usr", "/usr/bin", "/usr/lib", "/usr/local", "/usr/local/bin", "/usr/local/lib",
            "/usr/local/sbin", "/usr/local/share", "/usr/sbin", "/usr/share", "/var", "/var/lib", "/var/log",
            "/var/tmp",
        ]
        return !stage.isFromScratch && usual.contains { ByteString($0) == path }
    }

    private mutating func readOwner(_ instruction: Instruction, into request: inout CopyRequest) -> Bool {
        guard instruction.flags.contains(where: { $0.name == "chown" }) else { return true }
        guard let text = flag("chown", of: instruction) else { return false }
        let parts = text.bytes.split(separator: 0x3a, omittingEmptySubsequences: false).map {
            $0.elementsEqual("root".utf8) ? ByteString("0") : ByteString($0)
        }
        guard let user = parts.first, parts.count <= 2, !parts.contains(where: \.isEmpty) else {
            findings.report(
                "'\(Shown.text(text))' is no owner", atByte: instruction.offset, expected: "--chown=USER[:GROUP]")
            return false
        }
        let isNumeric = parts.allSatisfy { table.withDefaults($0).bytes.allSatisfy(ASCII.isDigit) }
        // The group of a number is that number; that of a name is looked up in the image.
        let group = parts.count == 2 ? parts[1] : isNumeric ? user : nil
        request.owner = CopyRequest.Owner(user: user, group: group, isNumeric: isNumeric)
        return true
    }

    private mutating func readMode(_ instruction: Instruction, into request: inout CopyRequest) -> Bool {
        guard instruction.flags.contains(where: { $0.name == "chmod" }) else { return true }
        guard let text = flag("chmod", of: instruction) else { return false }
        let digits = table.withDefaults(text).bytes
        guard (1...5).contains(digits.count), digits.allSatisfy({ (0x30...0x37).contains($0) }) else {
            findings.report(
                "'\(Shown.text(text))' is no mode", atByte: instruction.offset, expected: "--chmod=755, in octal digits"
            )
            return false
        }
        request.mode = ByteString([0x30] + text.bytes)
        return true
    }

    // MARK: - Files of the directory

    mutating func copyOwn(_ source: CopyRequest.Source, _ request: CopyRequest) {
        let components = PathText.components(source.path)
        guard components.contains(where: Wildcard.isIn) else {
            return copyOwn(PathText.joined(components), source, request)
        }
        guard !ArgumentTable.holdsMarks(source.path) else {
            return findings.report(
                "a pattern with a build argument in it cannot be converted", atByte: source.offset)
        }
        guard let paths = Wildcard.paths(components, in: tree), !paths.isEmpty else {
            return findings.report(
                "nothing here matches '\(Shown.text(source.path))', or too much", atByte: source.offset,
                expected: "files beside the stacker.yaml that is made")
        }
        guard paths.count == 1 || request.isDirectory else {
            return findings.report(
                "'\(Shown.text(source.path))' matches several files, so the destination is a directory",
                atByte: source.offset, expected: "a / at the end of the destination")
        }
        for path in paths { copyOwn(path, source, request) }
    }

    private mutating func copyOwn(_ path: ByteString, _ source: CopyRequest.Source, _ request: CopyRequest) {
        var item = ImageDraft.Import(path: path, destination: request.importDestination)
        let kind = ArgumentTable.holdsMarks(path) ? nil : tree.kind(of: path)
        switch kind {
        case .directory:
            item.path = path.isEmpty ? "./" : PathText.asDirectory(path)
            item.destination = Self.contents(of: request.destination)
            checkIgnoreFile(source)
        case .link:
            return findings.report(
                "'\(Shown.text(path))' is a symbolic link, which would be copied as one", atByte: source.offset,
                expected: "the path that it leads to")
        case .other:
            return findings.report("'\(Shown.text(path))' is no file", atByte: source.offset)
        case .file: break
        case nil:
            if !ArgumentTable.holdsMarks(path) {
                findings.warn("'\(Shown.text(path))' is not here yet", atByte: source.offset)
            }
            if PathText.namesDirectory(source.path) { item.path = PathText.asDirectory(path) }
            if request.isDirectory || item.path.bytes.last == ASCII.slash {
                item.destination = Self.contents(of: request.destination)
            }
        }
        add(item, request, mayBeDirectory: kind != .file)
    }

    /// The destination of a file that goes into a directory, or a directory whose content does.
    static func contents(of destination: ByteString) -> ByteString {
        ByteString(PathText.asDirectory(destination).bytes + [0x2e])
    }

    private mutating func checkIgnoreFile(_ source: CopyRequest.Source) {
        guard tree.kind(of: ".dockerignore") == .file, warned.insert(".dockerignore").inserted else { return }
        findings.warn(
            ".dockerignore is not converted: what it leaves out is copied, unless a .stackerignore names it",
            atByte: source.offset)
    }

    // MARK: - Adding

    /// Adds an import, through an image of its own where owner or mode are nothing that an import can say.
    mutating func add(_ item: ImageDraft.Import, _ request: CopyRequest, mayBeDirectory: Bool) {
        var item = item
        item.hash = request.hash
        if let owner = request.owner, owner.isNumeric { (item.user, item.group) = (owner.user, owner.group) }
        let needsShell = request.owner.map { !$0.isNumeric } ?? false || (request.mode != nil && mayBeDirectory)
        if !needsShell {
            item.mode = request.mode
            return add(item)
        }
        guard !stage.isFromScratch else {
            return findings.report(
                "an image from scratch knows no names, and has no program for the mode of a directory",
                atByte: request.offset, expected: "--chown with numbers, and --chmod for files only")
        }
        add(prepared(item, request))
    }

    /// The same files in an image beside this one, in which a script gives them owner and mode.
    private mutating func prepared(_ item: ImageDraft.Import, _ request: CopyRequest) -> ImageDraft.Import {
        finishPart()
        stage.helpers += 1
        let name = unusedName(ByteString(stage.imageName.bytes + Array("-files-\(stage.helpers)".utf8)))
        var helper = ImageDraft(name: name, base: stage.draft.base)
        helper.platform = stage.draft.platform
        var inner = item
        let place: ByteString = "/.copied"
        let isRenamed = !request.isDirectory && !PathText.namesDirectory(item.path)
        inner.destination =
            isRenamed
            ? ByteString(place.bytes + [ASCII.slash] + PathText.lastName(request.destination).bytes)
            : ByteString(place.bytes + Array("/.".utf8))
        helper.imports = [inner]
        if let owner = request.owner, !owner.isNumeric {
            // With a colon and no group, that of the user is meant.
            let text = owner.user.bytes + [0x3a] + (owner.group?.bytes ?? [])
            let word = ShellQuote.word(ByteString(text))
            helper.script.append(ByteString(Array("chown -R -h ".utf8) + word.bytes + Array(" /.copied".utf8)))
        }
        if let mode = request.mode {
            helper.script.append(ByteString(Array("chmod -R ".utf8) + mode.bytes + Array(" /.copied".utf8)))
            helper.script.append("chmod 0755 /.copied")
        }
        images.append(helper)
        let path = ByteString(Array("stacker://".utf8) + name.bytes + place.bytes + [ASCII.slash])
        let parent = PathText.components(request.destination).dropLast()
        let folder = isRenamed ? ByteString([ASCII.slash] + PathText.joined(parent).bytes) : request.destination
        // What is made there belongs to the same owner, because it is a copy of the directory.
        let destination = request.owner == nil ? Self.contents(of: folder) : PathText.asDirectory(folder)
        return ImageDraft.Import(path: path, destination: destination)
    }

    /// Files come before the script of an image, so those after a command go into another one.
    mutating func add(_ item: ImageDraft.Import) {
        // A directory that WORKDIR makes is root's, whoever the files belong to that go into it.
        let isPrepared = item.destination?.bytes.last == ASCII.slash && item.path.bytes.last == ASCII.slash
        if item.user != nil || isPrepared { makeWantedDirectories() }
        if !stage.draft.script.isEmpty { finishPart() }
        stage.draft.imports.append(item)
        guard let destination = item.destination else { return }
        let name = PathText.namesDirectory(destination) ? PathText.absolute(destination, from: "/") : destination
        let parent = PathText.components(name).dropLast()
        let made = ByteString([ASCII.slash] + PathText.joined(parent).bytes)
        let isInto = PathText.namesDirectory(destination)
        stage.wantedDirectories.removeAll { PathText.lies(isInto ? name : made, in: $0) }
        if isInto { stage.directories.insert(name) }
    }

    // MARK: - Text in the file

    /// Here-documents as files, which only a script can write.
    private mutating func copyText(_ instruction: Instruction, _ request: CopyRequest) {
        let starts = instruction.heredocs.map { instruction.text.offset(of: $0.word.lowerBound) }
        for source in request.sources where !starts.contains(source.offset) {
            findings.report("files and here-documents cannot be mixed here", atByte: source.offset)
        }
        guard !stage.isFromScratch else {
            return findings.report(
                "an image from scratch has no program that writes a here-document", atByte: instruction.offset,
                expected: "a file beside the stacker.yaml")
        }
        for heredoc in instruction.heredocs { write(heredoc, request) }
    }

    private mutating func write(_ heredoc: Instruction.Heredoc, _ request: CopyRequest) {
        var body = ByteString(heredoc.body)
        if heredoc.expands {
            var quoted = LogicalText()
            quoted.append(ArraySlice(HeredocBody.escaped(heredoc.body, escape)), at: heredoc.offset)
            guard let text = expanded(quoted) else { return }
            body = text
        }
        guard !ArgumentTable.holdsMarks(body) else {
            return findings.report(
                "a here-document with a build argument in it cannot be converted", atByte: heredoc.offset)
        }
        let path =
            request.isDirectory
            ? ByteString(PathText.asDirectory(request.destination).bytes + Array(heredoc.name.utf8))
            : request.destination
        let parent = ByteString([ASCII.slash] + PathText.joined(PathText.components(path).dropLast()).bytes)
        var script: [UInt8] = []
        if !stage.directories.contains(parent) {
            script += Array("mkdir -p ".utf8) + ShellQuote.word(parent).bytes + [ASCII.newline]
            stage.directories.insert(parent)
        }
        let file = ShellQuote.word(path).bytes
        let end = HeredocBody.unusedEnd(heredoc.name, in: body.bytes)
        script += Array("cat >".utf8) + file + Array(" <<'\(end)'\n".utf8) + body.bytes
        if script.last != ASCII.newline { script.append(ASCII.newline) }
        script += Array("\(end)\nchmod ".utf8) + (request.mode?.bytes ?? Array("0644".utf8)) + [ASCII.space] + file
        if let owner = request.owner {
            let group = owner.group.map { [0x3a] + $0.bytes } ?? [0x3a]
            script +=
                Array("\nchown ".utf8) + ShellQuote.word(ByteString(owner.user.bytes + group)).bytes + [ASCII.space]
                + file
        }
        addScript(ByteString(script), inDirectory: false)
    }
}
