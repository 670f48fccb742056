import Digests
import Diagnostics
import LinuxSystem
import Testing

@testable import Builder

/// Which results stay when what builds keep is thinned out.
@Suite struct CollectionPlanTests {
    private static func digest(_ text: String) -> Digest { Digest(of: Array(text.utf8)) }

    private static func result(_ name: ByteString, at time: Int64, blobs: [String], trees: [ByteString] = [])
        -> CollectionPlan.Result
    {
        CollectionPlan.Result(
            name: name, lastUse: .init(seconds: time, nanoseconds: 0), blobs: Set(blobs.map(digest)), trees: Set(trees))
    }

    private static let plan = CollectionPlan(
        results: [
            result("old", at: 1, blobs: ["a"], trees: ["t"]), result("middle", at: 2, blobs: ["a", "b"]),
            result("new", at: 3, blobs: ["b", "c"], trees: ["t"]),
        ],
        latest: ["middle", "gone"], blobs: [digest("a"): 10, digest("b"): 20, digest("c"): 30], trees: ["t": 100])

    @Test func withoutALimitTheLatestOfEachImageStays() {
        #expect(Self.plan.kept(within: nil).map(\.name) == ["middle"])
    }

    @Test(
        arguments: [
            (0, []), (149, []), (150, ["new"]), (159, ["new"]), (160, ["new", "middle", "old"]),
            (.max, ["new", "middle", "old"]),
        ] as [(UInt64, [ByteString])])
    func withALimitTheLastUsedStayAndWhatTheyShareCountsOnce(_ limit: UInt64, _ names: [ByteString]) {
        #expect(Self.plan.kept(within: limit).map(\.name) == names)
    }

    @Test func nothingOlderStaysInPlaceOfSomethingNewer() {
        var plan = Self.plan
        plan.results.append(Self.result("small", at: 0, blobs: []))
        #expect(plan.kept(within: 149).isEmpty)
    }
}
