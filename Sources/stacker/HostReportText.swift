import Builder
import Checks
import OCI

/// The forms in which `stacker check` shows what it found.
enum HostReportText {
    /// One line for each fact and probe; below one that does not work, what mends it.
    static func lines(_ report: HostReport) -> String {
        var lines = ["os/kernel: \(report.kernel)", report.roots]
        for probe in report.probes {
            switch probe.outcome {
            case .works: lines.append("\(probe.name): works")
            case .skipped(let other): lines.append("\(probe.name): not tried because \(other) does not work")
            case .blocked(let finding):
                lines.append("\(probe.name): \(finding.id) \(finding.summary): \(finding.cause)")
                if let fix = finding.fix { lines.append("  hint: \(fix)") }
            }
        }
        return lines.joined(separator: "\n") + "\n"
    }

    /// Version 1 of the form: members may be added, none changes its meaning.
    static func json(_ report: HostReport) -> String {
        let document = JSONValue.object([
            "version": .integer(1), "ready": .bool(report.isReady), "kernel": .string(report.kernel),
            "roots": .string(report.roots), "probes": .array(report.probes.map(value)),
        ])
        return document.indentedText + "\n"
    }

    private static func value(_ probe: HostReport.Probe) -> JSONValue {
        var members: [String: JSONValue] = ["name": .string(probe.name)]
        switch probe.outcome {
        case .works: members["status"] = .string("ok")
        case .skipped(let other):
            members["status"] = .string("skipped")
            members["because"] = .string(other)
        case .blocked(let finding):
            members["status"] = .string("blocked")
            members["id"] = .string(finding.id)
            members["summary"] = .string(finding.summary)
            members["cause"] = .string(finding.cause)
            if let fix = finding.fix { members["fix"] = .string("\(fix)") }
        }
        return .object(members)
    }
}
