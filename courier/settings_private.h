/* What settings.c and settings_offices.c share. Nobody else includes this. */
#ifndef DONDOC_COURIER_SETTINGS_PRIVATE_H
#define DONDOC_COURIER_SETTINGS_PRIVATE_H

#include "courier/settings.h"
#include "lib/yaml.h"

/* What reading needs everywhere, and its complaint. */
struct reading {
    struct settings *s;
    settings_secret *secret;
    char *why;
    size_t why_bytes;
};

/* ST_BAD, and the complaint with its place. */
enum status settings_refuse(struct reading *r, const struct yaml_node *at,
                            const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* A map of no other names than these. */
MUST_USE enum status settings_map_check(struct reading *r, const struct yaml_node *map,
                                        const char *what, const char *const *names,
                                        size_t count);
#define MAP_CHECK(r, map, what, names)                                                 \
    settings_map_check(r, map, what, names, sizeof(names) / sizeof(names)[0])
/* The text of a value, or the fallback when it is not there; NULL: refused. */
const char *settings_text(struct reading *r, const struct yaml_node *map,
                          const char *name, const char *fallback);
/* The secret in the file named; *out stays "" when none is. */
MUST_USE enum status settings_secret_take(struct reading *r,
                                          const struct yaml_node *map, const char *name,
                                          const char **out);
/* The section `offices`; NULL: it is not there. */
MUST_USE enum status settings_offices(struct reading *r, const struct yaml_node *map);

#endif
