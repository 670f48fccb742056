import Diagnostics
import HelperProtocol
import LinuxSystem
import Stackerfile
import Storage
import SystemPackage

/// What an image takes in beside its base: files that its build step sees, and files that become layers.
struct AddedFiles: Sendable {
    let image: ImageRecipe
    let context: BuildContext
    /// The root file system of another image, lowest layer first.
    let stack: @Sendable (_ image: String) async throws -> [FinishedLayer]

    /// Copies the imports that only the build step sees, and its script.
    ///
    /// - Returns: Where it sees them.
    func importForStep() async throws -> [Step.Bind] {
        let items = image.imports.filter { $0.destination == nil }
        let store = try ImportStore(
            image: image.name, in: context.request.directories, emptied: items.contains(where: needsWorker))
        for item in items {
            context.request.log.info("copying \(item.path)")
            try await attempt("cannot import \(item.path)") { try await add(item, to: store) }
        }
        try store.removeOthers()
        let names = try store.names()
        if !image.run.isEmpty { try store.addScript(image.run) }
        return binds(of: store.path, names)
    }

    /// Makes the layers that lie between the base and what the build step changes, lowest first.
    func makeLayers(above base: [FinishedLayer]) async throws -> [UnpackedLayer] {
        var layers = base
        var made: [UnpackedLayer] = []
        func add(_ source: OverlayStorage.CopySource) async throws {
            // 0 is for an archive that is the base.
            let number = made.count + 1
            let new = try await context.storage.makeLayer(of: image.name, number: number, above: layers, from: source)
            warn(new.result)
            layers.append(new.layer)
            made.append(
                UnpackedLayer(directory: new.layer, createdBy: "stacker overlay dir for \(image.name)"))
        }
        for item in image.overlayDirectories {
            context.request.log.info("copying \(item.source.path)")
            try await attempt("cannot copy the overlay_dir \(item.source.path)") {
                let source = try hostPath(item.source.path)
                try await add(
                    .staged { place in
                        try ImportStore(place, in: context.request.directories).add(item, from: source)
                        return CopyJob(staged: "/", takesContents: true, to: item.destination, .overlay)
                    })
            }
        }
        for item in image.imports {
            guard let destination = item.destination else { continue }
            context.request.log.info("copying \(item.path)")
            try await attempt("cannot import \(item.path)") {
                try await add(try await source(of: item, to: destination, .overlay))
            }
        }
        return made
    }

    private func add(_ item: Import, to store: ImportStore) async throws {
        if case .file(let path) = item.source, !needsWorker(item) {
            return try store.add(
                item, from: try hostPath(path), log: context.request.log, limits: context.request.limits)
        }
        warn(try await context.storage.copy(from: try await source(of: item, to: "/", .plain), into: store.path))
        try store.keepAll()
    }

    /// Whether only a worker can make it: another image's, or with an owner that the user is not.
    private func needsWorker(_ item: Import) -> Bool {
        if case .image = item.source { return true }
        return item.user ?? 0 != 0 || item.group ?? 0 != 0
    }

    private func source(
        of item: Import, to destination: ByteString, _ manner: CopyJob.Manner
    ) async throws -> OverlayStorage.CopySource {
        switch item.source {
        case .image(let source):
            if item.hash != nil {
                context.request.log.warning("the hash of \(item.path) is not checked: it is of another image")
            }
            let job = CopyJob(
                path: source.path, takesContents: item.takesContents, followsLink: true, destination: destination,
                manner: manner, user: item.user, group: item.group, mode: item.mode, keepsAttributes: true)
            return .layers(try await stack(source.image), job)
        case .file(let path):
            let source = try hostPath(path)
            return .staged { place in
                let store = try ImportStore(place, in: context.request.directories)
                try store.add(item, from: source, log: context.request.log, limits: context.request.limits)
                let name = item.takesContents ? "" : try store.names().first ?? ""
                var job = CopyJob(
                    staged: ByteString([0x2f] + name.bytes), takesContents: item.takesContents, to: destination,
                    manner)
                (job.user, job.group) = (item.user ?? 0, item.group ?? 0)
                return job
            }
        }
    }

    private func hostPath(_ path: ByteString) throws(Failure) -> FilePath {
        guard let path = FilePath(path) else { throw Failure("\(path) is no path: it holds a NUL", class: .rejected) }
        return context.file.directory.pushing(path)
    }

    private func warn(_ result: CopyResult) {
        for warning in result.warnings { context.request.log.warning("\(image.name): \(warning)") }
    }

    /// The older key `import` promises each file in /stacker as well, and all of them in /.stacker/imports.
    private func binds(of imports: FilePath, _ names: [ByteString]) -> [Step.Bind] {
        let source = ByteString(imports)
        func bind(_ name: ByteString, at destination: ByteString) -> Step.Bind {
            let path = name.isEmpty ? source : ByteString(source.bytes + [UInt8(ascii: "/")] + name.bytes)
            return Step.Bind(source: path, destination: destination, isWritable: false)
        }
        let everywhere = [bind("", at: "/stacker/imports")]
        guard image.usesLegacyImport else { return everywhere }
        return everywhere + [bind("", at: "/.stacker/imports")]
            + names.map { bind($0, at: ByteString(Array("/stacker/".utf8) + $0.bytes)) }
    }
}

extension CopyJob {
    /// Puts copies of files of the host, which are staged at `path`, where they are root's.
    fileprivate init(staged path: ByteString, takesContents: Bool, to destination: ByteString, _ manner: Manner) {
        self.init(
            path: path, takesContents: takesContents, followsLink: false, destination: destination, manner: manner,
            user: 0, group: 0, keepsAttributes: false)
    }
}
