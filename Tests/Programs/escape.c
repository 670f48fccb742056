// Tries, inside a build step, what must not work there. Prints one line for each try: its name, and the name of the
// error, or WORKED. The first argument says which tries; the others belong to them.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <linux/mount.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/io.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

static void say(const char *name, const char *what, long result) {
    printf("%s %s: %s\n", name, what, result == -1 ? strerrorname_np(errno) : "WORKED");
    fflush(stdout);
}

static int is(const char *left, const char *right) { return strcmp(left, right) == 0; }

// The program of another process, opened for writing by way of a descriptor that names it.
static void executable(const char *process) {
    char path[64];
    snprintf(path, sizeof path, "/proc/%s/exe", process);
    int place = open(path, O_PATH);
    say("open", path, place);
    if (place == -1)
        return;
    snprintf(path, sizeof path, "/proc/self/fd/%d", place);
    say("reopen", path, open(path, O_RDWR));
}

static void inspect(pid_t process) {
    char name[16], buffer[16], path[64];
    snprintf(name, sizeof name, "%d", process);
    say("ptrace", name, ptrace(PTRACE_SEIZE, process, NULL, NULL));
    struct iovec local = {buffer, sizeof buffer}, remote = {(void *)0x400000, sizeof buffer};
    say("process_vm_readv", name, process_vm_readv(process, &local, 1, &remote, 1, 0));
    int pidfd = (int)syscall(SYS_pidfd_open, process, 0);
    for (int number = 0; pidfd != -1 && number < 16; number++) {
        long got = syscall(SYS_pidfd_getfd, pidfd, number, 0);
        if (got != -1 || number == 0)
            say("pidfd_getfd", name, got);
    }
    if (pidfd != -1)
        say("setns(pidfd)", name, setns(pidfd, CLONE_NEWNS | CLONE_NEWUSER));
    const char *kinds[] = {"mnt", "user", "pid", "net", "ipc", "uts"};
    for (unsigned i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        snprintf(path, sizeof path, "/proc/%d/ns/%s", process, kinds[i]);
        int namespace = open(path, O_RDONLY);
        say("setns", path, namespace == -1 ? -1 : setns(namespace, 0));
    }
}

static void handle(const char *path) {
    char space[sizeof(struct file_handle) + MAX_HANDLE_SZ];
    struct file_handle *handle = (struct file_handle *)space;
    int mount;
    handle->handle_bytes = MAX_HANDLE_SZ;
    if (name_to_handle_at(AT_FDCWD, path, handle, &mount, 0) == -1)
        handle->handle_bytes = 8;
    int directory = open("/stacker/imports", O_RDONLY);
    say("open_by_handle_at", path, open_by_handle_at(directory, handle, O_RDONLY));
}

// Out of a chroot below the root, if that was one.
static void climb(const char *wanted) {
    int root = open("/", O_RDONLY);
    mkdir("/cell", 0755);
    if (chroot("/cell") == -1 || fchdir(root) == -1)
        return say("chroot", "/cell", -1);
    for (int i = 0; i < 100; i++)
        if (chdir("..") == -1)
            break;
    if (chroot(".") == -1)
        return say("chroot", ".", -1);
    say("climb", wanted, open(wanted, O_RDONLY));
}

static void device(const char *what, mode_t kind, unsigned major, unsigned minor) {
    unlink("/node");
    int made = mknod("/node", kind | 0600, makedev(major, minor));
    say("mknod", what, made == 0 ? open("/node", O_RDWR) : -1);
    unlink("/node");
    made = mknod("/dev/shm/node", kind | 0600, makedev(major, minor));
    say("mknod in memory", what, made == 0 ? open("/dev/shm/node", O_RDWR) : -1);
    unlink("/dev/shm/node");
}

static void forbidden(void) {
    char buffer[256] = {0};
    say("add_key", "user", syscall(SYS_add_key, "user", "stolen", "x", 1, -3));
    say("request_key", "user", syscall(SYS_request_key, "user", "secret", NULL, -3));
    say("keyctl", "session", syscall(SYS_keyctl, 11, -3, buffer, sizeof buffer));
    say("keyctl", "user", syscall(SYS_keyctl, 11, -4, buffer, sizeof buffer));
    say("bpf", "", syscall(SYS_bpf, 0, buffer, 72));
    say("perf_event_open", "", syscall(SYS_perf_event_open, buffer, 0, -1, -1, 0));
    say("userfaultfd", "", syscall(SYS_userfaultfd, 0));
    say("io_uring_setup", "", syscall(SYS_io_uring_setup, 1, buffer));
    say("kexec_load", "", syscall(SYS_kexec_load, 0, 0, NULL, 0));
    say("init_module", "", syscall(SYS_init_module, buffer, sizeof buffer, ""));
    say("finit_module", "", syscall(SYS_finit_module, 0, "", 0));
    say("delete_module", "", syscall(SYS_delete_module, "none", 0));
    say("syslog", "clear", syscall(SYS_syslog, 5, NULL, 0));
    say("settimeofday", "", syscall(SYS_settimeofday, &(struct timeval){1, 0}, NULL));
    say("swapoff", "", syscall(SYS_swapoff, "/none"));
    say("acct", "", syscall(SYS_acct, "/acct"));
#ifdef SYS_iopl
    say("iopl", "", syscall(SYS_iopl, 3));
#endif
}

static void terminal(void) {
    const char *paths[] = {NULL, NULL, NULL, "/dev/tty", "/dev/console"};
    const char *names[] = {"0", "1", "2", "/dev/tty", "/dev/console"};
    for (int i = 0; i < 5; i++) {
        int fd = paths[i] ? open(paths[i], O_RDWR) : i;
        if (fd == -1) {
            say("open", names[i], -1);
            continue;
        }
        say("TIOCSTI", names[i], ioctl(fd, TIOCSTI, "x"));
        char paste = 3;
        say("TIOCLINUX", names[i], ioctl(fd, TIOCLINUX, &paste));
        say("TIOCSCTTY", names[i], ioctl(fd, TIOCSCTTY, 1));
        struct termios settings;
        say("tcgetattr", names[i], tcgetattr(fd, &settings));
    }
}

static void call(const char *name) {
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    size_t length = strlen(name);
    memcpy(address.sun_path + 1, name, length);
    socklen_t size = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 + length);
    int stream = socket(AF_UNIX, SOCK_STREAM, 0);
    say("connect", name, connect(stream, (struct sockaddr *)&address, size));
    // One of our own is no trick.
    int own = socket(AF_UNIX, SOCK_STREAM, 0);
    address.sun_path[1] = 'i';
    int made = bind(own, (struct sockaddr *)&address, size) == 0 && listen(own, 1) == 0;
    printf("own: %s\n", made && connect(stream, (struct sockaddr *)&address, size) == 0 ? "fine" : strerrorname_np(errno));
}

static void mounts(char **places) {
    for (; *places; places++) {
        const char *place = *places;
        say("remount", place, mount(NULL, place, NULL, MS_REMOUNT | MS_BIND, NULL));
        struct mount_attr attributes = {.attr_clr = MOUNT_ATTR_RDONLY};
        say("mount_setattr", place, syscall(SYS_mount_setattr, AT_FDCWD, place, 0x8000, &attributes, sizeof attributes));
        int copy = (int)syscall(SYS_open_tree, AT_FDCWD, place, 1 | 0x8000);
        if (copy == -1)
            say("open_tree", place, -1);
        else
            say("mount_setattr of a copy", place,
                syscall(SYS_mount_setattr, copy, "", AT_EMPTY_PATH | 0x8000, &attributes, sizeof attributes));
        say("umount", place, umount2(place, MNT_DETACH));
        // Once more with more power: as root of a user namespace of one's own.
        pid_t child = fork();
        if (child == 0) {
            if (unshare(CLONE_NEWUSER | CLONE_NEWNS) == -1) {
                say("unshare", place, -1);
                _exit(0);
            }
            say("remount deeper", place, mount(NULL, place, NULL, MS_REMOUNT | MS_BIND, NULL));
            say("umount deeper", place, umount2(place, MNT_DETACH));
            _exit(0);
        }
        waitpid(child, NULL, 0);
    }
}

static void writable(char **paths) {
    for (; *paths; paths++) {
        int file = open(*paths, O_WRONLY);
        say("write", *paths, file == -1 ? -1 : write(file, "x", 1));
    }
}

int main(int count, char **arguments) {
    if (count < 2)
        return 2;
    const char *what = arguments[1];
    char **rest = arguments + 2;
    if (is(what, "executable"))
        for (; *rest; rest++) executable(*rest);
    else if (is(what, "inspect"))
        for (; *rest; rest++) inspect((pid_t)atoi(*rest));
    else if (is(what, "handle"))
        for (; *rest; rest++) handle(*rest);
    else if (is(what, "climb") && count > 2)
        climb(*rest);
    else if (is(what, "device") && count > 3) {
        device("block", S_IFBLK, (unsigned)atoi(rest[0]), (unsigned)atoi(rest[1]));
        device("memory", S_IFCHR, 1, 1);
        device("kmsg", S_IFCHR, 1, 11);
    } else if (is(what, "forbidden"))
        forbidden();
    else if (is(what, "terminal"))
        terminal();
    else if (is(what, "call") && count > 2)
        call(*rest);
    else if (is(what, "mounts"))
        mounts(rest);
    else if (is(what, "writable"))
        writable(rest);
    else if (is(what, "kill"))
        for (; *rest; rest++) say("kill", *rest, kill((pid_t)atoi(*rest), SIGKILL));
    else
        return 2;
    return 0;
}
