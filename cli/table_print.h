/*
 * table_print - a table on stdout whose columns line up by their width on a terminal
 * (Vietnamese letters are several bytes wide and one column).
 */
#ifndef DONDOC_CLI_TABLE_PRINT_H
#define DONDOC_CLI_TABLE_PRINT_H

#include <stddef.h>

#define TABLE_COLUMNS_MAX 16

enum table_align { TABLE_LEFT, TABLE_RIGHT };

struct table_print;

struct table_print *table_print_new(size_t columns); /* at most TABLE_COLUMNS_MAX */
void table_print_free(struct table_print **t);
/* Heading of column i, and how it is aligned. */
void table_print_head(struct table_print *t, size_t i, const char *text,
                      enum table_align align);
/* The next cell of the present row; texts are copied. A row is complete when it has
 * all its cells. NULL is an empty cell. */
void table_print_cell(struct table_print *t, const char *text);
void table_print_number(struct table_print *t, unsigned long long number);
/* Column i gives way: its texts are cut ("Sở Nông nghiệp và…") until the table is at
 * most so many columns of a terminal wide, or the column only `least`. */
void table_print_fit(struct table_print *t, size_t i, size_t columns, size_t least);
size_t table_print_rows(const struct table_print *t);
/* Headings, then rows; columns that are empty in every row are left out. */
void table_print_out(struct table_print *t);

#endif
