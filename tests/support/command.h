/* command - one run of the program `dondoc` as a person would type it. */
#ifndef DONDOC_TESTS_COMMAND_H
#define DONDOC_TESTS_COMMAND_H

#include <sys/types.h>

#define COMMAND_OUT_BYTES 65536

struct command {
    int code;
    char out[COMMAND_OUT_BYTES]; /* stdout and stderr together */
};

/* Words separated by blanks, without quotes; English. */
void command_run(struct command *c, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* Fails the cmocka test unless it ended with `code` and said `part`. */
void command_want(const struct command *c, int code, const char *part);
/* Starts it and does not wait; its output goes nowhere. Dies with the test. */
pid_t command_start(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
