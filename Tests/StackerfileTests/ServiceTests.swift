import Diagnostics
import Testing

@testable import Stackerfile

@Suite struct `What an image says as a service` {
    private func image(_ line: String) throws -> ImageRecipe {
        try #require(try parse("a:\n  from: {type: scratch}\n  \(line)\n").images.first)
    }

    @Test(arguments: [
        ("[80]", ["80/tcp"]), ("['80']", ["80/tcp"]), ("[443/TCP, 53/udp]", ["443/tcp", "53/udp"]),
        ("[8000-8002/sctp]", ["8000/sctp", "8001/sctp", "8002/sctp"]), ("[65535]", ["65535/tcp"]), ("", []), ("[]", []),
    ])
    func `may be ports`(_ text: String, _ ports: [String]) throws {
        #expect(try image("exposed_ports: \(text)").exposedPorts == ports)
    }

    @Test(arguments: [
        ("SIGTERM", "SIGTERM"), ("term", "SIGTERM"), ("15", "15"), ("'9'", "9"), ("SIGRTMIN+3", "SIGRTMIN+3"),
        ("rtmax-14", "SIGRTMAX-14"), ("''", nil), ("", nil),
    ])
    func `may be the signal that stops it`(_ text: String, _ signal: String?) throws {
        #expect(try image("stop_signal: \(text)").stopSignal == signal)
    }

    @Test func `may be how its health is checked`() throws {
        let check = try #require(
            try image(
                "healthcheck: {test: [CMD, /bin/check, -q], interval: 30s, timeout: 1.5s, start_period: 1h2m3s4ms, "
                    + "start_interval: 0, retries: 5}"
            ).healthCheck)
        #expect(check.test == ["CMD", "/bin/check", "-q"] && check.interval == 30_000_000_000)
        #expect(check.timeout == 1_500_000_000 && check.startPeriod == 3_723_004_000_000)
        #expect(check.startInterval == nil && check.retries == 5)
        #expect(
            try image("healthcheck: {test: curl -f localhost}").healthCheck?.test == ["CMD-SHELL", "curl -f localhost"])
        #expect(try image("healthcheck: {test: [CMD-SHELL, a | b]}").healthCheck?.test == ["CMD-SHELL", "a | b"])
        #expect(try image("healthcheck: {test: [NONE]}").healthCheck?.test == ["NONE"])
        #expect(try image("healthcheck: none").healthCheck?.test == ["NONE"])
        #expect(try image("healthcheck:").healthCheck == nil)
    }

    @Test(arguments: [
        ("exposed_ports: 80", "3:18 'exposed_ports' expected an array"),
        ("exposed_ports: [0]", "3:19 '0' is no port"),
        ("exposed_ports: [65536]", "3:19 '65536' is no port"),
        ("exposed_ports: [80:80]", "3:19 '80:80' is no port"),
        ("exposed_ports: [-80]", "3:19 '-80' is no port"),
        ("exposed_ports: [80/http]", "3:19 '80/http' is no port"),
        ("exposed_ports: [80/tcp/udp]", "3:19 '80/tcp/udp' is no port"),
        ("exposed_ports: [90-80]", "3:19 '90-80' is no port"),
        ("exposed_ports: ['']", "3:19 '' is no port"),
        ("exposed_ports: ['080']", "3:19 '080' is no port"),
        ("exposed_ports: [1.5]", "3:19 '1.5' is no port"),
        ("exposed_ports: [~]", "3:19 '~' is no port"),
        ("exposed_ports: [{80: 81}]", "3:19 a port is a map"),
        ("stop_signal: [TERM]", "3:16 'stop_signal' is a list"),
        ("stop_signal: SIGTREM", "3:16 'SIGTREM' is no signal"),
        ("stop_signal: 65", "3:16 '65' is no signal"),
        ("stop_signal: -9", "3:16 '-9' is no signal"),
        ("stop_signal: SIGRTMIN+31", "3:16 'SIGRTMIN+31' is no signal"),
        ("healthcheck: [CMD, x]", "3:16 'healthcheck' is a list"),
        ("healthcheck: NONE", "3:16 'healthcheck' is a string"),
        ("healthcheck: no", "3:16 'healthcheck' is a bool"),
        ("healthcheck: {interval: 3s}", "3:3 a healthcheck has no 'test'"),
        ("healthcheck: {test: x, intervall: 3s}", "3:26 'intervall' is no field of a healthcheck"),
        ("healthcheck: {test: x, interval: 30}", "3:36 'interval' is no duration"),
        ("healthcheck: {test: x, timeout: 30 s}", "3:35 'timeout' is no duration"),
        ("healthcheck: {test: x, timeout: 5d}", "3:35 'timeout' is no duration"),
        ("healthcheck: {test: x, timeout: -5s}", "3:35 'timeout' is no duration"),
        ("healthcheck: {test: x, timeout: 300000000h}", "3:35 'timeout' is no duration"),
        ("healthcheck: {test: x, timeout: 1us}", "3:35 'timeout' is shorter than a millisecond"),
        ("healthcheck: {test: x, retries: -1}", "3:35 'retries' is no number"),
        ("healthcheck: {test: x, retries: '3'}", "3:35 'retries' is no number"),
        ("healthcheck: {test: {a: b}}", "3:23 'test' is a map"),
        ("healthcheck: {test: []}", "3:23 this 'test' says no command"),
        ("healthcheck: {test: [curl, x]}", "3:23 this 'test' says no command"),
        ("healthcheck: {test: [CMD-SHELL, a, b]}", "3:23 this 'test' says no command"),
        ("healthcheck: {test: ''}", "3:23 'test' is empty"),
    ])
    func `is refused where it cannot be`(_ line: String, _ message: String) {
        let text = "a:\n  from: {type: scratch}\n  \(line)\n"
        let first = errors(Array(text.utf8))?.diagnostics.first
        #expect(first.map { "\($0.mark) \($0.message)" } == message)
    }

    @Test func `suggests the signal that was meant`() {
        #expect(messages("a:\n  from: {type: scratch}\n  stop_signal: SIGTREM\n").contains("did you mean 'SIGTERM'?"))
    }

    @Test(arguments: [
        ("9223372036.854775807s", Int64.max), ("9223372036.854775808s", nil),
        ("2562047h47m16s", 9_223_372_036_000_000_000),
        ("1.1.1s", nil), ("s", nil), (".s", nil), (".5s", 500_000_000), ("1s1", nil), ("", nil), ("0", 0),
        ("1e3s", nil),
        ("99999999999999999999h", nil), ("0.000000001s", 1), ("1µs", 1_000), ("1μs", 1_000),
        ("0.5h", 1_800_000_000_000),
    ])
    func `has exact durations`(_ text: String, _ nanoseconds: Int64?) {
        #expect(DurationText.nanoseconds(ByteString(text)) == nanoseconds)
    }
}
