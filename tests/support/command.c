#include "tests/support/command.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/support/child.h"

#define LINE_BYTES 4096
#define WORDS_MAX 40

static void
command_exec(char *line, int out)
{
    const char *build = getenv("DONDOC_BUILD");
    char program[1024];
    char *argv[WORDS_MAX] = {program};
    char *save = NULL;
    char *word;
    size_t n = 1;

    (void)snprintf(program, sizeof program, "%s/bin/dondoc",
                   build != NULL ? build : "build");
    for (word = strtok_r(line, " ", &save); word != NULL && n + 1 < WORDS_MAX;
         word = strtok_r(NULL, " ", &save)) {
        argv[n++] = word;
    }
    (void)dup2(out, STDOUT_FILENO);
    (void)dup2(out, STDERR_FILENO);
    (void)setenv("DONDOC_LANG", "en", 1);
    (void)setenv("HOME", "/nonexistent", 1);
    (void)execv(program, argv);
    _exit(127);
}

static pid_t
command_begin(int out, const char *format, va_list args)
{
    char line[LINE_BYTES];
    pid_t pid;

    (void)vsnprintf(line, sizeof line, format, args);
    (void)fflush(NULL);
    pid = child_begin();
    if (pid == 0) {
        command_exec(line, out);
    }
    return pid;
}

void
command_run(struct command *c, const char *format, ...)
{
    int pipe_fd[2];
    size_t len = 0;
    int status = 0;
    ssize_t got;
    va_list args;
    pid_t pid;

    assert_int_equal(pipe(pipe_fd), 0);
    va_start(args, format);
    pid = command_begin(pipe_fd[1], format, args);
    va_end(args);
    (void)close(pipe_fd[1]);
    do {
        char more[4096];

        got = read(pipe_fd[0], more, sizeof more); /* what does not fit is left out */
        if (got > 0 && len + (size_t)got < sizeof c->out) {
            memcpy(c->out + len, more, (size_t)got);
            len += (size_t)got;
        }
    } while (got > 0);
    (void)close(pipe_fd[0]);
    c->out[len] = '\0';
    assert_int_equal(waitpid(pid, &status, 0), pid);
    c->code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

void
command_want(const struct command *c, int code, const char *part)
{
    if (c->code != code || strstr(c->out, part) == NULL) {
        fail_msg("want %d and “%s”, got %d: %s", code, part, c->code, c->out);
    }
}

pid_t
command_start(const char *format, ...)
{
    int out = open("/dev/null", O_WRONLY | O_CLOEXEC);
    va_list args;
    pid_t pid;

    va_start(args, format);
    pid = command_begin(out, format, args);
    va_end(args);
    (void)close(out);
    return pid;
}
