/* The least that any tool must do for one step: a user namespace with both maps, an overlay, a new root, one shell.
 *
 * floor FIRST-SUBUID FIRST-SUBGID COUNT LOWER SCRATCH SCRIPT: mounts LOWER below SCRATCH/upper at SCRATCH/root and runs
 * sh -c SCRIPT there.
 */
#define _GNU_SOURCE
#include <err.h>
#include <sched.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

static pid_t start_map(const char *program, pid_t child, unsigned own, const char *first, const char *count)
{
    char pid_text[16], own_text[16];
    snprintf(pid_text, sizeof pid_text, "%d", (int)child);
    snprintf(own_text, sizeof own_text, "%u", own);
    char *arguments[] = {(char *)program, pid_text, "0", own_text, "1", "1", (char *)first, (char *)count, NULL};
    pid_t pid;
    if (posix_spawnp(&pid, program, NULL, NULL, arguments, environ) != 0) errx(1, "cannot start %s", program);
    return pid;
}

static void expect_success(pid_t pid, const char *what)
{
    int status;
    if (waitpid(pid, &status, 0) != pid) err(1, "waitpid");
    if (status != 0) errx(1, "%s failed with status %d", what, status);
}

static void enter_root(const char *lower, const char *scratch)
{
    char options[4096], root[1024];
    if (snprintf(options, sizeof options, "lowerdir=%s,upperdir=%s/upper,workdir=%s/work,userxattr,volatile", lower, scratch,
                 scratch) >= (int)sizeof options) errx(1, "the paths are too long");
    snprintf(root, sizeof root, "%s/root", scratch);
    if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0) err(1, "mount private");
    if (mount("overlay", root, "overlay", 0, options) != 0) err(1, "mount overlay");
    if (chdir(root) != 0) err(1, "chdir %s", root);
    if (mount("proc", "proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL) != 0) err(1, "mount proc");
    if (syscall(SYS_pivot_root, ".", ".") != 0) err(1, "pivot_root");
    if (umount2(".", MNT_DETACH) != 0) err(1, "umount");
}

static void run_child(int ready, int mapped, const char *lower, const char *scratch, const char *script)
{
    char byte = 0;
    if (unshare(CLONE_NEWUSER) != 0) err(1, "unshare user");
    if (write(ready, &byte, 1) != 1 || read(mapped, &byte, 1) != 1) errx(1, "the maps were not written");
    if (setresgid(0, 0, 0) != 0 || setresuid(0, 0, 0) != 0) err(1, "become root of the namespace");
    if (unshare(CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWIPC | CLONE_NEWUTS) != 0) err(1, "unshare");
    pid_t init = fork();
    if (init == -1) err(1, "fork");
    if (init != 0) {
        expect_success(init, "the shell");
        exit(0);
    }
    enter_root(lower, scratch);
    execl("/bin/sh", "sh", "-c", script, NULL);
    err(1, "exec /bin/sh");
}

int main(int count, char **words)
{
    if (count != 7) errx(2, "usage: floor FIRST-SUBUID FIRST-SUBGID COUNT LOWER SCRATCH SCRIPT");
    int ready[2], mapped[2];
    char byte = 0;
    if (pipe(ready) != 0 || pipe(mapped) != 0) err(1, "pipe");
    pid_t child = fork();
    if (child == -1) err(1, "fork");
    if (child == 0) {
        close(ready[0]);
        close(mapped[1]);
        run_child(ready[1], mapped[0], words[4], words[5], words[6]);
    }
    close(ready[1]);
    if (read(ready[0], &byte, 1) != 1) errx(1, "no user namespace");
    pid_t users = start_map("newuidmap", child, getuid(), words[1], words[3]);
    pid_t groups = start_map("newgidmap", child, getgid(), words[2], words[3]);
    expect_success(users, "newuidmap");
    expect_success(groups, "newgidmap");
    if (write(mapped[1], &byte, 1) != 1) err(1, "write");
    expect_success(child, "the child");
    return 0;
}
