import Glibc

/// An open shared library, whose functions are looked up by name.
@safe struct SharedLibrary {
    let handle: UnsafeMutableRawPointer

    /// A function that the library should have, but has not.
    struct MissingFunction: Error {
        let name: String
    }

    /// The function `name` as the C function type `Function`, which must be its own.
    func function<Function>(_ name: String, as type: Function.Type = Function.self) throws(MissingFunction) -> Function
    {
        guard let function: Function = optionalFunction(name) else { throw MissingFunction(name: name) }
        return function
    }

    func optionalFunction<Function>(_ name: String, as type: Function.Type = Function.self) -> Function? {
        guard let address = unsafe dlsym(handle, name) else { return nil }
        return unsafe unsafeBitCast(address, to: Function.self)
    }
}
