import Diagnostics
import Stackerfile
import Testing

@testable import Dockerfile

@Suite struct `What has no equivalent is refused` {
    private func errors(_ text: String) -> [String] {
        do throws(StackerfileErrors) {
            _ = try convert(text)
            return []
        } catch {
            return error.diagnostics.map { "\($0.mark) \($0.message)" }
        }
    }

    @Test(arguments: [
        ("ONBUILD RUN x", "2:1 unknown Dockerfile cmd: ONBUILD has no equivalent in stacker.yaml"),
        ("RUNN x", "2:1 unknown Dockerfile cmd: RUNN"),
        ("RUN --mount=type=cache,target=/x a", "2:5 RUN --mount has no equivalent in stacker.yaml"),
        ("RUN --network=none a", "2:1 RUN --network=none has no equivalent in stacker.yaml"),
        ("RUN", "2:1 RUN says nothing"),
        ("RUN echo ${{x}}", "2:10 '${{' would be a substitution in stacker.yaml"),
        ("RUN <<EOF\na", "2:5 the here-document 'EOF' has no end"),
        ("COPY a.txt", "2:1 COPY needs what to copy, and where to"),
        ("COPY --parents a.txt /x", "2:6 stacker converts no '--parents' of COPY"),
        ("COPY a.txt b.txt /x", "2:18 of several sources the destination is a directory"),
        ("COPY *.md /x/", "2:6 nothing here matches '*.md', or too much"),
        ("COPY link /x", "2:6 'link' is a symbolic link, which would be copied as one"),
        ("COPY --chown=a:b:c a.txt /x", "2:1 'a:b:c' is no owner"),
        ("COPY --chmod=u+x a.txt /x", "2:1 'u+x' is no mode"),
        ("COPY --from=3 /a /b", "2:1 there is no stage 3 before this one"),
        ("COPY --from=x/y /*.so /b/", "2:17 a pattern for files of this image cannot be converted"),
        ("ADD data.gz /x", "2:5 whether 'data.gz' is an archive cannot be told from its name"),
        ("ADD git@x:y /x", "2:5 ADD of a git repository cannot be converted"),
        ("ENV A", "2:1 ENV gives 'A' no value"), ("ENV A=b C", "2:9 'C' has no ="),
        ("ENV 1A=b", "2:1 '1A' cannot be the name of a variable"),
        ("ENV A='b", "2:7 a ' is not closed here"), ("ENV A=${b", "2:7 a { is not closed here"),
        ("ENV A=${b#c}", "2:7 stacker converts no '${b…}' of this kind"),
        ("ENV A=\"${b:?no b}\"", "2:8 'b' is not set: no b"),
        ("ARG b\nENV A=${b:+c}", "3:7 'b' is known when the image is built, and not when the file is converted"),
        ("ARG 1=2", "2:5 '1=2' names no argument"), ("LABEL =x", "2:1 a label has no name"),
        ("EXPOSE 80:80", "2:8 '80:80' is no port"), ("STOPSIGNAL X", "2:12 'X' is no signal"),
        ("SHELL /bin/bash", "2:1 SHELL has no list of words"), ("USER a b", "2:1 'a b' cannot be a user"),
        ("HEALTHCHECK curl", "2:1 HEALTHCHECK says no command"),
        ("HEALTHCHECK --interval=5 CMD a", "2:1 --interval cannot be '5'"),
        ("FROM x AS b AS c", "2:1 FROM names no image, or too much"), ("FROM x AS a", "2:11 the name 'a' is taken"),
        ("FROM x AS 1", "2:11 '1' cannot be the name of a stage"),
    ])
    func `with its place`(_ text: String, _ message: String) {
        #expect(errors("FROM b AS a\n" + text) == [message])
    }

    @Test func `all at once`() {
        let text = "FROM b\nONBUILD RUN x\nRUN a \\\n  && b\nEXPOSE 1 \\\n  x 2 \\\n  y\n"
        #expect(
            errors(text) == [
                "2:1 unknown Dockerfile cmd: ONBUILD has no equivalent in stacker.yaml", "6:3 'x' is no port",
                "7:3 'y' is no port",
            ])
    }

    @Test(arguments: [
        ("", "1:1 the file has no FROM"), ("RUN x", "1:1 RUN stands before the first FROM"),
        ("FROM b\u{1}", "1:7 the control character \\x01 is not allowed"),
        ("# escape=x\nFROM b", "1:10 the escape character cannot be 'x'"),
        (
            "FROM scratch\nCOPY --chown=a a.txt /x",
            "2:1 an image from scratch knows no names, and has no program for the mode of a directory"
        ),
        ("FROM scratch\nCOPY <<E /x\nE", "2:1 an image from scratch has no program that writes a here-document"),
    ])
    func `in the file as a whole`(_ text: String, _ message: String) {
        #expect(errors(text).first == message)
    }

    @Test func `a variable that doubles itself is bounded`() {
        let text = "FROM b\nENV A=xxxxxxxxxxxxxxxx\n" + String(repeating: "ENV A=$A$A\n", count: 60)
        #expect(errors(text).first?.contains("this becomes longer than 65536 bytes") == true)
    }

    @Test func `more instructions than anybody writes are too many`() {
        let text = "FROM b\n" + String(repeating: "RUN a\n", count: 6_000)
        #expect(errors(text) == ["5001:1 more than 5000 instructions"])
    }

    @Test func `what only may differ is a warning`() throws {
        let conversion = try convert("FROM b\nENV PATH=/x:$PATH A=$B\nCOPY later /x\n")
        #expect(
            conversion.warnings.map { "\($0.mark) \($0.message)" } == [
                "2:10 the PATH of the base image is not known, and taken to be the usual one",
                "2:21 'B' is not set in this file, and is empty here: what the base image sets is not known",
                "3:6 'later' is not here yet",
                "1:1 the command of the base image is not known here, and the image gets none: give it 'cmd' or 'entrypoint'",
            ])
    }
}
