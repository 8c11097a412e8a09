#include "tests/support/child.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "lib/instant.h"

#define DEADLINE_US 30000000

void
child_pause_us(long us)
{
    struct timespec ts = {us / 1000000, us % 1000000 * 1000};

    (void)nanosleep(&ts, NULL); /* shortened by a signal: fine */
}

pid_t
child_begin(void)
{
    pid_t pid = fork();

    assert_true(pid >= 0);
    if (pid == 0 && prctl(PR_SET_PDEATHSIG, SIGKILL) < 0) {
        _exit(127);
    }
    return pid;
}

int
child_end(pid_t pid)
{
    struct mono start = mono_now();
    int status;

    while (waitpid(pid, &status, WNOHANG) == 0) {
        if (mono_since_us(start) > DEADLINE_US) {
            (void)kill(pid, SIGKILL);       /* it is ours and not waited for */
            (void)waitpid(pid, &status, 0); /* ends now */
            fail_msg("process %d did not end", (int)pid);
        }
        child_pause_us(500);
    }
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}
