// list-tree DIRECTORY: one line for each file below it, sorted by name, with everything an image keeps of a file: type, mode, owner,
// modification time (SOURCE_DATE_EPOCH at the latest), size and a hash of the content, target or device, the first name of the same
// inode, extended attributes.
// A judge of its own: nothing of stacker is in it, and it runs inside of a build as well as outside.
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>
#include <unistd.h>

struct link { dev_t device; ino_t inode; char *name; };
static struct link *links;
static size_t link_count;
static long long latest = LLONG_MAX;

static void fail(const char *what, const char *name) {
    fprintf(stderr, "list-tree: %s %s: %s\n", what, name, strerror(errno));
    exit(1);
}

static void escaped(const char *bytes, size_t count) {
    for (size_t i = 0; i < count; i++) {
        unsigned char c = bytes[i];
        if (c > ' ' && c < 127 && c != '\\') putchar(c); else printf("\\%03o", c);
    }
}

static uint64_t hash(const char *name) {
    int file = open(name, O_RDONLY | O_NOFOLLOW);
    if (file < 0) fail("open", name);
    static unsigned char buffer[1 << 16];
    uint64_t h = 14695981039346656037u;
    ssize_t n;
    while ((n = read(file, buffer, sizeof buffer)) > 0)
        for (ssize_t i = 0; i < n; i++) h = (h ^ buffer[i]) * 1099511628211u;
    if (n < 0) fail("read", name);
    close(file);
    return h;
}

static int by_text(const void *a, const void *b) { return strcmp(*(char *const *)a, *(char *const *)b); }

static void attributes(const char *name) {
    static char list[1 << 16], value[1 << 16];
    char *names[1024];
    ssize_t size = llistxattr(name, list, sizeof list);
    if (size < 0) { if (errno == ENOTSUP) return; fail("llistxattr", name); }
    size_t count = 0;
    for (ssize_t at = 0; at < size && count < 1024; at += strlen(list + at) + 1) names[count++] = list + at;
    qsort(names, count, sizeof *names, by_text);
    for (size_t i = 0; i < count; i++) {
        // The layers below an overlay are read as they are; SELinux labels belong to the host.
        if (!strncmp(names[i], "user.overlay.", 13) || !strcmp(names[i], "security.selinux")) continue;
        ssize_t length = lgetxattr(name, names[i], value, sizeof value);
        if (length < 0) fail("lgetxattr", name);
        printf(" %s=", names[i]);
        escaped(value, length);
    }
}

static void show(const char *name, const char *path) {
    struct stat s;
    if (lstat(name, &s)) fail("lstat", path);
    escaped(path, strlen(path));
    printf(" %06o %u:%u %lld", s.st_mode, s.st_uid, s.st_gid, s.st_mtim.tv_sec < latest ? (long long)s.st_mtim.tv_sec : latest);
    if (S_ISREG(s.st_mode)) printf(" %lld %016llx", (long long)s.st_size, (unsigned long long)hash(name));
    if (S_ISCHR(s.st_mode) || S_ISBLK(s.st_mode)) printf(" %u,%u", major(s.st_rdev), minor(s.st_rdev));
    if (S_ISLNK(s.st_mode)) {
        char target[4096];
        ssize_t n = readlink(name, target, sizeof target);
        if (n < 0) fail("readlink", path);
        printf(" -> ");
        escaped(target, n);
    }
    if (!S_ISDIR(s.st_mode) && s.st_nlink > 1) {
        size_t i = 0;
        while (i < link_count && (links[i].inode != s.st_ino || links[i].device != s.st_dev)) i++;
        if (i == link_count) {
            links = realloc(links, (link_count + 1) * sizeof *links);
            links[link_count++] = (struct link){s.st_dev, s.st_ino, strdup(path)};
        } else {
            printf(" = ");
            escaped(links[i].name, strlen(links[i].name));
        }
    }
    attributes(name);
    putchar('\n');
}

// A place where something is mounted is no part of the tree.
static int is_mounted(const char *name) {
    struct statx s;
    if (statx(AT_FDCWD, name, AT_SYMLINK_NOFOLLOW, 0, &s)) fail("statx", name);
    return (s.stx_attributes & STATX_ATTR_MOUNT_ROOT) != 0;
}

// Works in the directory itself, so that no path is ever too long.
static void walk(const char *path) {
    DIR *directory = opendir(".");
    if (!directory) fail("opendir", path);
    struct stat s;
    char **names = NULL;
    size_t count = 0;
    for (struct dirent *entry; (entry = readdir(directory));) {
        if (!strcmp(entry->d_name, ".") || !strcmp(entry->d_name, "..")) continue;
        names = realloc(names, (count + 1) * sizeof *names);
        names[count++] = strdup(entry->d_name);
    }
    closedir(directory);
    qsort(names, count, sizeof *names, by_text);
    for (size_t i = 0; i < count; i++) {
        if (lstat(names[i], &s)) fail("lstat", names[i]);
        char *inner;
        if (asprintf(&inner, "%s/%s", path, names[i]) < 0) exit(1);
        int mounted = is_mounted(names[i]);
        if (!mounted) show(names[i], inner);
        if (!mounted && S_ISDIR(s.st_mode)) {
            if (chdir(names[i])) fail("chdir", inner);
            walk(inner);
            if (chdir("..")) fail("chdir ..", inner);
        }
        free(inner);
        free(names[i]);
    }
    free(names);
}

int main(int count, char **words) {
    if (count != 2 || chdir(words[1])) { fprintf(stderr, "usage: list-tree DIRECTORY\n"); return 2; }
    if (getenv("SOURCE_DATE_EPOCH")) latest = atoll(getenv("SOURCE_DATE_EPOCH"));
    show(".", ".");
    walk(".");
    return fflush(stdout) ? 1 : 0;
}
