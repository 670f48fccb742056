import Glibc

/// An open shared library, whose functions are looked up by name.
@safe public struct SharedLibrary {
    private let handle: UnsafeMutableRawPointer

    /// A function that the library should have, but has not.
    public struct MissingFunction: Error {
        public let name: String
    }

    /// Takes what dlopen(3) returned; nobody closes the library.
    public init(handle: UnsafeMutableRawPointer) { unsafe self.handle = unsafe handle }

    /// What dlopen(3) has to say of its last failure.
    public static var lastError: String {
        unsafe dlerror().map { unsafe String(cString: $0) } ?? "no reason is known"
    }

    /// The function `name` as the C function type `Function`, which must be its own.
    public func function<Function>(_ name: String, as type: Function.Type = Function.self) throws(MissingFunction)
        -> Function
    {
        guard let function: Function = optionalFunction(name) else { throw MissingFunction(name: name) }
        return function
    }

    public func optionalFunction<Function>(_ name: String, as type: Function.Type = Function.self) -> Function? {
        guard let address = unsafe dlsym(handle, name) else { return nil }
        return unsafe unsafeBitCast(address, to: Function.self)
    }
}
