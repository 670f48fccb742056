#include "stk_confine.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/auxv.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <unistd.h>

int stk_set_parent_death_signal(int number) { return prctl(PR_SET_PDEATHSIG, number, 0, 0, 0); }
int stk_set_dumpable(int dumpable) { return prctl(PR_SET_DUMPABLE, dumpable, 0, 0, 0); }
int stk_set_no_new_privileges(void) { return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0); }
int stk_clear_ambient_capabilities(void) { return prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0); }
unsigned long stk_auxiliary_secure(void) { return getauxval(AT_SECURE); }

int stk_pipe(int ends[2]) { return pipe2(ends, O_CLOEXEC); }

int stk_signalfd(const sigset_t *signals) { return signalfd(-1, signals, SFD_CLOEXEC); }
const size_t stk_signal_record_size = sizeof(struct signalfd_siginfo);

int stk_reset_signal(int number) {
    // A handler, flags, a restorer and a mask, in the order of the architecture: all of them zero.
    static const unsigned long action[8];
    return (int)syscall(SYS_rt_sigaction, number, action, NULL, sizeof(uint64_t));
}

// By hand, because headers older than the kernel lack the last member.
struct landlock_ruleset {
    uint64_t handled_access_fs;
    uint64_t handled_access_net;
    uint64_t scoped;
};

int stk_leave_abstract_sockets(void) {
    const uint32_t version_flag = 1, scopes_version = 6;
    long version = syscall(SYS_landlock_create_ruleset, NULL, 0, version_flag);
    if (version < 0)
        return -1;
    if (version < scopes_version) {
        errno = EOPNOTSUPP;
        return -1;
    }
    const uint64_t abstract_unix_socket = 1;
    struct landlock_ruleset attributes = {.scoped = abstract_unix_socket};
    int ruleset = (int)syscall(SYS_landlock_create_ruleset, &attributes, sizeof attributes, 0);
    if (ruleset < 0)
        return -1;
    long result = syscall(SYS_landlock_restrict_self, ruleset, 0);
    int saved = errno;
    close(ruleset);
    errno = saved;
    return (int)result;
}

int stk_take_terminal(int fd) { return ioctl(fd, TIOCSCTTY, 0); }

const uint64_t stk_resolve_no_mounts = RESOLVE_NO_XDEV;
