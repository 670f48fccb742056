import Digests

extension JSONMembers {
    mutating func digest(_ name: String) throws(InvalidDocument) -> Digest {
        let text = try requiredString(name)
        guard let digest = Digest(text) else { throw .badDigest(text, at: path(name)) }
        return digest
    }
}

extension InvalidDocument {
    static func badDigest(_ text: String, at place: String) -> InvalidDocument {
        InvalidDocument(place, "\"\(text.prefix(100))\" is no sha256 digest")
    }
}
