import Diagnostics
import Stackerfile
import Testing

@testable import Dockerfile

/// What instructions become; `B` stands for the lines that every stage from the image `b` begins with.
@Suite struct `A Dockerfile becomes images` {
    private static let base = "app:\n  from:\n    type: docker\n    url: docker://b\n"

    private func body(_ text: String) throws -> String {
        let result = try converted("FROM b AS app\n" + text)
        guard result.hasPrefix(Self.base) else { return result }
        return String(result.dropFirst(Self.base.count))
    }

    static let run = "  build_env:\n    HOME: /root\n  run:\n"

    @Test(arguments: [
        ("RUN make", run + "    - make\n"),
        (
            "RUN a && b  &&\\\n\n  # note\n  c d \\\n  e",
            run + "    - |-\n      a\n      b\n      c d \\\n          e\n"
        ),
        ("RUN cd /x && make", run + "    - |-\n      (\n          cd /x\n          make\n      )\n"),
        ("RUN export A=1", run + "    - (export A=1)\n"),
        ("RUN a | b 2>&1 >f", run + "    - a | b 2>&1 >f\n"),
        ("RUN a; b", run + "    - /bin/sh -c 'a; b'\n"),
        ("RUN a || b", run + "    - /bin/sh -c 'a || b'\n"),
        (
            "RUN for i in 1 2; do \\\n  echo '$i'; \\\ndone",
            run + "    - |-\n      /bin/sh -c 'for i in 1 2; do \\\n        echo '\\''$i'\\''; \\\n      done'\n"
        ),
        ("RUN echo 'a \\\n b'", run + "    - echo 'a  b'\n"),
        (
            "RUN x=$(curl \"$u\" | jq -r \".a\") && echo \"$x\"",
            run + "    - |-\n      (\n          x=$(curl \"$u\" | jq -r \".a\")\n          echo \"$x\"\n      )\n"
        ),
        ("RUN [\"/bin/a\", \"b c\"]", run + "    - /bin/a 'b c'\n"),
        ("RUN [\"a\", \"$b\"]", run + "    - (exec a '$b')\n"),
        ("RUN <<EOF\na\n  b $c\nEOF", run + "    - |-\n      /bin/sh -c 'a\n        b $c'\n"),
        (
            "RUN cat <<-'E' >/f\n\tx\n\tE",
            run + "    - |-\n      /bin/sh -c 'cat <<-'\\''E'\\'' >/f\n      \tx\n      \tE'\n"
        ),
        (
            "RUN <<EOF\n#!/usr/bin/env python3\nprint(1)\nEOF",
            run
                + "    - |-\n      /usr/bin/env python3 /dev/fd/3 3<<'EOF'\n      #!/usr/bin/env python3\n      print(1)\n      EOF\n"
        ),
        (
            "SHELL [\"/bin/bash\", \"-eo\", \"pipefail\", \"-c\"]\nRUN a | b",
            run + "    - /bin/bash -eo pipefail -c 'a | b'\n"
        ),
        (
            "RUN a\nENV A=1 E=\nRUN b",
            run + "    - a\n    - export A='1' E=''\n    - b\n  environment:\n    A: '1'\n    E: ''\n"
        ),
        (
            "ENV E=\nRUN b",
            "  build_env:\n    HOME: /root\n    E: ''\n  run:\n    - export E=''\n    - b\n  environment:\n    E: ''\n"
        ),
        (
            "WORKDIR /w\nRUN a\nWORKDIR x\nRUN b",
            run
                + "    - mkdir -p /w\n    - cd /w\n    - a\n    - mkdir -p /w/x\n    - cd /w/x\n    - b\n  working_dir: /w/x\n"
        ),
        ("WORKDIR /w", "  run:\n    - mkdir -p /w\n  working_dir: /w\n"),
        (
            "USER app:web\nRUN a",
            run
                + "    - HOME=~app setpriv --reuid=app --regid=web --clear-groups /bin/sh -c 'a'\n  runtime_user: app:web\n"
        ),
        ("USER app\nRUN a b", run + "    - su -s /bin/sh app -c 'a b'\n  runtime_user: app\n"),
        ("USER 0\nRUN a", run + "    - a\n  runtime_user: '0'\n"),
    ])
    func `commands`(_ text: String, _ expected: String) throws {
        #expect(try body(text) == expected)
    }

    private static func imports(_ items: (String, String)...) -> String {
        "  imports:\n" + items.map { "    - path: \($0.0)\n      dest: \($0.1)\n" }.joined()
    }

    @Test(arguments: [
        ("COPY app.py /srv/", imports(("app.py", "/srv/"))),
        ("COPY app.py /srv/x.py", imports(("app.py", "/srv/x.py"))),
        ("COPY app.py /etc", imports(("app.py", "/etc/"))), ("COPY conf /etc/app", imports(("conf/", "/etc/app/."))),
        ("COPY . /srv", imports(("./", "/srv/."))), ("COPY *.txt /t/", imports(("a.txt", "/t/"), ("b.txt", "/t/"))),
        ("COPY s?b/[a-c].txt x", imports(("sub/c.txt", "/x"))),
        ("COPY [\"app.py\", \"/a b\"]", imports(("app.py", "/a b"))),
        ("WORKDIR /w\nCOPY app.py .", imports(("app.py", "/w/")) + "  working_dir: /w\n"),
        ("COPY ../../app.py /x", imports(("app.py", "/x"))), ("COPY later /x/", imports(("later", "/x/."))),
        ("COPY --link app.py /x", imports(("app.py", "/x"))),
        ("COPY --chown=5 app.py /x", imports(("app.py", "/x\n      uid: 5\n      gid: 5"))),
        (
            "COPY --chown=root:7 --chmod=4755 app.py /x",
            imports(("app.py", "/x\n      mode: 04755\n      uid: 0\n      gid: 7"))
        ),
        ("ADD https://h/f.bin /x", imports(("https://h/f.bin", "/x\n      mode: 0600"))),
        ("ADD app.py /x", imports(("app.py", "/x"))),
    ])
    func `files`(_ text: String, _ expected: String) throws {
        #expect(try body(text) == expected)
    }

    @Test(arguments: [
        ("CMD a b", "  cmd: [\"/bin/sh\", \"-c\", \"a b\"]\n"),
        ("CMD [\"a\", \"b \\\"c\"]", "  cmd: [\"a\", \"b \\\"c\"]\n"),
        ("CMD []", "  cmd: []\n"),
        ("ENTRYPOINT a\nCMD [\"b\"]", "  entrypoint: [\"/bin/sh\", \"-c\", \"a\"]\n  cmd: [\"b\"]\n"),
        ("EXPOSE 80 53/udp 80", "  exposed_ports: [80, \"53/udp\"]\n"),
        ("VOLUME /a /b", "  volumes: [\"/a\", \"/b\"]\n"),
        ("VOLUME [\"/a b\"]", "  volumes: [\"/a b\"]\n"), ("STOPSIGNAL SIGINT", "  stop_signal: SIGINT\n"),
        ("HEALTHCHECK NONE", "  healthcheck: none\n"),
        (
            "HEALTHCHECK --interval=5s --retries=2 CMD a $b || exit 1",
            "  healthcheck:\n    test: \"a $b || exit 1\"\n    interval: '5s'\n    retries: 2\n"
        ),
        ("HEALTHCHECK CMD [\"a\"]", "  healthcheck:\n    test: [\"CMD\", \"a\"]\n"),
        ("LABEL a=b \"c d\"=\"e f\" g='$h'", "  labels:\n    a: b\n    c d: e f\n    g: '$h'\n"),
        ("LABEL a yes", "  labels:\n    a: 'yes'\n"),
        ("MAINTAINER A <a@b>", "  annotations:\n    org.opencontainers.image.authors: A <a@b>\n"),
        ("ENV A=1 B=x$A", "  environment:\n    A: '1'\n    B: x\n"),
        (
            "ENV A=1\nENV B=x${A}y C=${D:-d} E=${A:+e} F=\\$A G=\"a 'b'\" H=a\\ b",
            "  environment:\n    A: '1'\n    B: x1y\n    C: d\n    E: e\n    F: '$A'\n    G: a 'b'\n    H: a b\n"
        ),
        (
            "ENV A b  c\nENV PATH=/x:$PATH",
            "  environment:\n    A: b  c\n    PATH: /x:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin\n"
        ),
        ("USER a", "  runtime_user: a\n"),
    ])
    func `configuration`(_ text: String, _ expected: String) throws {
        #expect(try body(text) == expected)
    }

    @Test func `a file after a command goes into an image above`() throws {
        let text = "WORKDIR /w\nCOPY a.txt .\nRUN a\nCOPY b.txt .\nRUN b\nCMD c"
        #expect(
            try converted("FROM b AS app\n" + text) == """
                app-1:
                  from:
                    type: docker
                    url: docker://b
                  build_only: true
                  imports:
                    - path: a.txt
                      dest: /w/
                  build_env:
                    HOME: /root
                  run:
                    - cd /w
                    - a
                app:
                  from:
                    type: built
                    tag: app-1
                  imports:
                    - path: b.txt
                      dest: /w/
                  build_env:
                    HOME: /root
                  run:
                    - cd /w
                    - b
                  working_dir: /w
                  cmd: ["/bin/sh", "-c", "c"]

                """)
    }

    @Test func `stages and arguments`() throws {
        let text = """
            ARG TAG=1.10
            FROM --platform=$BUILDPLATFORM b:${TAG} AS build
            ARG VERSION
            ENV V=$VERSION
            RUN make $VERSION
            FROM scratch
            COPY --from=build /out/x /out/y /bin/
            COPY --from=0 /etc/z /z
            COPY --from=c/d:e /f /g/
            """
        #expect(
            try converted(text) == """
                build:
                  from:
                    type: docker
                    url: 'docker://b:${{TAG}}'
                  build_only: true
                  build_env:
                    HOME: /root
                    VERSION: '${{ARG_VERSION}}'
                    V: '${{ARG_VERSION}}'
                  run:
                    - make $VERSION
                from-d:
                  from:
                    type: docker
                    url: docker://c/d:e
                  build_only: true
                ${{IMAGE}}:
                  from:
                    type: scratch
                  imports:
                    - path: stacker://build/out/x
                      dest: /bin/.
                    - path: stacker://build/out/y
                      dest: /bin/.
                    - path: stacker://build/etc/z
                      dest: /z
                    - path: stacker://from-d/f
                      dest: /g/.
                ---
                TAG: '1.10'
                ARG_VERSION: ''
                IMAGE: app

                """)
    }

    @Test func `an argument with several defaults has them where they count`() throws {
        let text = "ARG A=1\nFROM x:$A AS y\nFROM y AS z\nARG A=2\nLABEL a=$A"
        let result = try converted(text)
        #expect(result.contains("url: 'docker://x:${{A:1}}'") && result.contains("a: '${{A:2}}'"))
        #expect(!result.contains("---"))
    }

    @Test func `the default of an argument may hold another`() throws {
        let result = try converted("FROM x AS y\nARG A=1\nARG B=v$A\nLABEL b=$B")
        #expect(result.hasSuffix("---\nB: v${{A}}\nA: '1'\n"), "\(result)")
    }

    @Test func `names of owners are looked up in an image beside`() throws {
        let result = try converted("FROM b AS app\nCOPY --chown=web conf /srv/www\n")
        #expect(result.contains("- 'chown -R -h web: /.copied'\n"), "\(result)")
        #expect(result.contains("- path: stacker://app-files-1/.copied/\n      dest: /srv/www/\n"))
    }

    @Test func `a stage goes on with what the stage below it says`() throws {
        let result = try converted(
            "FROM b AS one\nENV A=1\nWORKDIR /w\nUSER u\nSHELL [\"/s\"]\nCMD a\nFROM one AS two\nENTRYPOINT b")
        #expect(
            result.hasSuffix(
                """
                two:
                  from:
                    type: built
                    tag: one
                  environment:
                    A: '1'
                  working_dir: /w
                  runtime_user: u
                  entrypoint: ["/s", "b"]

                """), "\(result)")
    }

    @Test func `text in the Dockerfile is written by a script`() throws {
        let result = try body("ENV A=1\nCOPY --chmod=600 <<EOF /d/f\nx '$A' \"\\$B\"\nEOF\n")
        #expect(
            result.contains(
                "    - |-\n      mkdir -p /d\n      cat >/d/f <<'EOF'\n      x '1' \"$B\"\n      EOF\n      chmod 0600 /d/f\n"
            ),
            "\(result)")
    }

    @Test func `backticks may take the place of backslashes`() throws {
        #expect(
            try converted("# escape=`\nFROM b AS app\nENV A=c:\\x B=`$y `\n  C=d\nCMD a").contains(
                "    A: c:\\x\n    B: '$y'\n    C: d\n"))
    }
}
