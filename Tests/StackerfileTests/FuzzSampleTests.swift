import StackerfileFuzz
import Testing

/// A fixed sample of what the fuzzer does for minutes: cases of `Tests/Golden` with a few bytes changed.
@Suite struct `A changed stacker.yaml` {
    @Test(arguments: StackerfileFuzzTarget.allCases)
    func `is read or refused with places in it`(_ target: StackerfileFuzzTarget) throws {
        var random = Generator(state: 42)
        let interesting = Array("\n\t :-[]{}&*!|>'\"%@`#,?=$\\\u{7f}".utf8) + Array("${{}}".utf8)
        for topic in GoldenCase.topics {
            for one in try GoldenCase.cases(topic) {
                for _ in 0..<5 {
                    var bytes = one.bytes
                    if target == .substitution { bytes = Array("A=1\nDIR=${{A}}/${{A:\n\n".utf8) + bytes }
                    for _ in 0...Int(random.next() % 4) where !bytes.isEmpty {
                        let place = Int(random.next() % UInt64(bytes.count))
                        switch random.next() % 3 {
                        case 0: bytes[place] = interesting[Int(random.next() % UInt64(interesting.count))]
                        case 1: bytes.insert(contentsOf: "${{A:".utf8, at: place)
                        default: bytes.remove(at: place)
                        }
                    }
                    try target.run(bytes)
                }
            }
        }
    }

    /// Source: Steele, Lea, Flood, SplitMix, 2014.
    private struct Generator: RandomNumberGenerator {
        var state: UInt64

        mutating func next() -> UInt64 {
            state &+= 0x9e37_79b9_7f4a_7c15
            var value = state
            value = (value ^ (value >> 30)) &* 0xbf58_476d_1ce4_e5b9
            value = (value ^ (value >> 27)) &* 0x94d0_49bb_1331_11eb
            return value ^ (value >> 31)
        }
    }
}
