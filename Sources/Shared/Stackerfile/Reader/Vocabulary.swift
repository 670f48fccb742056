/// The words of stacker.yaml.
enum Vocabulary {
    /// Words that stacker.yaml has and this version cannot act on, of whatever kind: keys, image sources, schemes.
    ///
    /// The only list of them: a word taken out of it is accepted.
    static let notSupportedYet: Set<String> = [
        // types of `from`
        "docker",
        // where imports and archives come from
        "http", "https",
    ]

    /// Keys of a layer.
    static let directives = [
        "from", "imports", "import", "run", "cmd", "entrypoint", "full_command", "environment", "labels",
        "annotations", "volumes", "working_dir", "runtime_user", "exposed_ports", "stop_signal", "healthcheck",
        "build_only", "binds", "build_env", "build_env_passthrough", "generate_labels", "overlay_dirs", "os", "arch",
        "bom", "was_legacy_import", "was_bom",
    ]

    static let sourceKeys = ["type", "url", "tag", "insecure"]
    static let sourceTypes = ["docker", "oci", "tar", "built", "scratch"]
    static let schemes = ["http", "https", "stacker"]
    static let healthCheckFields = ["test", "interval", "timeout", "start_period", "start_interval", "retries"]
    static let importFields = ["path", "hash", "dest", "mode", "uid", "gid", "exclude"]
}
