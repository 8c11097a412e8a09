/*
 * wrapped - lines on stdout, wrapped between words at the width that every table keeps
 * to, by their width on a terminal.
 */
#ifndef DONDOC_CLI_WRAPPED_H
#define DONDOC_CLI_WRAPPED_H

#define WRAPPED_COLUMNS 100u

/* "Số liệu:         …": labels of one width, the text beside them; a label may be "",
 * one that is too long has a line of its own. */
void wrapped_label(const char *label, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* A text behind so many blanks. */
void wrapped_indent(int blanks, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#endif
