import Diagnostics
import Testing

@Suite struct TimestampTests {
    /// Expected values from `date -u -d @N +%FT%TZ`.
    @Test(arguments: [
        (0, "1970-01-01T00:00:00Z"), (-1, "1969-12-31T23:59:59Z"), (951_782_400, "2000-02-29T00:00:00Z"),
        (1_709_210_096, "2024-02-29T12:34:56Z"), (4_107_542_399, "2100-02-28T23:59:59Z"),
        (4_107_542_400, "2100-03-01T00:00:00Z"), (Int64.max, "9999-12-31T23:59:59Z"),
        (Int64.min, "0001-01-01T00:00:00Z"),
    ])
    func isTheDateOfTheCalendar(_ seconds: Int64, _ text: String) {
        #expect(Timestamp.rfc3339(seconds) == text)
    }
}
