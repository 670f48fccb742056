import CCap
import CShims
import Glibc
import SystemPackage

/// Changes of the calling thread's capabilities.
public enum ThreadCapabilities {
    /// Takes from the bounding set all that is not in `kept`: no later exec can give it back.
    public static func limitBoundingSet(to kept: CapabilitySet) throws(SystemError) {
        for number in 0..<cap_max_bits() where !kept.contains(CapabilitySet(rawValue: 1 << UInt64(number))) {
            // Dropping needs CAP_SETPCAP even for what is not there, so look first.
            if cap_get_bound(number) == 1 { try check("prctl(PR_CAPBSET_DROP)") { cap_drop_bound(number) } }
        }
    }

    /// Makes the permitted and effective sets exactly `kept`, and the inheritable set empty.
    public static func replace(with kept: CapabilitySet) throws(SystemError) {
        try unsafe change { (state) throws(SystemError) in
            try check("cap_clear") { unsafe cap_clear(state) }
            for number in kept.numbers {
                for flag in [CAP_PERMITTED, CAP_EFFECTIVE] {
                    var value = number
                    try check("cap_set_flag") { unsafe cap_set_flag(state, flag, 1, &value, CAP_SET) }
                }
            }
        }
    }

    /// Empties the inheritable and ambient sets, the two that would survive the exec of an ordinary program.
    public static func clearInherited() throws(SystemError) {
        try check("prctl(PR_CAP_AMBIENT)") { stk_clear_ambient_capabilities() }
        try unsafe change { (state) throws(SystemError) in
            try check("cap_clear_flag") { unsafe cap_clear_flag(state, CAP_INHERITABLE) }
        }
    }

    /// Uid 0 gets no capabilities by exec or by becoming 0 again, and nothing can undo that.
    public static func lockSecurityBits() throws(SystemError) {
        // SECBIT_KEEP_CAPS must stay clear, SECBIT_NO_CAP_AMBIENT_RAISE may be set; each with its lock (bits 0 to 7).
        let noRoot: CUnsignedInt = 0b11
        let noSetUIDFixup: CUnsignedInt = 0b1100
        let keepCapabilitiesLocked: CUnsignedInt = 0b10_0000
        let noAmbientRaise: CUnsignedInt = 0b1100_0000
        try check("prctl(PR_SET_SECUREBITS)") {
            cap_set_secbits(noRoot | noSetUIDFixup | keepCapabilitiesLocked | noAmbientRaise)
        }
    }

    private static func change(_ body: (cap_t) throws(SystemError) -> Void) throws(SystemError) {
        guard let state = unsafe cap_get_proc() else {
            throw SystemError("capget", errno: Errno(rawValue: Glibc.errno))
        }
        defer { unsafe cap_free(UnsafeMutableRawPointer(state)) }
        try unsafe body(state)
        try check("capset") { unsafe cap_set_proc(state) }
    }
}
