#include "stk_confine.h"

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

int stk_take_terminal(int fd) { return ioctl(fd, TIOCSCTTY, 0); }

const uint64_t stk_resolve_no_mounts = RESOLVE_NO_XDEV;
