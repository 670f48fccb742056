/// Ending by a signal.
#ifndef STACKER_CSHIMS_SIGNAL_H
#define STACKER_CSHIMS_SIGNAL_H

/// Lets SIGHUP, SIGINT, SIGQUIT and SIGTERM end the process with status 128 + signal, after it put the terminal back
/// into the state it has now and said on standard error what happened. Those that are ignored stay so (nohup(1)).
///
/// All of it happens in the handler, which may interrupt anything: it makes system calls and touches nothing else.
void stk_end_on_signals(void);

#endif
