extension ImageRecipe {
    /// The images of the same file that must be built before this one.
    public var needs: [String] {
        if case .built(let name) = base { [name] } else { [] }
    }
}
