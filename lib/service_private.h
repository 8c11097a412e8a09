/* What the service*.c files share. */
#ifndef DONDOC_SERVICE_PRIVATE_H
#define DONDOC_SERVICE_PRIVATE_H

#include <stdint.h>

#include "lib/instant.h"
#include "lib/knocks.h"
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

/* What a file is known again by. */
struct keyring_mark {
    bool there;
    uint64_t device;
    uint64_t inode;
    int64_t bytes;
    int64_t written_s;
    int64_t written_ns;
    int64_t changed_s;
    int64_t changed_ns;
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
    char *instance;                   /* owned: conf's may go at a reload */
    struct keyring *keyring;          /* NULL: none given */
    const struct principal *admitted; /* of it, lately; or NULL */
    struct bus_keys keys;
    bool has_keys;
    struct bus *bus;
    struct mono started;
    struct knocks knocks;
    int32_t day; /* today in civil time, asked once a second */
    struct mono day_asked;
    struct keyring_mark mark_read; /* of the keyring that we have, or refused */
    struct keyring_mark mark_seen; /* at the last look */
    struct mono seen_at;           /* since when it looks so */
    bool keyring_other;            /* a look found another file, at rest */
    bool day_turned;               /* a look found another day */
    bool keys_changed;             /* run() has not heard of it yet */
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

/* service_keyring.c */
/* bus_admit: says why not in the log. */
bool service_admit(void *context, const char *domain, const char *key);
bool service_day_look(struct service *s); /* is it another day than at the last look? */
void service_day_turned(struct service *s);
void service_keys_end_warn(const struct service *s);
void service_refusals_summary(struct service *s);
/* Says who came and who went. */
void service_keyring_swap(struct service *s, struct keyring **taken);

/* service_watch.c */
/* The file is about to be read: a change from now on is seen. */
void service_keyring_mark(struct service *s, const struct conf *conf);
bool service_look(void *context);              /* bus_look */
void service_keyring_renew(struct service *s); /* what looks have found */

/* service_ready.c */
/* A whole file as text; NULL and why when not. The caller frees it. */
char *service_file_read(const char *path, size_t max_bytes, size_t *bytes, char *why,
                        size_t why_bytes);
void service_notify(const char *state);
void service_ready_file_remove(const struct service *s);

#endif
