/// The version of all programs of the suite, which are always installed together.
public enum Version {
    public static let current = "0.1.0"
}
