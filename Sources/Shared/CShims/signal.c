#include "stk_signal.h"

#include <signal.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

// Written before the first handler is installed, and only read after that.
static struct termios terminal;
static int has_terminal;

static const char *name(int number) {
    switch (number) {
    case SIGHUP: return "SIGHUP";
    case SIGINT: return "SIGINT";
    case SIGQUIT: return "SIGQUIT";
    default: return "SIGTERM";
    }
}

static void say(const char *text) {
    // There is nothing to be done about a standard error that nobody reads.
    ssize_t ignored = write(STDERR_FILENO, text, strlen(text));
    (void)ignored;
}

static void end(int number) {
    // From a background job, setting the terminal would stop us.
    signal(SIGTTOU, SIG_IGN);
    if (has_terminal) {
        tcsetattr(STDIN_FILENO, TCSANOW, &terminal);
        // Shown again, and on a line of its own: a progress display may have been at work, and ^C is echoed.
        if (isatty(STDERR_FILENO)) say("\033[?25h\n");
    }
    say("error: interrupted by ");
    say(name(number));
    say("\n");
    _exit(128 + number);
}

void stk_end_on_signals(void) {
    has_terminal = tcgetattr(STDIN_FILENO, &terminal) == 0;
    const int numbers[] = {SIGHUP, SIGINT, SIGQUIT, SIGTERM};
    struct sigaction action = {.sa_handler = end};
    sigfillset(&action.sa_mask);
    for (unsigned i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        struct sigaction old;
        if (sigaction(numbers[i], NULL, &old) == 0 && old.sa_handler != SIG_IGN)
            sigaction(numbers[i], &action, NULL);
    }
}
