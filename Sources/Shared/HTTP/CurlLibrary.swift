import CCurl
import Diagnostics
import DynamicLibraries
import Glibc

/// libcurl, opened on first use, because being linked to it costs every start of a program some milliseconds.
///
/// Source: libcurl(3), version 7.61 or newer.
@safe struct CurlLibrary: @unchecked Sendable {
    // Safety: pointers to functions that keep no state of their own beside the handle; nobody closes the library.
    let makeEasy: curl_easy_init_function
    let freeEasy: curl_easy_cleanup_function
    let perform: curl_easy_perform_function
    let errorText: curl_easy_strerror_function
    let set: OpaquePointer
    let get: OpaquePointer

    private static let name = "libcurl.so.4"
    /// Loaded once, because starting it is not for several threads at a time.
    private static let loaded = Result { () throws(Failure) in try CurlLibrary() }

    /// - Throws: ``Failure`` that names the package, where it is not installed.
    static func load() throws(Failure) -> CurlLibrary { try loaded.get() }

    private init() throws(Failure) {
        guard let handle = unsafe dlopen(Self.name, RTLD_NOW | RTLD_LOCAL) else {
            throw Self.missing(because: SharedLibrary.lastError)
        }
        let library = unsafe SharedLibrary(handle: handle)
        do {
            let start: curl_global_init_function = try library.function("curl_global_init")
            unsafe makeEasy = try library.function("curl_easy_init")
            unsafe freeEasy = try library.function("curl_easy_cleanup")
            unsafe perform = try library.function("curl_easy_perform")
            unsafe errorText = try library.function("curl_easy_strerror")
            unsafe set = try library.function("curl_easy_setopt")
            unsafe get = try library.function("curl_easy_getinfo")
            guard start(Int(CURL_GLOBAL_SSL | CURL_GLOBAL_WIN32)) == CURLE_OK else {
                throw Self.missing(because: "it does not start")
            }
        } catch let error as SharedLibrary.MissingFunction {
            throw Self.missing(because: "it has no \(error.name)")
        } catch {
            throw Failure(explaining: error)
        }
    }

    private static func missing(because reason: String) -> Failure {
        Failure(
            "downloads need libcurl", causes: ["cannot open \(name)", reason],
            hint: "install libcurl (package libcurl4 with apt, libcurl with dnf)")
    }
}
