import CTestSupport
import Glibc
import LayersFuzz
import StackerfileFuzz
import SystemPackage

/// What libFuzzer calls with each input.
@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    do {
        let bytes = Array(UnsafeBufferPointer(start: start, count: count))
        if let target = StackerfileFuzzTarget(rawValue: name) {
            try target.run(bytes)
        } else {
            try (FuzzTarget(rawValue: name) ?? .tar).run(bytes, in: directory)
        }
    } catch {
        // What is no refusal of the input ends the process, as a trap would: libFuzzer then keeps the input.
        fatalError("finding: \(error)")
    }
    return 0
}

/// The entry point, under the name that SwiftPM gives to that of any program; the one of libFuzzer is passed over.
@_cdecl("fuzz_main")
public func fuzz(_ count: CInt, _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?) -> CInt {
    var (count, arguments) = (count, arguments)
    return LLVMFuzzerRunDriver(&count, &arguments) { testOneInput($0, $1) }
}

/// `STACKER_FUZZ_TARGET`, and the directory it may work in.
private let name = getenv("STACKER_FUZZ_TARGET").map { String(cString: $0) } ?? ""
private let directory = FilePath(getenv("STACKER_FUZZ_DIRECTORY").map { String(cString: $0) } ?? ".")
