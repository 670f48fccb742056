/* What the steps of the benchmarks do, as one static program that is the same in every contender's base.
 *
 * fill files COUNT DIRECTORY: COUNT files of 100 to 4096 bytes, a thousand to a directory.
 * fill mixed MEBIBYTES FILE: text and noise, half of each, in turns of 64 KiB. The bytes are the same every time.
 */
#include <err.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static uint64_t state = 88172645463325252u;

static uint64_t next(void)
{
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return state;
}

static const char *const vocabulary[] = {"static ", "return ", "int ", "if (", ") {\n    ", "}\n", "value ", "= ", "0;\n", "for ",
    "const ", "char *", "struct ", "length ", "+ ", "buffer "};

static void text(char *to, size_t count)
{
    size_t done = 0;
    while (done < count) {
        const char *word = vocabulary[next() % 16];
        size_t length = strlen(word);
        if (length > count - done) length = count - done;
        memcpy(to + done, word, length);
        done += length;
    }
}

static void noise(char *to, size_t count)
{
    for (size_t done = 0; done < count; done += sizeof state) {
        uint64_t value = next();
        memcpy(to + done, &value, sizeof value);
    }
}

static void put(int file, const char *bytes, size_t count)
{
    if (write(file, bytes, count) != (ssize_t)count) err(1, "write");
}

static int create(const char *path)
{
    int file = open(path, O_WRONLY | O_CREAT | O_EXCL, 0644);
    if (file == -1) err(1, "%s", path);
    return file;
}

int main(int count, char **words)
{
    static char buffer[65536];
    char path[512];
    if (count != 4) errx(2, "usage: fill files COUNT DIRECTORY | fill mixed MEBIBYTES FILE");
    long wanted = strtol(words[2], NULL, 10);
    if (strcmp(words[1], "files") == 0) {
        if (mkdir(words[3], 0755) != 0) err(1, "%s", words[3]);
        for (long number = 0; number < wanted; number++) {
            snprintf(path, sizeof path, "%s/%ld", words[3], number / 1000);
            if (number % 1000 == 0 && mkdir(path, 0755) != 0) err(1, "%s", path);
            snprintf(path, sizeof path, "%s/%ld/file-%ld", words[3], number / 1000, number);
            size_t length = 100 + next() % 3997;
            text(buffer, length);
            int file = create(path);
            put(file, buffer, length);
            close(file);
        }
    } else {
        int file = create(words[3]);
        for (long half = 0; half < wanted * 8; half++) {
            text(buffer, sizeof buffer);
            put(file, buffer, sizeof buffer);
            noise(buffer, sizeof buffer);
            put(file, buffer, sizeof buffer);
        }
        close(file);
    }
    return 0;
}
