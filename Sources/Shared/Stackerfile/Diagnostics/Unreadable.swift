/// Says that the file cannot be read further; why is among the findings.
struct Unreadable: Error {}
