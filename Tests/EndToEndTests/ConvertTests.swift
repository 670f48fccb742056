import Diagnostics
import Foundation
import SystemPackage
import TestSupport
import Testing

/// Dockerfiles of the usual kinds: what an ordinary user builds of the converted file is what buildah, as root, builds of the
/// original.
@Suite(
    .serialized, .requiresRoot, .requiresOrdinaryUser, .requiresTool("buildah"), .requiresTool("umoci"),
    .requiresTool("busybox"))
struct ConvertTests {
    /// Builds both and compares every file and all that the configuration says.
    ///
    /// `base` makes `base.tar`, which is the image `example.org/base:1` for both.
    private static func expectTheSame(_ files: [String: String], base: (Project) throws -> Void) throws {
        let project = try Project()
        try base(project)
        for (name, text) in files {
            try project.write("context/\(name)", text, mode: name.hasSuffix(".sh") ? 0o755 : 0o644)
        }
        let theirs = try shell(project, buildah)
        try #require(theirs.exitCode == 0, "\(theirs.stdoutText)\(theirs.stderrText)")
        try OrdinaryUser.own(project)
        let context = project.path.appending("context")
        let stacker = Program.built("stacker")
        let converted = try OrdinaryUser.run(
            stacker,
            [
                "convert", "-i", "context/Dockerfile", "-o", "context/stacker.yaml", "-s", "context/stacker-subs.yaml",
            ], in: project)
        try #require(converted.exitCode == 0, "\(converted.stderrText)")
        // Bases of registries cannot be built from yet.
        let local = try shell(
            project, "sed -i 's#type: docker#type: oci#; s#docker://example.org/base#base#' context/stacker.yaml")
        try #require(local.exitCode == 0)
        var arguments: [ByteString] = ["build", "-f", "context/stacker.yaml"]
        if FileManager.default.fileExists(atPath: "\(context)/stacker-subs.yaml") {
            arguments += ["--substitute-file", "context/stacker-subs.yaml"]
        }
        let build = try OrdinaryUser.run(stacker, arguments, in: project)
        defer { _ = try? OrdinaryUser.run(stacker, ["clean"], in: project) }
        let text = try String(contentsOfFile: "\(context)/stacker.yaml", encoding: .utf8)
        try #require(build.exitCode == 0, "\(build.stderrText)\(build.stdoutText)\(text)")
        let difference = try shell(project, compare)
        #expect(
            difference.exitCode == 0 && difference.stdoutText == "",
            "\(difference.stdoutText)\(difference.stderrText)\(text)")
    }

    private static func shell(_ project: Project, _ script: String) throws -> Program {
        try Program.run(
            "/bin/bash", ["-c", ByteString("set -e\n" + functions + script)],
            environment: Program.defaultEnvironment + [ByteString("TMPDIR=\(project.path)")],
            currentDirectory: project.path, timeLimit: .seconds(400))
    }

    private static let functions = #"""
        buildah() { command buildah --root "$PWD/.store" --runroot "$PWD/.run" --storage-driver vfs "$@"; }
        facts() {   # ROOT: every file with mode, owner and content; not what engines put there, logs, and copies of old accounts
            (cd "$1"; find . -mindepth 1 \( -path ./proc -o -path ./sys -o -path ./dev -o -path ./run -o -path ./var/cache/ldconfig \
                -o -path ./etc/resolv.conf -o -path ./etc/hosts -o -path ./etc/hostname -o -path ./var/log \
                -o -path './etc/*-' \) -prune \
                -o -printf '%p %M %U:%G %l ' \( -type f -exec sha256sum -b {} \; -o -printf '\n' \)) | LC_ALL=C sort
        }
        config() {
            jq -S '{User: (.User // ""), WorkingDir: (.WorkingDir // ""), Env: (.Env | sort), Cmd: (.Cmd // []), StopSignal,
                Entrypoint: (.Entrypoint // []), Labels: ((.Labels // {}) | del(.["io.buildah.version"])), Healthcheck,
                ExposedPorts: (.ExposedPorts // {}), Volumes: (.Volumes // {})}'
        }

        """#

    private static let buildah = #"""
        umoci init --layout base; umoci new --image base:1
        umoci raw add-layer --image base:1 base.tar
        umoci config --image base:1 --config.env PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
        buildah tag "$(buildah pull -q oci:base:1)" example.org/base:1
        buildah bud --isolation chroot --format docker --pull-never --no-cache -t localhost/theirs context
        container=$(buildah from --pull-never localhost/theirs)
        facts "$(buildah mount "$container")" >theirs.files
        buildah inspect --type image localhost/theirs | jq .Docker.config | config >theirs.json
        buildah rm "$container" >&2; buildah rmi -af >&2; rm -rf .store .run
        """#

    private static let compare = #"""
        manifest=oci/blobs/sha256/$(jq -r '.manifests[-1].digest' oci/index.json | cut -d: -f2)
        config <<<"$(jq .config "oci/blobs/sha256/$(jq -r .config.digest $manifest | cut -d: -f2)")" >ours.json
        umoci unpack --image "oci:$(jq -r '.manifests[-1].annotations["org.opencontainers.image.ref.name"]' oci/index.json)" bundle >&2
        facts bundle/rootfs >ours.files
        test "$(wc -l <ours.files)" -gt 9
        diff theirs.files ours.files; diff theirs.json ours.json
        """#

    /// A compiler that fits: the one of this machine, with the libraries that it needs, and busybox.
    private static func makeCompilerBase(_ project: Project) throws {
        let made = try shell(
            project,
            #"""
            mkdir -p base/bin base/tmp base/etc base/root; chmod 1777 base/tmp
            cp /bin/busybox base/bin/; for name in sh mkdir cat cp rm ls chmod echo; do ln -s busybox base/bin/$name; done
            echo root:x:0:0:root:/root:/bin/sh >base/etc/passwd
            put() { for file; do cp --parents -L "$file" base; done; }
            for program in gcc "$(gcc -print-prog-name=cc1)" "$(gcc -print-prog-name=collect2)" as ld; do
                file=$(command -v "$program"); put "$file"; put $(ldd "$file" | grep -o '/[^ ]*')
            done
            put /usr/include/stdc-predef.h
            for name in crt1.o crti.o crtn.o crtbeginT.o crtend.o libc.a libgcc.a libgcc_eh.a; do
                put "$(realpath "$(gcc -print-file-name=$name)")"
            done
            tar --sort=name --owner=0 --group=0 --numeric-owner --mtime=@0 -cf base.tar -C base .; rm -rf base
            """#)
        try #require(made.exitCode == 0, "\(made.stderrText)")
    }

    @Test(.requiresTool("gcc")) func aProgramIsCompiledInOneStageAndShippedInAnother() throws {
        try Self.expectTheSame(
            [
                "Dockerfile": #"""
                # syntax=docker/dockerfile:1
                ARG TAG=1
                FROM example.org/base:${TAG} AS build
                ARG VERSION="1.10"
                ENV FLAGS="-O1 -static -fno-use-linker-plugin"
                WORKDIR /src
                COPY src/*.c src/greet.h ./
                RUN gcc $FLAGS -DVERSION="\"$VERSION\"" -c main.c && \
                    gcc $FLAGS -c greet.c && \
                    # both together
                    gcc $FLAGS -o /greet main.o greet.o
                COPY share share
                RUN set -e; mkdir -p /out/share; \
                    for file in share/*; do cp "$file" "/out/$file"; done; \
                    /greet "it's" > /out/share/greeting; chmod 0700 /out/share

                FROM scratch
                LABEL org.opencontainers.image.title="greet" stage='last one'
                COPY --from=build /greet /bin/greet
                COPY --from=build --chown=7:8 /out/share /usr/share/greet/
                COPY --chmod=0600 share/one.txt /etc/greet/
                ENV LANG=C
                WORKDIR /usr/share/greet
                USER 7:8
                EXPOSE 8080
                ENTRYPOINT ["/bin/greet", "--"]
                CMD ["every body"]
                """#,
                "src/main.c":
                    "int greet(const char *);\nint main(int c, char **v) { return greet(c > 1 ? v[c - 1] : VERSION); }\n",
                "src/greet.c":
                    "#include \"greet.h\"\nint greet(const char *who) { return printf(\"Hello, %s!\\n\", who) < 0; }\n",
                "src/greet.h": "int printf(const char *, ...);\n", "share/one.txt": "one\n", "share/two.txt": "two\n",
            ], base: Self.makeCompilerBase)
    }

    @Test(.requiresDebianBase) func aServiceInPerlRunsAsAUserOfItsOwn() throws {
        try Self.expectTheSame(
            [
                "Dockerfile": #"""
                FROM example.org/base:1
                ARG APP_USER=service
                ENV APP_HOME=/srv/app \
                    PATH=/srv/app/bin:$PATH
                RUN groupadd --gid 321 web && useradd --system --uid 654 --gid web --home-dir "$APP_HOME" ${APP_USER}
                WORKDIR $APP_HOME
                COPY settings.txt ./
                RUN perl -e 'print "from $ENV{APP_HOME}\n"' > made.txt
                COPY --chown=service:web lib lib
                COPY --chown=service run.sh bin/run.sh
                USER service
                RUN umask 027; echo "$HOME $(id -un) $PWD" > lib/who && cd lib && mkdir state; perl -e 'exit 1' || touch state/fine
                WORKDIR data
                RUN touch here
                VOLUME /srv/app/data
                EXPOSE 80/tcp 53/udp
                STOPSIGNAL SIGQUIT
                HEALTHCHECK --interval=30s --timeout=5s --retries=3 CMD perl -e 'exit 0' || exit 1
                ENTRYPOINT ["/srv/app/bin/run.sh"]
                CMD ["perl", "lib/Service.pm"]
                """#,
                "settings.txt": "a: b\n", "lib/Service.pm": "1;\n", "lib/deep/More.pm": "1;\n",
                "run.sh": "#!/bin/sh\nexec \"$@\"\n",
            ], base: Self.makeDebianBase)
    }

    @Test(.requiresDebianBase) func aSystemIsSetUpByManyCommands() throws {
        try Self.expectTheSame(
            [
                "Dockerfile": #"""
                FROM example.org/base:1 AS tools
                RUN printf '#!/bin/sh\necho "tool $1"\n' > /usr/local/bin/tool && chmod 4755 /usr/local/bin/tool
                FROM tools
                SHELL ["/bin/bash", "-eo", "pipefail", "-c"]
                ENV A="a b" B='$A' C=c\ d EMPTY=
                RUN set -u; echo "${A}|${B}|$C|${EMPTY-unset}" | tee /env.txt; false | true || echo 'it'"'"'s' >> /env.txt
                SHELL ["/bin/sh", "-c"]
                RUN cd /opt && mkdir one && cd one && echo x > file
                RUN test "$PWD" = / && for name in b a; do \
                      mkdir -p "/opt/$name"; \
                      ln -s ../one/file "/opt/$name/link"; \
                    done; \
                    false; true
                COPY files/ /opt/files
                COPY files/x.conf files/y.conf /etc/
                RUN sed -i 's/one/two/' /etc/x.conf && rm /etc/y.conf && chown -R games:games /opt/files \
                    && find /opt/files -type f -exec chmod 640 {} +
                ADD tree.tar.gz /opt/tree
                ARG LEVEL=5
                RUN ["/bin/sh", "-c", "echo level $LEVEL > /opt/level"]
                RUN useradd -m person && su person -c 'echo $HOME > ~/home' && tool "$(id -u)" > /opt/tool.txt
                MAINTAINER Somebody
                LABEL multi.line="one \
                two" empty=""
                CMD tool "$A" && exec bash
                """#,
                "files/x.conf": "one\n", "files/y.conf": "y\n", "files/deep/er/z": "z\n",
            ],
            base: { project in
                try Self.makeDebianBase(project)
                let made = try Self.shell(
                    project,
                    "mkdir -p tree/d context; echo t >tree/d/t; chmod 700 tree/d; "
                        + "tar --owner=5 --group=6 -czf context/tree.tar.gz -C tree d; cp context/tree.tar.gz .")
                try #require(made.exitCode == 0, "\(made.stderrText)")
            })
    }

    private static func makeDebianBase(_ project: Project) throws {
        try #require(try project.run("/bin/cp", ByteString(Host.debianBase.string), "base.tar").exitCode == 0)
    }
}
