import Diagnostics
import Testing

@testable import Checks

@Suite struct EmulatorPackageTests {
    @Test(arguments: [
        (
            "ID=debian\nVERSION_ID=\"12\"\nPRETTY_NAME=\"Debian GNU/Linux 12\"",
            "run `sudo apt install qemu-user-static`"
        ),
        (
            "ID=debian\nVERSION_ID=\"13\"\nPRETTY_NAME=\"Debian GNU/Linux 13\"",
            "run `sudo apt install qemu-user-binfmt`"
        ),
        ("ID=debian\nPRETTY_NAME=\"Debian GNU/Linux forky/sid\"", "run `sudo apt install qemu-user-binfmt`"),
        ("ID=ubuntu\nVERSION_ID=24.04\nPRETTY_NAME=\"Ubuntu 24.04\"", "run `sudo apt install qemu-user-static`"),
        ("ID=ubuntu\nVERSION_ID=25.10\nPRETTY_NAME=\"Ubuntu 25.10\"", "run `sudo apt install qemu-user-binfmt`"),
        ("ID=linuxmint\nID_LIKE=\"ubuntu debian\"\nVERSION_ID=22", "run `sudo apt install qemu-user-static`"),
        (
            "ID=fedora\nVERSION_ID=43",
            "run `sudo dnf install qemu-user-static && sudo systemctl restart systemd-binfmt`"
        ),
        (
            "ID=opensuse-tumbleweed",
            "run `sudo zypper install qemu-linux-user && sudo systemctl restart systemd-binfmt`"
        ),
        ("ID=arch", "run `sudo pacman -S qemu-user-static qemu-user-static-binfmt`"),
        ("ID=alpine", "run `doas apk add qemu-aarch64 qemu-openrc && doas rc-service qemu-binfmt start`"),
        ("ID=strange", "install qemu-user-static, and register it with binfmt_misc and the flag F"),
    ])
    func isThatOfTheDistribution(_ release: String, _ fix: String) {
        let distribution = Distribution(parsing: Array(release.utf8))
        #expect(distribution.installEmulator(for: "arm64").description == fix)
    }
}
