import Accounts

/// The commands of each distribution; none is named where it does not exist.
extension Distribution {
    var becomesRootWith: String { family == .alpine ? "doas" : "sudo" }

    /// Installs newuidmap and newgidmap.
    var installMappingPrograms: Fix? {
        switch family {
        case .debian: .command("sudo apt install uidmap")
        case .fedora: .command("sudo dnf install shadow-utils")
        case .suse: .command("sudo zypper install shadow")
        case .arch: .command("sudo pacman -S shadow")
        case .alpine: .command("doas apk add shadow-subids")
        case .nixos:
            .advice("set `security.shadow.enable = true;` in configuration.nix and run `sudo nixos-rebuild switch`")
        case .unknown: .advice("install newuidmap and newgidmap, which are part of shadow")
        }
    }

    /// Installs them again, with the privilege that their files lost.
    var repairMappingPrograms: Fix {
        switch family {
        case .debian: .command("sudo apt install --reinstall uidmap")
        case .fedora: .command("sudo dnf reinstall shadow-utils")
        case .suse: .command("sudo zypper install --force shadow")
        case .arch: .command("sudo pacman -S shadow")
        case .alpine: .command("doas apk fix shadow-subids")
        case .nixos: .advice("run `sudo nixos-rebuild switch`, which makes the programs in /run/wrappers/bin again")
        case .unknown: .command("sudo chmod u+s \"$(command -v newuidmap)\" \"$(command -v newgidmap)\"")
        }
    }

    /// Installs getsubids, which asks a directory service for subordinate ids.
    var installGetsubids: Fix {
        switch family {
        case .debian: .command("sudo apt install uidmap")
        case .fedora: .command("sudo dnf install shadow-utils-subid")
        case .suse: .command("sudo zypper install shadow")
        case .arch: .command("sudo pacman -S shadow")
        case .alpine: .command("doas apk add shadow-subids")
        case .nixos, .unknown: .advice("install getsubids, which is part of shadow 4.10 and later")
        }
    }

    /// Sets a kernel setting now and for every later start.
    func set(_ setting: String, to value: String) -> Fix {
        guard family != .nixos else {
            return .advice(
                "set `boot.kernel.sysctl.\"\(setting)\" = \(value);` in configuration.nix and run "
                    + "`sudo nixos-rebuild switch`")
        }
        let file = "/etc/sysctl.d/99-stacker.conf"
        return .command(
            "echo \(setting)=\(value) | \(becomesRootWith) tee -a \(file) && \(becomesRootWith) sysctl -p \(file)")
    }
}
