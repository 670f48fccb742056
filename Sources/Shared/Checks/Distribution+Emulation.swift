import Diagnostics

/// Programs of other architectures.
extension Distribution {
    /// Installs an emulator that the kernel starts for programs of this architecture, in the words of Go's `GOARCH`.
    public func installEmulator(for architecture: String) -> Fix {
        switch family {
        case .debian: .command("sudo apt install \(hasMergedEmulators ? "qemu-user-binfmt" : "qemu-user-static")")
        case .fedora: .command("sudo dnf install qemu-user-static && sudo systemctl restart systemd-binfmt")
        case .suse: .command("sudo zypper install qemu-linux-user && sudo systemctl restart systemd-binfmt")
        case .arch: .command("sudo pacman -S qemu-user-static qemu-user-static-binfmt")
        case .alpine:
            .command(
                "doas apk add qemu-\(Self.emulator(for: architecture)) qemu-openrc && doas rc-service qemu-binfmt start"
            )
        case .nixos:
            .advice(
                "set `boot.binfmt.emulatedSystems = [ \"\(Self.emulator(for: architecture))-linux\" ];` and"
                    + " `boot.binfmt.preferStaticEmulators = true;` in configuration.nix and run `sudo nixos-rebuild switch`"
            )
        case .unknown:
            .advice("install qemu-user-static, and register it with binfmt_misc and the flag F")
        }
    }

    /// Debian 13 and Ubuntu 25.04 link all emulators statically, in packages with other names.
    private var hasMergedEmulators: Bool {
        let major = version.flatMap {
            Int(String(decoding: $0.bytes.prefix { $0 != UInt8(ascii: ".") }, as: UTF8.self))
        }
        guard let major else { return name.bytes.starts(with: Array("Debian".utf8)) }
        return name.bytes.starts(with: Array("Ubuntu".utf8)) ? major >= 25 : (13..<20).contains(major)
    }

    /// What QEMU calls an architecture.
    private static func emulator(for architecture: String) -> String {
        [
            "386": "i386", "amd64": "x86_64", "arm64": "aarch64", "mips64le": "mips64el", "mipsle": "mipsel",
            "loong64": "loongarch64",
        ][architecture] ?? architecture
    }
}
