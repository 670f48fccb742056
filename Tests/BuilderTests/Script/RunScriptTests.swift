import Testing

@testable import Builder

@Suite struct RunScriptTests {
    @Test(arguments: [
        (["a"], "#!/bin/sh -xe\na\n"), (["a", "b"], "#!/bin/sh -xe\na\nb\n"),
        (["#!/bin/bash\na", "b"], "#!/bin/bash\na\nb\n"), (["a", "#!/bin/bash"], "#!/bin/sh -xe\na\n#!/bin/bash\n"),
    ])
    func allItemsAreOneScript(_ items: [String], _ text: String) {
        #expect(RunScript.text(items) == text)
    }
}
