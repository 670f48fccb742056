import Diagnostics
import Testing

@testable import Builder

@Suite struct RunEnvironmentTests {
    @Test func isMadeFromNothingButAFewVariablesOfTheCaller() {
        let entries = RunEnvironment.make(
            image: "app",
            host: ["HOME=/root", "TERM=xterm", "https_proxy=http://p:1/", "NO_PROXY=", "LD_PRELOAD=/x", "TERMINAL=no"])
        #expect(
            entries == [
                "container=lxc", "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
                "https_proxy=http://p:1/", "TERM=xterm", "STACKER_LAYER_NAME=app",
            ])
    }

    @Test func valuesThatAreNotUTF8StayAsTheyAre() {
        let value = ByteString(Array("TERM=".utf8) + [0xff])
        #expect(RunEnvironment.make(image: "app", host: [value]).contains(value))
    }
}
