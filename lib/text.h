/*
 * text - the only includer of utf8proc: is it UTF-8, NFC, width on a terminal, folding
 * for matching names.
 */
#ifndef DONDOC_TEXT_H
#define DONDOC_TEXT_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/status.h"

bool text_valid(const char *text, size_t bytes); /* UTF-8 without control characters
                                                    other than tab and newline */
/* The others want valid UTF-8; what is not comes back unchanged, a column each byte. */
char *text_nfc(const char *text);         /* a fresh copy, mem_free it */
char *text_fold(const char *text);        /* fresh: case folded, marks and đ
                                             removed, blanks single */
size_t text_width(const char *text);      /* columns on a terminal */
char *text_lower_first(const char *text); /* fresh: "Xã Ba Tơ" -> "xã Ba Tơ" */

#endif
