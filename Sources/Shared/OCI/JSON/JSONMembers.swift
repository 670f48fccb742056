/// Takes the known members out of an object; what is left is kept for the day the object is written again.
struct JSONMembers {
    private(set) var rest: [String: JSONValue]
    private let place: String

    init(_ value: JSONValue, at place: String) throws(InvalidDocument) {
        guard case .object(let members) = value else { throw InvalidDocument(place, "this is no object") }
        rest = members
        self.place = place
    }

    /// The name of a member, for messages.
    func path(_ name: String) -> String { place.isEmpty ? name : "\(place).\(name)" }

    func contains(_ name: String) -> Bool { rest[name] != nil }

    /// The member, `null` being the same as none.
    mutating func take(_ name: String) -> JSONValue? {
        let value = rest.removeValue(forKey: name)
        return value == .null ? nil : value
    }

    mutating func require(_ name: String) throws(InvalidDocument) -> JSONValue {
        guard let value = take(name) else { throw InvalidDocument(path(name), "it is missing") }
        return value
    }

    mutating func string(_ name: String) throws(InvalidDocument) -> String? {
        guard let value = take(name) else { return nil }
        guard case .string(let text) = value else { throw InvalidDocument(path(name), "this is no string") }
        return text
    }

    mutating func requiredString(_ name: String) throws(InvalidDocument) -> String {
        guard let text = try string(name) else { throw InvalidDocument(path(name), "it is missing") }
        return text
    }

    mutating func integer(_ name: String) throws(InvalidDocument) -> Int64? {
        guard let value = take(name) else { return nil }
        guard case .integer(let number) = value else { throw InvalidDocument(path(name), "this is no whole number") }
        return number
    }

    mutating func bool(_ name: String) throws(InvalidDocument) -> Bool? {
        guard let value = take(name) else { return nil }
        guard case .bool(let flag) = value else { throw InvalidDocument(path(name), "this is neither true nor false") }
        return flag
    }

    mutating func array(_ name: String) throws(InvalidDocument) -> [JSONValue]? {
        guard let value = take(name) else { return nil }
        guard case .array(let elements) = value else { throw InvalidDocument(path(name), "this is no array") }
        return elements
    }

    mutating func strings(_ name: String) throws(InvalidDocument) -> [String]? {
        guard let elements = try array(name) else { return nil }
        var result: [String] = []
        for (index, element) in elements.enumerated() {
            guard case .string(let text) = element else {
                throw InvalidDocument("\(path(name))[\(index)]", "this is no string")
            }
            result.append(text)
        }
        return result
    }

    /// Names and texts, such as labels; no name holds a control character.
    mutating func map(_ name: String) throws(InvalidDocument) -> [String: String] {
        guard let value = take(name) else { return [:] }
        guard case .object(let members) = value else { throw InvalidDocument(path(name), "this is no object") }
        var result: [String: String] = [:]
        for (key, member) in members {
            guard !key.utf8.contains(where: { $0 < 0x20 || $0 == 0x7f }) else {
                throw InvalidDocument(path(name), "a name in it holds a control character")
            }
            guard case .string(let text) = member else {
                throw InvalidDocument("\(path(name)).\(key)", "this is no string")
            }
            result[key] = text
        }
        return result
    }

    /// The names of an object that stands for a set.
    mutating func set(_ name: String) throws(InvalidDocument) -> Set<String> {
        guard let value = take(name) else { return [] }
        guard case .object(let members) = value else { throw InvalidDocument(path(name), "this is no object") }
        for (key, member) in members where member.members == nil && member != .null {
            throw InvalidDocument("\(path(name)).\(key)", "this is no object")
        }
        return Set(members.keys)
    }
}
