#include "stk_process.h"

#include <grp.h>
#include <linux/close_range.h>
#include <linux/keyctl.h>
#include <linux/nsfs.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

int stk_unshare(int namespaces) { return unshare(namespaces); }
int stk_setns(int fd, int kind) { return setns(fd, kind); }
const int stk_new_user = CLONE_NEWUSER, stk_new_mount = CLONE_NEWNS, stk_new_pid = CLONE_NEWPID,
          stk_new_ipc = CLONE_NEWIPC, stk_new_uts = CLONE_NEWUTS, stk_new_net = CLONE_NEWNET,
          stk_new_cgroup = CLONE_NEWCGROUP;

int stk_open_parent_namespace(int fd) { return ioctl(fd, NS_GET_PARENT); }

int stk_prctl(int option, unsigned long a, unsigned long b, unsigned long c, unsigned long d) {
    return prctl(option, a, b, c, d);
}

int stk_close_range(unsigned first, unsigned last, unsigned flags) {
    return (int)syscall(SYS_close_range, first, last, flags);
}
const unsigned stk_close_range_cloexec = CLOSE_RANGE_CLOEXEC;

int stk_pidfd_open(pid_t pid) { return (int)syscall(SYS_pidfd_open, pid, 0); }

int stk_setgroups(size_t count, const gid_t *groups) { return setgroups(count, groups); }
int stk_sethostname(const char *name, size_t length) { return sethostname(name, length); }

long stk_join_session_keyring(void) { return syscall(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, NULL); }

int stk_setresuid(uid_t id) { return setresuid(id, id, id); }
int stk_setresgid(gid_t id) { return setresgid(id, id, id); }

int stk_spawn_add_fchdir(posix_spawn_file_actions_t *actions, int directory) {
    return posix_spawn_file_actions_addfchdir_np(actions, directory);
}
