/*
 * utf8 - is it well-formed UTF-8? For the files that may not include lib/text.h.
 * Refused are overlong forms, surrogates, values above U+10FFFF and what is cut off.
 * Source: Unicode 15.0, table 3-7.
 */
#ifndef DONDOC_UTF8_H
#define DONDOC_UTF8_H

#include <stdbool.h>
#include <stddef.h>

/* Bytes of the character at text (1 to 4); 0: not well formed, or bytes is 0. */
size_t utf8_char_bytes(const char *text, size_t bytes);

/* Would a terminal obey this character, or turn the direction of what is written:
 * control characters with C1, line separators, marks of direction? `bytes` as counted
 * above. */
bool utf8_obeyed(const char *text, size_t bytes);

/* bad_at: out, may be NULL; offset of the first byte that is wrong; set only on false.
 */
bool utf8_valid(const char *text, size_t bytes, size_t *bad_at);

#endif
