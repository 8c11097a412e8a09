#include "lib/service_private.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/buf.h"
#include "lib/crypto.h"
#include "lib/diag.h"
#include "lib/mem.h"
#include "lib/version.h"

#define PASSWORD_MAX_BYTES 1024
#define SHOW_MAX_BYTES 65536
#define MEBIBYTE 1048576u

/* Signals know no context, so these are the one state outside struct service. */
static volatile sig_atomic_t signal_stop;
static volatile sig_atomic_t signal_woke; /* the pipe has something */
static volatile sig_atomic_t signal_reload;
static int signal_pipe[2] = {-1, -1};

/* --- signals --- */

static void
service_on_signal(int number)
{
    int errno_saved = errno;

    if (number == SIGHUP) {
        signal_reload = 1;
    } else {
        signal_stop = 1;
    }
    signal_woke = 1;
    (void)!write(signal_pipe[1], "s", 1); /* full: it wakes already */
    errno = errno_saved;
}

static void
service_signals_set(void)
{
    static const int asked[] = {SIGTERM, SIGINT, SIGHUP};
    struct sigaction action = {.sa_handler = service_on_signal};

    MUST(pipe(signal_pipe) == 0);
    for (int i = 0; i < 2; i++) {
        MUST(fcntl(signal_pipe[i], F_SETFD, FD_CLOEXEC) == 0);
        MUST(fcntl(signal_pipe[i], F_SETFL, O_NONBLOCK) == 0);
    }
    (void)sigemptyset(&action.sa_mask); /* cannot fail */
    for (size_t i = 0; i < sizeof asked / sizeof asked[0]; i++) {
        MUST(sigaction(asked[i], &action, NULL) == 0);
    }
    action.sa_handler = SIG_IGN;
    MUST(sigaction(SIGPIPE, &action, NULL) == 0);
}

static void
service_wake_drain(void)
{
    char spent[64];

    if (signal_woke == 0) {
        return;
    }
    signal_woke = 0; /* first: what comes meanwhile is looked at again */
    while (read(signal_pipe[0], spent, sizeof spent) > 0) {
        /* the flags say what it was */
    }
}

int
service_wake_fd(const struct service *s)
{
    (void)s;
    return signal_pipe[0];
}

bool
service_stopping(struct service *s)
{
    (void)s;
    service_wake_drain();
    return signal_stop != 0;
}

bool
service_reload_wanted(struct service *s)
{
    service_wake_drain();
    service_keyring_renew(s);
    if (signal_reload == 0) {
        return false;
    }
    signal_reload = 0; /* one that comes just now is served by the same reload */
    return true;
}

/* --- what run() asks for --- */

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
    MUST(i < s->province_count);
    return s->provinces[i];
}

bool
service_serves(const struct service *s, const char *province)
{
    for (size_t i = 0; i < s->province_count; i++) {
        if (strcmp(s->provinces[i], province) == 0) {
            return true;
        }
    }
    return false;
}

struct redis *
service_redis_new(const struct service *s)
{
    const char *path = conf_text(s->conf, "redis-password-file");
    struct redis_settings settings = {
        .address = conf_text(s->conf, "redis"),
        .user = conf_text(s->conf, "redis-user"),
        .timeout_ms = (int)conf_int(s->conf, "redis-timeout-ms"),
    };
    char why[SERVICE_WHY_BYTES];
    char *password = NULL;
    struct redis *r;
    struct stat info;
    size_t bytes = 0;

    if (path[0] != '\0') {
        password = service_file_read(path, PASSWORD_MAX_BYTES, &bytes, why, sizeof why);
        if (password == NULL) {
            diag_fatal(EXIT_CONFIG, "password_file", "setting=redis-password-file %s",
                       why);
        }
        if (stat(path, &info) == 0 && (info.st_mode & S_IROTH) != 0) {
            diag_fatal(
                EXIT_CONFIG, "password_file",
                "setting=redis-password-file file=%s reason=\"everybody may read "
                "it\" remedy=\"chmod o-rwx\"",
                path);
        }
        password[strcspn(password, "\r\n")] = '\0';
    }
    settings.password = password;
    r = redis_new(&settings);
    if (password != NULL) {
        crypto_wipe(password, bytes);
        mem_free(&password);
    }
    return r;
}

struct bus *
service_bus(struct service *s)
{
    if (s->bus == NULL) {
        char version[16];
        const char *remark = bus_library_remark(version);

        if (remark != NULL) {
            diag_info("libzmq", "version=%s remark=\"%s\"", version, remark);
        }
        if (bus_new(service_admit, s, &s->bus) != ST_OK) {
            diag_fatal(EXIT_UNAVAILABLE, "bus", "reason=\"libzmq is not fit\"");
        }
        bus_look_set(s->bus, service_look, s);
        bus_memory_max(s->bus, (size_t)conf_int(s->conf, "memory-max-mib") * MEBIBYTE);
        if (s->keyring == NULL) {
            diag_warn("no_keyring", "effect=\"nobody can connect to this service\" "
                                    "remedy=\"give --keyring FILE\"");
        }
    }
    return s->bus;
}

const struct bus_keys *
service_keys(const struct service *s)
{
    if (!s->has_keys) {
        diag_fatal(EXIT_CONFIG, "no_key",
                   "setting=key-file remedy=\"make one with "
                   "dondoc keys new FILE and give --key-file\"");
    }
    return &s->keys;
}

void
service_reload(struct service *s)
{
    struct conf *conf = NULL;
    struct keyring *keyring = NULL;
    bool usage;
    bool good = service_conf_read(s, &conf, &usage) == ST_OK;

    if (good &&
        strcmp(conf_text(conf, "keyring"), conf_text(s->conf, "keyring")) == 0) {
        service_keyring_mark(s, conf); /* wrong or right, it is said here */
    }
    good = good && service_keyring_read(s, conf, &keyring) == ST_OK;
    if (!good) {
        conf_free(&conf);
        diag_warn("reload_refused",
                  "effect=\"settings and keyring stay as they were\"");
        return;
    }
    if (strcmp(conf_text(conf, "keyring"), conf_text(s->conf, "keyring")) != 0) {
        service_keyring_mark(s, conf); /* another file from now on */
    }
    conf_free(&s->conf);
    s->conf = conf;
    service_keyring_swap(s, &keyring);
}

/* --- main --- */

/* The soft limit is for programs that use select(2); we do not. */
static void
service_limits_set(void)
{
    struct rlimit limit;

    if (getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < limit.rlim_max) {
        limit.rlim_cur = limit.rlim_max;
        (void)setrlimit(RLIMIT_NOFILE,
                        &limit); /* no: the alarm at 80 % comes earlier */
    }
}

/*
 * Before a key is read: no core file, no debugger of the same user, no swap. For
 * looking into a service that misbehaves, DONDOC_CORE=1 leaves the first two to the
 * machine.
 */
static void
service_secrets_keep(struct service *s)
{
    const struct rlimit none = {0, 0};
    const char *core = getenv("DONDOC_CORE");

    if (core == NULL || strcmp(core, "1") != 0) {
        (void)setrlimit(RLIMIT_CORE, &none); /* to lower it is always allowed */
#ifndef __SANITIZE_ADDRESS__                 /* it looks into itself for leaks */
        MUST(prctl(PR_SET_DUMPABLE, 0) == 0);
#endif
    }
    if (crypto_lock(&s->keys, sizeof s->keys) != ST_OK) {
        diag_warn("memory_lock", "reason=\"the machine lets us lock no memory\" "
                                 "remedy=\"ulimit -l 64, or no swap\"");
    }
}

static int
service_check_config(struct service *s)
{
    struct buf out;

    buf_init(&out, SHOW_MAX_BYTES);
    conf_show(s->conf, &out);
    (void)fputs(buf_str(&out), stdout); /* ferror below */
    buf_fini(&out);
    if (s->spec->check != NULL && s->spec->check(s) != ST_OK) {
        return EXIT_CONFIG;
    }
    return fflush(stdout) == 0 && !ferror(stdout) ? EXIT_DONE : EXIT_UNAVAILABLE;
}

static int
service_run(struct service *s)
{
    int status;

    service_limits_set();
    service_ready_file_remove(s); /* of a run before, that was killed */
    service_keys_end_warn(s);
    status = s->spec->run(s);
    service_notify("STOPPING=1");
    service_ready_file_remove(s);
    diag_info("goodbye", "status=%d uptime_s=%lld", status,
              (long long)(mono_since_us(s->started) / 1000000));
    return status;
}

static int
service_main_in(struct service *s, int argc, char **argv)
{
    bool usage = false;

    if (service_args_take(s, argc, argv) != ST_OK) {
        return EXIT_USAGE;
    }
    service_settings_join(s);
    if (s->args.help) {
        service_print_help(s);
        return EXIT_DONE;
    }
    if (s->args.version) {
        (void)printf("dondoc-%s %s\n", s->spec->name, DONDOC_VERSION);
        return EXIT_DONE;
    }
    if (service_conf_read(s, &s->conf, &usage) != ST_OK) {
        return usage ? EXIT_USAGE : EXIT_CONFIG;
    }
    (void)service_day_look(s); /* the first: it is never the day before */
    service_keyring_mark(s, s->conf);
    if (service_conf_apply(s) != ST_OK) {
        return EXIT_CONFIG;
    }
    return s->args.check_config ? service_check_config(s) : service_run(s);
}

int
service_main(int argc, char **argv, const struct service_spec *spec)
{
    struct service s = {.spec = spec, .started = mono_now()};
    int status;

    diag_init(spec->name);
    service_signals_set(); /* first: who is asked to end while it starts says goodbye */
    crypto_init();
    service_secrets_keep(&s);
    status = service_main_in(&s, argc, argv);
    if ((status == EXIT_CONFIG || status == EXIT_USAGE) && !s.args.check_config) {
        (void)sleep(1); /* as diag_fatal does: a restart loop must not spin */
    }
    bus_free(&s.bus);
    keyring_free(&s.keyring);
    conf_free(&s.conf);
    crypto_unlock(&s.keys, sizeof s.keys);
    mem_free(&s.settings);
    mem_free(&s.args.argv);
    mem_free(&s.provinces_text);
    mem_free(&s.instance);
    return status;
}
