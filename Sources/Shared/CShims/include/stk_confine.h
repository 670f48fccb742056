/// What a process does to itself before it runs something less trusted.
#ifndef STACKER_CSHIMS_CONFINE_H
#define STACKER_CSHIMS_CONFINE_H

#include <signal.h>
#include <stdint.h>
#include <sys/types.h>

/// prctl(PR_SET_PDEATHSIG): the signal that the death of the thread that made this process sends.
int stk_set_parent_death_signal(int number);

/// prctl(PR_SET_DUMPABLE): whether processes of the same user may inspect this one.
int stk_set_dumpable(int dumpable);

/// prctl(PR_SET_NO_NEW_PRIVS).
int stk_set_no_new_privileges(void);

/// prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL): one call where libcap makes one for each capability.
int stk_clear_ambient_capabilities(void);

/// getauxval(AT_SECURE): not 0 when exec raised this program's privileges.
unsigned long stk_auxiliary_secure(void);

/// pipe2(2) with O_CLOEXEC.
int stk_pipe(int ends[2]);

/// signalfd(2) with SFD_CLOEXEC; reads give a struct signalfd_siginfo of this many bytes, its number first.
int stk_signalfd(const sigset_t *signals);
extern const size_t stk_signal_record_size;

/// rt_sigaction(2) to the default action; also for the two signals that glibc keeps to itself, and that its
/// posix_spawn(3) leaves ignored.
int stk_reset_signal(int number);

/// landlock_create_ruleset(2) and landlock_restrict_self(2): from now on abstract Unix sockets that were made outside are
/// out of reach. ENOSYS or EOPNOTSUPP where the kernel cannot (before 6.12). Needs no_new_privs, or CAP_SYS_ADMIN.
int stk_leave_abstract_sockets(void);

/// ioctl(fd, TIOCSCTTY): makes the terminal the one that controls the calling session.
int stk_take_terminal(int fd);

/// openat2(2): a mount point on the way is EXDEV.
extern const uint64_t stk_resolve_no_mounts;

#endif
