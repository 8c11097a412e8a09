/*
 * The skeleton of a service as a real process: this program started again with "serve"
 * as its first word is a service named toy.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "lib/crypto.h"
#include "lib/diag.h"
#include "lib/instant.h"
#include "lib/keyfile.h"
#include "lib/service.h"

#define DEADLINE_MS 10000
#define WORDS_MAX 16

/* --- the toy --- */

static int
toy_run(struct service *s)
{
    struct bus *b = service_bus(s);
    struct bus_socket *router;
    struct bus_poll_item items[2] = {{.fd = -1}, {.fd = service_wake_fd(s)}};

    if (bus_bind_router(b, conf_text(service_conf(s), "endpoint"), "units",
                        service_keys(s), &router) != ST_OK) {
        diag_fatal(EXIT_UNAVAILABLE, "bind", "reason=\"%s\"", bus_error(b));
    }
    items[0].socket = router;
    service_ready(s, "units=%s", bus_endpoint(router));
    while (!service_stopping(s)) {
        struct bus_message m;

        if (service_reload_wanted(s)) {
            service_reload(s);
            diag_info("pace", "ms=%ld", conf_int(service_conf(s), "pace-ms"));
        }
        if (bus_poll(b, items, 2, -1) == ST_OK && bus_receive(router, &m) == ST_OK) {
            const struct principal *p = service_principal(s, m.key);

            if (bus_send_to(router, &m.peer, p->name, strlen(p->name)) != ST_OK) {
                diag_warn("answer", "lost=1");
            }
            bus_message_close(&m);
        }
    }
    return EXIT_DONE;
}

static const struct conf_setting toy_settings[] = {
    {"endpoint", CONF_TEXT, "tcp://127.0.0.1:*", 0, 0, "where peers connect"},
    {"pace-ms", CONF_INT, "10", 1, 1000, "how often, ms"},
};

static const struct service_spec toy = {
    "toy",        "answers with the name of who asks",          "More about the toy.\n",
    toy_settings, sizeof toy_settings / sizeof toy_settings[0], toy_run,
    NULL};

/* --- the process --- */

static char directory[200];
static char key_path[256];
static char keyring_path[256];
static char ready_path[256];
static char config_path[256];
static struct bus_keys server_keys;
static struct bus_keys unit_keys;
static pid_t child;
static int child_fd = -1;
static char said[32768]; /* stdout and stderr of the child so far */
static size_t said_len;
static struct bus *bus;

static void
put(const char *path, const char *text)
{
    FILE *f = fopen(path, "w");

    assert_non_null(f);
    assert_true(fputs(text, f) >= 0);
    assert_int_equal(fclose(f), 0);
}

static void
put_keyring(const char *name)
{
    char line[256];

    (void)snprintf(line, sizeof line, "%s role=unit name=%s scope=21040\n",
                   unit_keys.public_key, name);
    put(keyring_path, line);
}

static int
setup(void **state)
{
    const char *base = getenv("DONDOC_TEST_DIR");
    char why[256];

    (void)state;
    (void)snprintf(directory, sizeof directory, "%s/service.XXXXXX",
                   base == NULL ? "/tmp" : base);
    assert_non_null(mkdtemp(directory));
    (void)snprintf(key_path, sizeof key_path, "%s/key", directory);
    (void)snprintf(keyring_path, sizeof keyring_path, "%s/keyring", directory);
    (void)snprintf(ready_path, sizeof ready_path, "%s/ready", directory);
    (void)snprintf(config_path, sizeof config_path, "%s/toy.yaml", directory);
    assert_int_equal(bus_keys_new(&server_keys), ST_OK);
    assert_int_equal(bus_keys_new(&unit_keys), ST_OK);
    assert_int_equal(keyfile_write(key_path, &server_keys, "", why, sizeof why), ST_OK);
    put_keyring("unit-21040");
    said_len = 0;
    said[0] = '\0';
    return 0;
}

static int
teardown(void **state)
{
    (void)state;
    bus_free(&bus);
    if (child > 0) {
        (void)kill(child, SIGKILL);
        (void)waitpid(child, NULL, 0);
        child = 0;
    }
    if (child_fd >= 0) {
        close(child_fd);
        child_fd = -1;
    }
    unlink(key_path);
    unlink(keyring_path);
    unlink(ready_path);
    unlink(config_path);
    rmdir(directory);
    return 0;
}

static void
start(const char *const *words)
{
    char *argv[WORDS_MAX + 3] = {(char *)(uintptr_t) "test_service",
                                 (char *)(uintptr_t) "serve"};
    int ends[2];

    for (int i = 0; words[i] != NULL; i++) {
        assert_true(i < WORDS_MAX);
        argv[i + 2] = (char *)(uintptr_t)words[i];
    }
    assert_int_equal(pipe(ends), 0);
    child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        if (dup2(ends[1], 1) == 1 && dup2(ends[1], 2) == 2) {
            (void)close(ends[0]);
            (void)close(ends[1]);
            (void)execv("/proc/self/exe", argv);
        }
        _exit(127);
    }
    (void)close(ends[1]);
    child_fd = ends[0];
}

#define START(...) start((const char *const[]){__VA_ARGS__, NULL})
#define START_SERVING(...)                                                             \
    START("--province", "quang-ngai", "--key-file", key_path, "--keyring",             \
          keyring_path, "--ready-file", ready_path, __VA_ARGS__)

/* Reads what the child says; false at its end or after ms. */
static bool
listen_for(int ms)
{
    struct pollfd p = {child_fd, POLLIN, 0};
    ssize_t got;

    if (poll(&p, 1, ms) <= 0) {
        return false;
    }
    got = read(child_fd, said + said_len, sizeof said - 1 - said_len);
    if (got <= 0) {
        return false;
    }
    said_len += (size_t)got;
    said[said_len] = '\0';
    return true;
}

static void
wait_said(const char *text)
{
    struct mono begin = mono_now();

    while (strstr(said, text) == NULL) {
        if (!listen_for(100) && mono_since_us(begin) > DEADLINE_MS * 1000) {
            fail_msg("want \"%s\", got:\n%s", text, said);
        }
    }
}

static int
wait_exit(void)
{
    struct mono begin = mono_now();
    int status = -1;

    while (waitpid(child, &status, WNOHANG) == 0) {
        if (mono_since_us(begin) > DEADLINE_MS * 1000) {
            fail_msg("does not end; said:\n%s", said);
        }
        (void)listen_for(20);
    }
    child = 0;
    while (listen_for(0)) {
        /* the rest of what it said */
    }
    assert_true(WIFEXITED(status));
    return WEXITSTATUS(status);
}

static void
expect_exit(int want, const char *text)
{
    int got = wait_exit();

    if (got != want || strstr(said, text) == NULL) {
        fail_msg("got %d, want %d and \"%s\" in:\n%s", got, want, text, said);
    }
}

/* --- claims --- */

static void
help_teaches_and_version_is_said(void **state)
{
    static const char *const want[] = {"dondoc-toy: answers",
                                       "More about the toy.",
                                       "--endpoint TEXT",
                                       "--redis TEXT",
                                       "--check-config",
                                       "DONDOC_",
                                       "Signals:",
                                       "Exit status:"};

    (void)state;
    START("--help");
    assert_int_equal(wait_exit(), 0);
    for (size_t i = 0; i < sizeof want / sizeof want[0]; i++) {
        if (strstr(said, want[i]) == NULL) {
            fail_msg("want \"%s\" in:\n%s", want[i], said);
        }
    }
    close(child_fd);
    START("--version");
    expect_exit(0, "dondoc-toy 0.");
}

static void
wrong_usage_and_wrong_settings_have_their_exits(void **state)
{
    static const struct {
        const char *words[4];
        int want;
        const char *says;
    } cases[] = {
        {{"--redsi", "x"}, 64, "--redsi is not known"},
        {{"operand"}, 64, "no operands"},
        {{"--config"}, 64, "--config needs a file"},
        {{"--pace-ms=0"}, 64, "whole number from 1 to 1000"},
        {{"--config", "/nonexistent/toy.yaml"}, 78, "/nonexistent/toy.yaml"},
        {{"--redis-user", "x"}, 78, "setting=province"},
        {{"--province", "Quang Ngai"}, 78, "small letters"},
        {{"--province", "a,,b"}, 78, "small letters"},
        {{"--province", "a,b,a"}, 78, "each once"},
        {{"--province=a", "--instance", "a:b"}, 78, "setting=instance"},
        {{"--province=a", "--key-file", "/nonexistent/key"}, 78, "setting=key-file"},
        {{"--province=a", "--keyring", "/nonexistent/r"}, 78, "setting=keyring"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const char *words[WORDS_MAX] = {"--check-config"}; /* which does not sleep */

        memcpy(words + 1, cases[i].words, sizeof cases[i].words);
        said_len = 0;
        start(words);
        expect_exit(cases[i].want, cases[i].says);
        close(child_fd);
        child_fd = -1;
    }
}

static void
check_config_says_where_each_setting_came_from(void **state)
{
    (void)state;
    put(config_path, "province: [quang-ngai, phu-tho]\npace-ms: 20\nsimulated: yes\n");
    setenv("DONDOC_INSTANCE", "b", 1);
    START("--check-config", "--config", config_path, "--pace-ms", "30");
    unsetenv("DONDOC_INSTANCE");
    assert_int_equal(wait_exit(), 0);
    assert_non_null(strstr(said, "province=quang-ngai,phu-tho  # file\n"));
    assert_non_null(strstr(said, "pace-ms=30  # flag\n"));
    assert_non_null(strstr(said, "instance=b  # environment\n"));
    assert_non_null(strstr(said, "simulated=yes  # file\n"));
    assert_non_null(strstr(said, "redis-timeout-ms=2000  # default\n"));
}

static void
every_wrong_line_of_the_file_is_named_with_its_place(void **state)
{
    (void)state;
    put(config_path, "province: a\nredsi: x\npace-ms: 25x\nkeyring: {a: b}\n");
    START("--check-config", "--config", config_path);
    assert_int_equal(wait_exit(), 78);
    assert_non_null(strstr(said, "toy.yaml:2:1 setting=redsi"));
    assert_non_null(strstr(said, "toy.yaml:3:10 setting=pace-ms"));
    assert_non_null(strstr(said, "toy.yaml:4:"));
}

static void
key_file_that_others_can_read_stops_the_start(void **state)
{
    (void)state;
    assert_int_equal(chmod(key_path, 0644), 0);
    START_SERVING("--check-config");
    expect_exit(78, "chmod 600");
}

/* The endpoint in the ready file, connected to as the unit. */
static struct bus_socket *
dial(void)
{
    char endpoint[256] = "";
    struct bus_socket *s;
    FILE *f = fopen(ready_path, "r");

    assert_non_null(f);
    assert_int_equal(fscanf(f, "units=%255s", endpoint), 1);
    fclose(f);
    if (bus == NULL) {
        assert_int_equal(bus_new(NULL, NULL, &bus), ST_OK);
    }
    assert_int_equal(
        bus_connect_dealer(bus, endpoint, server_keys.public_key, &unit_keys, &s),
        ST_OK);
    return s;
}

/* Asks until an answer comes or ms are over. */
static bool
asks(struct bus_socket *s, const char *want, int ms)
{
    struct bus_poll_item item = {.socket = s, .fd = -1};
    struct mono begin = mono_now();
    struct bus_message m;
    bool sent = false;

    while (mono_since_us(begin) < ms * 1000) {
        sent = sent || bus_send(s, "who", 3) == ST_OK;
        assert_int_equal(bus_poll(bus, &item, 1, 20), ST_OK);
        if (bus_receive(s, &m) == ST_OK) {
            assert_int_equal(m.body_bytes, strlen(want));
            assert_memory_equal(m.body, want, strlen(want));
            bus_message_close(&m);
            return true;
        }
    }
    return false;
}

static void
service_serves_until_it_is_told_to_stop(void **state)
{
    static const int signals[] = {SIGTERM, SIGINT};

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        said_len = 0;
        said[0] = '\0';
        START_SERVING("--pace-ms=5");
        wait_said(" ready version=");
        assert_true(asks(dial(), "unit-21040", DEADLINE_MS));
        assert_int_equal(kill(child, signals[i]), 0);
        expect_exit(0, " goodbye status=0");
        assert_int_equal(access(ready_path, F_OK), -1); /* gone with the service */
        close(child_fd);
        child_fd = -1;
    }
}

static void
hangup_reads_keyring_and_settings_again(void **state)
{
    struct bus_socket *s;

    (void)state;
    put(config_path, "pace-ms: 20\n");
    START_SERVING("--config", config_path);
    wait_said(" ready version=");
    s = dial();
    assert_true(asks(s, "unit-21040", DEADLINE_MS));
    put_keyring("renamed");
    put(config_path, "pace-ms: 40\n");
    assert_int_equal(kill(child, SIGHUP), 0);
    wait_said(" pace ms=40");
    assert_true(asks(s, "renamed", DEADLINE_MS));
    put(keyring_path, "# nobody any more\n");
    assert_int_equal(kill(child, SIGHUP), 0);
    wait_said(" reloaded keys=0");
    assert_false(asks(s, "renamed", 300));
    wait_said("reason=unknown");
}

static void
wrong_keyring_at_a_hangup_changes_nothing(void **state)
{
    struct bus_socket *s;

    (void)state;
    START_SERVING("--pace-ms=5");
    wait_said(" ready version=");
    s = dial();
    put(keyring_path, "this is no keyring\n");
    assert_int_equal(kill(child, SIGHUP), 0);
    wait_said(" reload_refused ");
    assert_non_null(strstr(said, "line 1: "));
    assert_true(asks(s, "unit-21040", DEADLINE_MS));
}

static void
systemd_is_told(void **state)
{
    struct sockaddr_un at = {.sun_family = AF_UNIX};
    struct pollfd p = {-1, POLLIN, 0};
    char got[64] = "";
    char name[64];
    int len;

    (void)state;
    /* An abstract name: nothing to remove, and never too long. */
    len = snprintf(name, sizeof name, "@dondoc-test-%ld", (long)getpid());
    memcpy(at.sun_path + 1, name + 1, (size_t)len - 1);
    p.fd = socket(AF_UNIX, SOCK_DGRAM, 0);
    assert_int_equal(
        bind(p.fd, (const struct sockaddr *)&at,
             (socklen_t)(offsetof(struct sockaddr_un, sun_path) + (size_t)len)),
        0);
    setenv("NOTIFY_SOCKET", name, 1);
    START_SERVING("--pace-ms=5");
    unsetenv("NOTIFY_SOCKET");
    assert_int_equal(poll(&p, 1, DEADLINE_MS), 1);
    assert_true(recv(p.fd, got, sizeof got - 1, 0) > 0);
    assert_string_equal(got, "READY=1");
    assert_int_equal(kill(child, SIGTERM), 0);
    assert_int_equal(poll(&p, 1, DEADLINE_MS), 1);
    memset(got, 0, sizeof got);
    assert_true(recv(p.fd, got, sizeof got - 1, 0) > 0);
    assert_string_equal(got, "STOPPING=1");
    close(p.fd);
}

#define CLAIM(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        CLAIM(help_teaches_and_version_is_said),
        CLAIM(wrong_usage_and_wrong_settings_have_their_exits),
        CLAIM(check_config_says_where_each_setting_came_from),
        CLAIM(every_wrong_line_of_the_file_is_named_with_its_place),
        CLAIM(key_file_that_others_can_read_stops_the_start),
        CLAIM(service_serves_until_it_is_told_to_stop),
        CLAIM(hangup_reads_keyring_and_settings_again),
        CLAIM(wrong_keyring_at_a_hangup_changes_nothing),
        CLAIM(systemd_is_told),
    };

    if (argc > 1 && strcmp(argv[1], "serve") == 0) {
        return service_main(argc - 1, argv + 1, &toy);
    }
    crypto_init();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
