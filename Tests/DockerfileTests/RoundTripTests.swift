import Diagnostics
import Testing

@testable import Dockerfile
@testable import Stackerfile

/// Whatever is converted is a stacker.yaml, and whatever is not is refused.
@Suite struct `What comes out of a conversion` {
    static let text = #"""
        # syntax=docker/dockerfile:1
        ARG TAG="1:2 # it's"
        FROM docker.io/library/b:$TAG AS build
        ARG A=1 B="x $A: #"
        ENV C=$A D="a: b" E='é' F="tab	x" G=yes H="\"" I=0x1 J=' ' K=${L:-m} N=
        WORKDIR "/w d/$A"
        COPY --chown=$A:2 --chmod=0755 a.txt conf *.txt ./x/
        RUN set -e; echo "it's" é "$A"; \
          cat <<X && b
        a
         b: #
        X
        RUN ["a b", "c'd"]
        RUN a && \
          b \
          c && d
        SHELL ["/bin/bash", "-c"]
        RUN x "$(y 'z')" | w
        USER app
        RUN a
        ADD src.tar.gz /opt/
        COPY <<"E" <<-F /e/
        $A
        E
        	b
        	F
        FROM scratch
        ARG A=1
        ARG TAG
        COPY --from=build --chown=7 /x/*.so /y /z/
        COPY --from=c/d /x /y
        LABEL "a b"="c: d" e=$TAG
        EXPOSE 80 $A/udp
        HEALTHCHECK --timeout=3s --start-period=1m CMD ["a", "b"]
        STOPSIGNAL 9
        VOLUME ["/a", "/b"]
        ENTRYPOINT ["x"]
        CMD y $z
        """#

    /// Fails where the result is none that stacker reads.
    private static func check(_ text: String) throws -> Recipe? {
        let conversion: DockerfileConversion
        do throws(StackerfileErrors) {
            conversion = try convert(text)
        } catch {
            #expect(!error.diagnostics.isEmpty)
            return nil
        }
        let values = try SubstituteFile.parse(conversion.substitutions ?? [], file: "subs.yaml")
        return try StackerfileParser.parse(
            conversion.stackerfile, file: "stacker.yaml", substitutions: Substitutions(values), limits: Limits(),
            notSupportedYet: [])
    }

    @Test func `is read again as what it was meant to be`() throws {
        let recipe = try #require(try Self.check(Self.text.replacingOccurrences("# it's", "it")))
        let image = try #require(recipe.images.last)
        #expect(image.name == "app" && !image.isBuildOnly)
        #expect(!recipe.images.dropLast().contains { !$0.isBuildOnly })
        #expect(image.labels.map(\.name) == ["a b", "e"] && image.labels.map(\.value) == ["c: d", "1:2 it"])
        #expect(image.exposedPorts == ["80/tcp", "1/udp"] && image.volumes == ["/a", "/b"])
        #expect(image.healthCheck?.timeout == 3_000_000_000 && image.healthCheck?.test == ["CMD", "a", "b"])
        #expect(image.command == ["/bin/sh", "-c", "y $z"] && image.stopSignal == "9")
        let first = try #require(recipe.images.first { !$0.buildEnvironment.isEmpty })
        let variables = first.buildEnvironment.map { "\($0.name)=\($0.value)" }
        #expect(
            variables.dropFirst() == [
                "A=1", "B=x 1: #", "C=1", "D=a: b", "E=é", "F=tab\tx", "G=yes", "H=\"", "I=0x1", "J= ", "K=m", "N=",
            ], "\(variables)")
        let names = Set(recipe.images.map(\.name))
        for image in recipe.images { #expect(Set(image.needs).isSubset(of: names)) }
        _ = try recipe.buildOrder()
    }

    /// Changes bytes at random places, always the same ones.
    @Test func `is a stacker.yaml or an error, whatever goes in`() throws {
        var generator = Generator(state: 42)
        let seeds = [Self.text, Self.text.replacingOccurrences("# it's", "it")].map { Array($0.utf8) }
        let words = [
            "${", "}", "'", "\"", "\\\n", "<<E", "\n", "$A", "--from=", "FROM ", "\t", " ", "é", "*", "/../", ":",
        ]
        for round in 0..<1_500 {
            var bytes = seeds[round % seeds.count]
            for _ in 0..<Int.random(in: 1...6, using: &generator) where !bytes.isEmpty {
                let place = Int.random(in: 0..<bytes.count, using: &generator)
                switch Int.random(in: 0..<4, using: &generator) {
                case 0: bytes[place] = UInt8.random(in: 9...126, using: &generator)
                case 1:
                    bytes.removeSubrange(place..<min(bytes.count, place + Int.random(in: 1...40, using: &generator)))
                case 2:
                    bytes.insert(contentsOf: words.randomElement(using: &generator)?.utf8.map { $0 } ?? [], at: place)
                default: bytes = Array(bytes[..<place])
                }
            }
            let text = String(decoding: bytes, as: UTF8.self)
            do {
                _ = try Self.check(text)
            } catch {
                Issue.record("\(error)\n\(text)")
                return
            }
        }
    }

    struct Generator: RandomNumberGenerator {
        var state: UInt64

        mutating func next() -> UInt64 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return (state >> 33) ^ (state << 31)
        }
    }
}

extension String {
    fileprivate func replacingOccurrences(_ text: String, _ other: String) -> String {
        split(separator: text, omittingEmptySubsequences: false).joined(separator: other)
    }
}
