# Reads `swift package dump-package`; prints a sentence for each arrow that the design forbids.

# Layers, lowest first. Modules of one layer do not know each other.
[ ["CShims", "Diagnostics", "Digests", "DynamicLibraries", "SystemPackage", "ArgumentParser"],
  ["LinuxSystem"],
  ["HelperProtocol"],
  ["Accounts", "HTTP", "HelperClient", "Layers", "OCI", "Sandbox", "Stackerfile"],
  ["Checks", "Dockerfile", "Storage"],
  ["Builder"],
  ["stacker", "stacker-setup", "stacker-nsexec"] ] as $layers
# Who may wrap which C library.
| { "CArchive": ["Layers"], "CCap": ["LinuxSystem"], "CCrypto": ["Digests"], "CCurl": ["HTTP"], "CISAL": ["Layers"],
    "CSeccomp": ["LinuxSystem"], "CYAML": ["Stackerfile"], "CZlib": ["Layers"], "CZstd": ["Layers"] } as $wrappers
# What a program may link at most, where that is less than everything below it.
| { "stacker-nsexec": ["CCap", "CSeccomp", "CShims", "Diagnostics", "HelperProtocol", "LinuxSystem", "Sandbox", "SystemPackage"],
    "stacker-setup": ["Accounts", "ArgumentParser", "CCap", "CSeccomp", "CShims", "Checks", "Diagnostics", "HelperProtocol",
        "LinuxSystem", "SystemPackage"] } as $reach

| [ .targets[] | select(.type == "regular" or .type == "executable") | select(.name | IN("TestSupport", "LayersFuzz", "StackerfileFuzz", "jail-worker") | not)
    | { key: .name, value: [.dependencies[] | (.byName // .target // .product)[0]] } ] | from_entries as $graph
| def layer($name): first($layers | to_entries[] | select(.value | index($name)) | .key) // -1;
  def closure: . as $seen | ([.[], (.[] | $graph[.] // [] | .[])] | unique) as $next
    | if $next == $seen then $seen else $next | closure end;
  [ ($graph | to_entries[] | .key as $from | .value[] as $to
      | if $wrappers[$to] then
          select($wrappers[$to] | index($from) | not) | "\($from) must not use \($to) directly: \($wrappers[$to] | join(", ")) wraps it"
        elif layer($from) < 0 then "\($from) has no layer in scripts/module-graph.jq"
        elif layer($to) < 0 then "\($to), which \($from) uses, has no layer in scripts/module-graph.jq"
        else select(layer($to) >= layer($from)) | "\($from) must not depend on \($to): arrows only point down" end),
    ($reach | to_entries[] | .key as $program | .value as $allowed
      | ($graph[$program] | closure)[] as $reached | select($allowed | index($reached) | not)
      | "\($program) must not reach \($reached)") ] | unique
| .[]
