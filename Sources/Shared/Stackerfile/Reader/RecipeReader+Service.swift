import Diagnostics

/// What an image says to whoever runs it as a service.
extension RecipeReader {
    /// A signal by name or number; null and the empty string are unset.
    mutating func stopSignal(_ entry: YAMLEntry) -> String? {
        let text = entry.value.scalar?.normalized ?? ByteString("")
        if entry.value.scalar != nil, text.isEmpty { return nil }
        if let signal = SignalName.canonical(text) { return signal }
        findings.report(
            entry.value.scalar == nil
                ? "'stop_signal' is \(entry.value.phrase)" : "'\(Shown.text(text))' is no signal",
            at: entry.value.mark, expected: "a name or number of signal(7), such as SIGTERM",
            suggestion: Spelling.suggestion(for: text, among: SignalName.all))
        return nil
    }

    /// A list of ports and ranges of ports; null is an empty list.
    mutating func exposedPorts(_ entry: YAMLEntry) -> [String] {
        if entry.value.isNull { return [] }
        guard case .sequence(let items) = entry.value.content else {
            findings.report(
                "'exposed_ports' expected an array", at: entry.value.mark, expected: "a list of ports")
            return []
        }
        return items.flatMap { item -> [String] in
            if let text = item.scalar?.normalized, let ports = PortText.ports(text) { return ports }
            let shown = item.scalar.map { "'\(Shown.text($0.text))' is no port" } ?? "a port is \(item.phrase)"
            findings.report(
                shown, at: item.mark, expected: "a number from 1 to 65535, such as 80, 53/udp or 8000-8010/tcp")
            return []
        }
    }

    /// A map with a `test`, or the word `none`; null is unset.
    mutating func healthCheck(_ entry: YAMLEntry) -> HealthCheckRecipe? {
        if entry.value.isNull { return nil }
        if entry.value.string == "none" { return HealthCheckRecipe(test: ["NONE"]) }
        guard case .mapping(let fields) = entry.value.content else {
            findings.report(
                "'healthcheck' is \(entry.value.phrase)", at: entry.value.mark,
                expected: "a map with a 'test', or none")
            return nil
        }
        var check = HealthCheckRecipe(test: [])
        var hasTest = false
        for field in fields {
            switch field.key.scalar?.text {
            case "test":
                hasTest = !field.value.isNull
                check.test = hasTest ? healthTest(field.value) : []
            case "interval": check.interval = duration(field)
            case "timeout": check.timeout = duration(field)
            case "start_period": check.startPeriod = duration(field)
            case "start_interval": check.startInterval = duration(field)
            case "retries": check.retries = retries(field)
            case let key:
                findings.report(
                    "'\(Shown.text(key ?? ""))' is no field of a healthcheck", at: field.key.mark,
                    suggestion: Spelling.suggestion(for: key ?? "", among: Vocabulary.healthCheckFields))
            }
        }
        if !hasTest { findings.report("a healthcheck has no 'test'", at: entry.key.mark) }
        return check
    }

    /// A line for a shell, or a list that says at its beginning what it is.
    private mutating func healthTest(_ value: YAMLNode) -> [String] {
        let forms = "a line for a shell, or a list that begins with CMD, CMD-SHELL or NONE"
        if let line = value.string {
            if line.isEmpty { findings.report("'test' is empty", at: value.mark, expected: forms) }
            return ["CMD-SHELL", String(decoding: line.bytes, as: UTF8.self)]
        }
        guard case .sequence = value.content else {
            findings.report("'test' is \(value.phrase)", at: value.mark, expected: forms)
            return []
        }
        let words = script(value)
        let isWhole =
            switch words.first {
            case "NONE": words.count == 1
            case "CMD": words.count > 1
            case "CMD-SHELL": words.count == 2
            default: false
            }
        if !isWhole { findings.report("this 'test' says no command", at: value.mark, expected: forms) }
        return words
    }

    /// Nanoseconds; null and 0 leave it to the runtime.
    private mutating func duration(_ field: YAMLEntry) -> Int64? {
        if field.value.isNull { return nil }
        let name = Shown.text(field.key.scalar?.text ?? "")
        let isNumber = field.value.string == nil && field.value.scalar?.value != .integer(0)
        guard let text = field.value.scalar?.text, !isNumber, let value = DurationText.nanoseconds(text) else {
            findings.report(
                "'\(name)' is no duration", at: field.value.mark,
                expected: "a number with a unit, such as 30s, 1m30s or 500ms")
            return nil
        }
        // Docker refuses to start what is checked more often.
        guard value == 0 || value >= 1_000_000 else {
            findings.report("'\(name)' is shorter than a millisecond", at: field.value.mark)
            return nil
        }
        return value == 0 ? nil : value
    }

    private mutating func retries(_ field: YAMLEntry) -> Int64? {
        if field.value.isNull { return nil }
        guard case .integer(let value) = field.value.scalar?.value, (0...Int64(Int32.max)).contains(value) else {
            findings.report("'retries' is no number", at: field.value.mark, expected: "a whole number, such as 3")
            return nil
        }
        return value == 0 ? nil : value
    }
}
