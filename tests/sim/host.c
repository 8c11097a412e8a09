/*
 * lib/service.h and lib/diag.h as the services see them: settings come through the real
 * lib/service_conf.c, files from here, signals from the world; a fatal end is a failure
 * of the run, since nothing that the world does justifies one.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/crypto.h"
#include "lib/diag.h"
#include "lib/keyfile.h"
#include "lib/mem.h"
#include "lib/programme.h"
#include "lib/programme_dir.h"
#include "lib/service_private.h"
#include "tests/sim/sim.h"

/* ---- messages for operators: into the trace ---- */

static void
said(const char *level, const char *event, const char *format, va_list args)
{
    char line[512];

    if (world.trace) {
        (void)vsnprintf(line, sizeof line, format, args);
        trace_line(process_now != NULL ? process_now->name : "-", "%s %s %s", level,
                   event, line);
    }
}

#define SAID(level)                                                                    \
    do {                                                                               \
        va_list args;                                                                  \
        va_start(args, format);                                                        \
        said(level, event, format, args);                                              \
        va_end(args);                                                                  \
    } while (0)

void
diag_init(const char *program)
{
    (void)program;
}

void
diag_trace_set(bool on)
{
    (void)on;
}

void
diag_info(const char *event, const char *format, ...)
{
    SAID("info");
}

void
diag_warn(const char *event, const char *format, ...)
{
    SAID("warn");
}

/* Something waits for a person: nothing that the world does justifies that either. */
void
diag_error(const char *event, const char *format, ...)
{
    SAID("error");
    sim_fail("it stands still until a person comes: %s", event);
}

void
diag_trace(const char *event, const char *format, ...)
{
    SAID("trace");
}

void
diag_fatal(int code, const char *event, const char *format, ...)
{
    char line[400];
    va_list args;

    va_start(args, format);
    (void)vsnprintf(line, sizeof line, format, args);
    va_end(args);
    sim_fail("fatal end (%d) %s %s", code, event, line);
    if (process_now == NULL) {
        (void)fprintf(stderr, "sim: %s\n", world.failure);
        exit(code);
    }
    process_exit("fatal", -1);
}

void
diag_panic(const char *file, int line, const char *what)
{
    sim_fail("panic %s:%d %s", file, line, what);
    if (process_now == NULL) {
        (void)fprintf(stderr, "sim: %s\n", world.failure);
        abort();
    }
    process_exit("panic", -1);
}

/* ---- files ---- */

char *
service_file_read(const char *path, size_t max_bytes, size_t *bytes, char *why,
                  size_t why_bytes)
{
    const char *text = strcmp(path, "keyring") == 0 ? actors_keyring() : NULL;

    if (text == NULL || strlen(text) > max_bytes) {
        (void)snprintf(why, why_bytes, "file=%s reason=\"not there\"", path);
        return NULL;
    }
    *bytes = strlen(text);
    return mem_copy_text(text);
}

enum status __wrap_keyfile_keyring(const char *path, char *why, size_t why_bytes);

/* The keyring is no file here: nobody else can have written it. */
enum status
__wrap_keyfile_keyring(const char *path, char *why, size_t why_bytes)
{
    (void)why;
    (void)why_bytes;
    return strcmp(path, "keyring") == 0 ? ST_OK : ST_GONE;
}

/* ---- the skeleton of a service ---- */

int
service_main(int argc, char **argv, const struct service_spec *spec)
{
    struct service s = {.spec = spec};
    bool usage;

    if (service_args_take(&s, argc, argv) != ST_OK) {
        return EXIT_USAGE;
    }
    service_settings_join(&s);
    if (service_conf_read(&s, &s.conf, &usage) != ST_OK ||
        service_conf_apply(&s) != ST_OK) {
        sim_fail("%s does not take the settings of the simulator", spec->name);
        return EXIT_CONFIG;
    }
    s.has_keys = true;
    memset(s.keys.secret_key, 'k',
           BUS_KEY_BYTES - 1); /* the same for all of a service */
    memset(s.keys.public_key, 'k', BUS_KEY_BYTES - 1);
    return spec->run(&s);
}

const struct conf *
service_conf(const struct service *s)
{
    return s->conf;
}

const char *
service_name(const struct service *s)
{
    return s->spec->name;
}

const char *
service_instance(const struct service *s)
{
    return s->instance;
}

size_t
service_province_count(const struct service *s)
{
    return s->province_count;
}

const char *
service_province(const struct service *s, size_t i)
{
    return s->provinces[i];
}

bool
service_serves(const struct service *s, const char *province)
{
    return s->province_count > 0 && strcmp(s->provinces[0], province) == 0;
}

struct redis *
service_redis_new(const struct service *s)
{
    struct redis_settings settings = {
        .address = "unix:/redis",
        .timeout_ms = (int)conf_int(s->conf, "redis-timeout-ms"),
    };

    return redis_new(&settings);
}

const struct principal *
service_principal(const struct service *s, const char *key)
{
    return keyring_find(s->keyring, key);
}

static bool
admit(void *context, const char *domain, const char *key)
{
    const struct principal *p = service_principal(context, key);

    return p != NULL && role_admitted(p->role, domain);
}

struct bus *
service_bus(struct service *s)
{
    if (s->bus == NULL && bus_new(admit, s, &s->bus) != ST_OK) {
        sim_fail("no bus");
    }
    return s->bus;
}

const struct bus_keys *
service_keys(const struct service *s)
{
    return &s->keys;
}

int
service_wake_fd(const struct service *s)
{
    (void)s;
    return 3;
}

bool
service_stopping(struct service *s)
{
    (void)s;
    return process_now->stop;
}

bool
service_reload_wanted(struct service *s)
{
    (void)s;
    return false;
}

bool
service_keys_changed(struct service *s)
{
    (void)s;
    return false;
}

void
service_reload(struct service *s)
{
    (void)s;
}

void
service_ready(struct service *s, const char *format, ...)
{
    (void)format;
    TRACE(process_now->name, "ready %s", s->instance);
}

/* ---- the programmes: read and understood once, for all runs ---- */

struct programme programmes[PROGRAMMES];

/* By what the loader is given; a catalogue is never changed, so all share it. */
static struct {
    uint64_t sum;
    struct catalogue *catalogue;
} loaded[PROGRAMMES];

enum status __real_catalogue_load(const struct catalogue_file *files, size_t count,
                                  struct catalogue **out, struct findings *found);
enum status __wrap_catalogue_load(const struct catalogue_file *files, size_t count,
                                  struct catalogue **out, struct findings *found);
void __wrap_catalogue_free(struct catalogue **c);

static uint64_t
files_sum(const struct catalogue_file *files, size_t count)
{
    uint64_t sum = count;
    size_t i;
    size_t k;

    for (i = 0; i < count; i++) {
        for (k = 0; k < files[i].bytes; k++) {
            sum = (sum ^ (unsigned char)files[i].text[k]) * 0x100000001b3u;
        }
    }
    return sum;
}

enum status
__wrap_catalogue_load(const struct catalogue_file *files, size_t count,
                      struct catalogue **out, struct findings *found)
{
    uint64_t sum = files_sum(files, count);
    enum status st;
    size_t i;

    for (i = 0; i < PROGRAMMES && loaded[i].catalogue != NULL; i++) {
        if (loaded[i].sum == sum) {
            *out = loaded[i].catalogue;
            return ST_OK;
        }
    }
    st = __real_catalogue_load(files, count, out, found);
    if (st == ST_OK && i < PROGRAMMES) {
        loaded[i].sum = sum;
        loaded[i].catalogue = *out;
    }
    return st;
}

void
__wrap_catalogue_free(struct catalogue **c)
{
    *c = NULL;
}

/* The second one demands more: a later version of the same resolution. */
static void
programme_harden(struct programme_dir *dir)
{
    static const char before[] = "2023: 55";
    size_t i;

    for (i = 0; i < dir->count; i++) {
        char *at = strstr(dir->files[i].text, before);

        if (at != NULL) {
            at[sizeof before - 3] = '7';
        }
    }
}

void
host_load(const char *programme_dir)
{
    struct programme_dir dir = {0};
    struct findings found = {0};
    struct catalogue *c;
    size_t i;

    heap_now = &heap_lasting;
    crypto_init();
    if (programme_dir_read(programme_dir, &dir, &found) != ST_OK) {
        diag_fatal(EXIT_CONFIG, "programme", "%s cannot be read", programme_dir);
    }
    for (i = 0; i < PROGRAMMES; i++) {
        struct programme *p = &programmes[i];
        struct buf bundle;

        buf_init(&bundle, PROGRAMME_BYTES_MAX);
        programme_pack(dir.files, dir.count, &bundle);
        p->bundle = (struct text){buf_str(&bundle), bundle.len};
        programme_digest(buf_str(&bundle), bundle.len, p->digest);
        if (programme_load(p->bundle.at, p->bundle.len, &c, &found) != ST_OK) {
            diag_fatal(EXIT_CONFIG, "programme", "%s is not in order", programme_dir);
        }
        programme_harden(&dir);
    }
}
