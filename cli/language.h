/*
 * language - which of the two languages this process speaks, and picking one of two
 * texts. Chosen by --lang, else DONDOC_LANG, else LC_ALL, LC_MESSAGES or LANG; English
 * unless that begins with "vi". One process, one language: the choice is a global.
 */
#ifndef DONDOC_CLI_LANGUAGE_H
#define DONDOC_CLI_LANGUAGE_H

#include <stdbool.h>

enum language { LANGUAGE_VI, LANGUAGE_EN };

/* From the environment alone; main does it before anything speaks. */
void language_begin(void);
/* "vi" or "en"; false: neither, and nothing changed. "" is taken and changes nothing.
 */
bool language_set(const char *text);
enum language language_now(void);

/* One of two texts; both may be formats for the same arguments. */
const char *words(const char *vi, const char *en) __attribute__((format_arg(1)))
__attribute__((format_arg(2)));

#endif
