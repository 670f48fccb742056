/// Processes and namespaces.
#ifndef STACKER_CSHIMS_PROCESS_H
#define STACKER_CSHIMS_PROCESS_H

#include <spawn.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/// unshare(2) and setns(2), with the CLONE_NEW* bits below.
int stk_unshare(int namespaces);
int stk_setns(int fd, int kind);
extern const int stk_new_user, stk_new_mount, stk_new_pid, stk_new_ipc, stk_new_uts, stk_new_net, stk_new_cgroup;

/// ioctl(fd, NS_GET_PARENT), Linux 4.9: opens the user namespace that one was made in.
int stk_open_parent_namespace(int fd);

/// prctl(2), variadic in C.
int stk_prctl(int option, unsigned long a, unsigned long b, unsigned long c, unsigned long d);

/// close_range(2), Linux 5.9.
int stk_close_range(unsigned first, unsigned last, unsigned flags);
extern const unsigned stk_close_range_cloexec;

/// pidfd_open(2), Linux 5.3.
int stk_pidfd_open(pid_t pid);

/// setgroups(2), sethostname(2): hidden without _GNU_SOURCE.
int stk_setgroups(size_t count, const gid_t *groups);
int stk_sethostname(const char *name, size_t length);

/// keyctl(KEYCTL_JOIN_SESSION_KEYRING, NULL): a fresh anonymous session keyring.
long stk_join_session_keyring(void);

/// setresuid(2) and setresgid(2) for the calling thread's process, all three ids at once.
int stk_setresuid(uid_t id);
int stk_setresgid(gid_t id);

/// posix_spawn_file_actions_addfchdir_np(3), glibc 2.29; returns an error number, not -1.
int stk_spawn_add_fchdir(posix_spawn_file_actions_t *actions, int directory);

#endif
