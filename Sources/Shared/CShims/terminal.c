#include "stk_terminal.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

int stk_unlock_terminal(int master) {
    int locked = 0;
    return ioctl(master, TIOCSPTLCK, &locked);
}

int stk_open_terminal_peer(int master, int flags) { return ioctl(master, TIOCGPTPEER, flags); }

int stk_get_window_size(int fd, uint16_t *rows, uint16_t *columns) {
    struct winsize size = {0};
    int result = ioctl(fd, TIOCGWINSZ, &size);
    *rows = size.ws_row;
    *columns = size.ws_col;
    return result;
}

int stk_set_window_size(int fd, uint16_t rows, uint16_t columns) {
    struct winsize size = {.ws_row = rows, .ws_col = columns};
    return ioctl(fd, TIOCSWINSZ, &size);
}

union control {
    struct cmsghdr header;
    char bytes[CMSG_SPACE(sizeof(int))];
};

ssize_t stk_send_descriptor(int socket, int fd) {
    char byte = 0;
    struct iovec data = {.iov_base = &byte, .iov_len = 1};
    union control control = {.bytes = {0}};
    struct msghdr message = {
        .msg_iov = &data, .msg_iovlen = 1, .msg_control = control.bytes, .msg_controllen = sizeof control.bytes};
    struct cmsghdr *header = CMSG_FIRSTHDR(&message);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(sizeof fd);
    memcpy(CMSG_DATA(header), &fd, sizeof fd);
    return sendmsg(socket, &message, MSG_NOSIGNAL);
}

ssize_t stk_receive_descriptor(int socket, int *fd) {
    char byte = 0;
    struct iovec data = {.iov_base = &byte, .iov_len = 1};
    union control control = {.bytes = {0}};
    struct msghdr message = {
        .msg_iov = &data, .msg_iovlen = 1, .msg_control = control.bytes, .msg_controllen = sizeof control.bytes};
    *fd = -1;
    ssize_t count = recvmsg(socket, &message, MSG_CMSG_CLOEXEC);
    if (count < 0)
        return count;
    struct cmsghdr *header = CMSG_FIRSTHDR(&message);
    if (header != NULL && header->cmsg_level == SOL_SOCKET && header->cmsg_type == SCM_RIGHTS &&
        header->cmsg_len == CMSG_LEN(sizeof *fd))
        memcpy(fd, CMSG_DATA(header), sizeof *fd);
    return count;
}

static volatile sig_atomic_t noted_at = -1;

static void note(int number) {
    int saved = errno;
    unsigned char byte = (unsigned char)number;
    // A full pipe holds enough signals to act on.
    ssize_t written = write(noted_at, &byte, 1);
    (void)written;
    errno = saved;
}

void stk_note_signals_at(int fd) { noted_at = fd; }

int stk_note_signal(int number, struct sigaction *previous) {
    struct sigaction action = {.sa_handler = note, .sa_flags = SA_RESTART};
    sigfillset(&action.sa_mask);
    if (sigaction(number, NULL, previous) == -1)
        return -1;
    // Whoever started us wants this one ignored: nohup(1), or a shell for what it runs in the background.
    return previous->sa_handler == SIG_IGN ? 0 : sigaction(number, &action, NULL);
}
