public import Diagnostics

/// Calls `body` with a NULL-terminated array of C strings, as exec wants arguments and environment.
///
/// The array and the text are valid during the call only. A NUL inside a value hides the rest of it: check before.
public func withCStrings<Result>(
    _ values: [ByteString], _ body: (UnsafePointer<UnsafeMutablePointer<CChar>?>) -> Result
) -> Result {
    // One buffer for all of them; the array points into it.
    var text: [CChar] = []
    var starts: [Int] = []
    for value in values {
        starts.append(text.count)
        text += value.bytes.map { CChar(bitPattern: $0) } + [0]
    }
    return unsafe text.withUnsafeMutableBufferPointer { text in
        let base = text.baseAddress
        let pointers = unsafe starts.map { start in unsafe base?.advanced(by: start) } + [nil]
        return unsafe body(pointers)
    }
}
