/// A command that a person asked for ended with another status than 0, which is no failure of ours to talk about.
struct CommandStatus: Error {
    var status: Int32
}
