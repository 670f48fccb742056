/// What happens in a build, in the order in which it happens.
///
/// Output of steps and lines of the log are none: those come in build order.
public enum BuildEvent: Hashable, Sendable {
    /// The images, in build order, of which so many at a time are built.
    case began(images: [String], jobs: Int)
    case imageBegan(String)
    case activityBegan(BuildActivity)
    /// What is under way, with the bytes done of each; sent again and again.
    case progressed([Progress])
    case activityEnded(BuildActivity, bytes: UInt64?, succeeded: Bool)
    /// The image and its outcome are settled: in build order.
    case imageEnded(String, succeeded: Bool)
    /// Somebody is given the terminal until ``terminalReturned``.
    case terminalTaken
    case terminalReturned
    case ended(succeeded: Bool)

    public struct Progress: Hashable, Sendable {
        public let activity: BuildActivity
        /// `nil` where nobody counts.
        public let bytes: UInt64?

        public init(_ activity: BuildActivity, bytes: UInt64?) {
            self.activity = activity
            self.bytes = bytes
        }
    }
}
