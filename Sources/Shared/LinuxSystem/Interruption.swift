import CShims

/// What happens when somebody wants this process to end.
public enum Interruption {
    /// From now on SIGHUP, SIGINT, SIGQUIT and SIGTERM end the process with status 128 + signal and a message.
    ///
    /// The terminal on standard input then has the state it has now. Nothing else needs to be done on the way out: the
    /// kernel ends what runs in our namespaces, and what is unfinished on disk has a temporary name.
    public static func endWithMessage() { stk_end_on_signals() }
}
