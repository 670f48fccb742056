/// Terminals, and descriptors that go from one process to another.
#ifndef STACKER_CSHIMS_TERMINAL_H
#define STACKER_CSHIMS_TERMINAL_H

#include <stdint.h>
#include <sys/types.h>

/// ioctl(master, TIOCSPTLCK): lets the other side of a pseudoterminal be opened.
int stk_unlock_terminal(int master);

/// ioctl(master, TIOCGPTPEER), Linux 4.13: opens the other side, whatever lies at its path.
int stk_open_terminal_peer(int master, int flags);

/// ioctl(fd, TIOCGWINSZ) and TIOCSWINSZ; the sizes in characters.
int stk_get_window_size(int fd, uint16_t *rows, uint16_t *columns);
int stk_set_window_size(int fd, uint16_t rows, uint16_t columns);

/// sendmsg(2) of one byte and one descriptor (SCM_RIGHTS) on a Unix socket.
ssize_t stk_send_descriptor(int socket, int fd);

/// recvmsg(2) of one byte, and of a descriptor with O_CLOEXEC into `fd`, which is -1 where none came; 0 is the end.
ssize_t stk_receive_descriptor(int socket, int *fd);

/// sigaction(2) with a handler that writes the number of the signal, as one byte, to the descriptor of
/// stk_note_signals_at, which has to be open as long as any signal is noted. One that is ignored stays ignored. `previous`
/// gets what was there before.
struct sigaction;
int stk_note_signal(int number, struct sigaction *previous);
void stk_note_signals_at(int fd);

#endif
