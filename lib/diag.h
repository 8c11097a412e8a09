/*
 * diag - messages for operators, on stderr, one line a fact:
 *     2026-11-21T09:41:07.123Z info ingest batch entry=57 reports=64 us=412
 * The event is one word; the rest is key=value. A value with blanks stands in quotes,
 * of the format or, around a whole %s that follows a =, given here; a quote or
 * backslash in it has a backslash before it, so that no text makes a field of its own.
 * A control character, a mark that turns the direction of writing, and what is no UTF-8
 * become question marks, and a text is cut after 600 bytes: one call is one line. No
 * body of a message, no key, no address of a person. Conversions are s d i u o x with
 * 0, width, precision, l, ll, z.
 */
#ifndef DONDOC_DIAG_H
#define DONDOC_DIAG_H

#include <stdbool.h>

/* Name of the program for every later line; borrowed for ever. */
void diag_init(const char *program);

/* Traces are off unless switched on (DONDOC_TRACE=1 does). */
void diag_trace_set(bool on);

void diag_info(const char *event, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
void diag_warn(const char *event, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* Something stands still until a person does something: what, and what to do. */
void diag_error(const char *event, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
void diag_trace(const char *event, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/*
 * diag_fatal - the world is wrong: say what, which name, which value, what to do;
 * wait a second (a restart loop must not spin) and exit with `code` (sysexits).
 */
_Noreturn void diag_fatal(int code, const char *event, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* diag_panic - we are wrong: say it and abort. */
_Noreturn void diag_panic(const char *file, int line, const char *what);

/* What must hold; stays on in every build and does no work itself. */
#define MUST(cond)                                                                     \
    do {                                                                               \
        if (!(cond)) {                                                                 \
            diag_panic(__FILE__, __LINE__, #cond);                                     \
        }                                                                              \
    } while (0)

#endif
