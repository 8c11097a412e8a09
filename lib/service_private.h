/* What service.c, service_conf.c and service_ready.c share. */
#ifndef DONDOC_SERVICE_PRIVATE_H
#define DONDOC_SERVICE_PRIVATE_H

#include <stdint.h>

#include "lib/instant.h"
#include "lib/service.h"

#define SERVICE_PROVINCES_MAX 128
#define SERVICE_WHY_BYTES 512

/* What stands before settings: flags that a settings file cannot hold. */
struct service_args {
    bool help;
    bool version;
    bool check_config;
    const char *config; /* "" for none */
    int argc;           /* the rest, without the program's name */
    char **argv;        /* owned array of borrowed words */
};

struct service {
    const struct service_spec *spec;
    struct service_args args;
    struct conf_setting *settings; /* the spec's and the common ones */
    size_t setting_count;
    struct conf *conf;
    char *provinces_text; /* owned, cut at its commas */
    const char *provinces[SERVICE_PROVINCES_MAX];
    size_t province_count;
    char *instance;          /* owned: conf's may go at a reload */
    struct keyring *keyring; /* NULL: none given */
    struct bus_keys keys;
    bool has_keys;
    struct bus *bus;
    struct mono started;
    struct mono refusal_said; /* when a refused key was last logged */
    uint64_t refusals_unsaid;
    int exit_status;
};

/* service_conf.c */
/* ST_BAD: said on stderr what is wrong; exit 64. */
enum status service_args_take(struct service *s, int argc, char **argv);
void service_settings_join(struct service *s);
/* From flags, environment, file; ST_BAD: said on stderr. usage: a flag was wrong. */
enum status service_conf_read(const struct service *s, struct conf **out, bool *usage);
/* Provinces, instance, key file, keyring of s->conf; ST_BAD: said on stderr. */
enum status service_conf_apply(struct service *s);
enum status service_keyring_read(const struct service *s, const struct conf *conf,
                                 struct keyring **out);
void service_print_help(const struct service *s);

/* service_ready.c */
/* A whole file as text; NULL and why when not. The caller frees it. */
char *service_file_read(const char *path, size_t max_bytes, size_t *bytes, char *why,
                        size_t why_bytes);
void service_notify(const char *state);
void service_ready_file_remove(const struct service *s);

#endif
