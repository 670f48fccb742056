import Glibc
import HelperProtocol
import LinuxSystem

/// From a request to the code that does it.
enum Operations {
    /// - Returns: `nil` where the reply is already sent.
    static func perform(_ request: Request, _ channel: borrowing OwnedDescriptor) throws(HelperFailure) -> Reply? {
        if case .holdNamespace(let maps) = request.operation {
            try NamespaceHolder.run(maps, channel)
            return nil
        }
        if case .step(let step) = request.operation {
            let kind = try UserNamespace.joinOuter(request.userNamespace)
            return try StepSupervisor.run(step, in: kind, inner: request.userNamespace, channel)
        }
        _ = try UserNamespace.join(request.userNamespace)
        switch request.operation {
        case .holdNamespace, .step: return nil
        case .jail(let program): return try JailSupervisor.run(program, channel)
        case .removeTrees(let names):
            try TreeRemoval.remove(names)
            return .exited(0)
        case .measureTrees(let names): return .measured(try TreeMeasurement.measure(names))
        case .probe(let name):
            try OverlayProbe.run(name)
            return .exited(0)
        }
    }
}
