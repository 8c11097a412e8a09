/*
 * courier_scene - dondoc-courier beside the notifier of notifier_scene, with a mail
 * server and a web server that do what they are told (tests/support/sinks.py).
 */
#ifndef DONDOC_TESTS_COURIER_SCENE_H
#define DONDOC_TESTS_COURIER_SCENE_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "tests/support/notifier_scene.h"

enum sink_kind { SINK_MAIL, SINK_WEB };

struct sink {
    enum sink_kind kind;
    char dir[SCENE_PATH_BYTES];
    pid_t pid;
    int port;
};

struct courier_scene {
    struct scene *s;
    char dir[SCENE_PATH_BYTES];
    struct sink mail;
    struct sink web;
    pid_t couriers[2];            /* instances 1 and 2, with one key */
    char redis[SCENE_PATH_BYTES]; /* "": the courier gets none */
    bool tls;                     /* of the sinks to be started */
    bool simulated;               /* it carries simulations, too */
};

/* For cmocka: *state is a struct courier_scene with both sinks and a notifier. */
int courier_setup(void **state);
int courier_setup_tls(void **state);
int courier_teardown(void **state);

/*
 * channels_write - courier.yaml; $M and $W in the text stand for the ports of the
 * sinks, $D for the scene's directory, in which `secret`, `password` and `ca.pem` lie.
 */
void channels_write(struct courier_scene *c, const char *text);
/* A mail server without TLS, retries of 50 to 200 ms, timeout 2 s, and these offices.
 */
void channels_plain(struct courier_scene *c, const char *offices);

void courier_start(struct courier_scene *c);
void courier_start_second(struct courier_scene *c);
/* Exit status of --check-config. */
int courier_check_config(struct courier_scene *c);
void courier_end(struct courier_scene *c, int sig);
void courier_end_second(struct courier_scene *c, int sig);
/* Waits until a line of its log holds this text. */
void courier_said(const struct courier_scene *c, const char *text);
/* How often its log holds this text. */
size_t courier_says(const struct courier_scene *c, const char *text);

/* "WHO MODE\n…" */
void sink_mode(const struct sink *k, const char *lines);
/* Waits until it took so many, and not more. */
void sink_took(const struct sink *k, size_t count);
void sink_took_least(const struct sink *k, size_t count);
size_t sink_count(const struct sink *k);
/* The nth taken, from 1; mem_free it. */
char *sink_read(const struct sink *k, size_t n);
/* The log as text; mem_free it. */
char *sink_log(const struct sink *k);
/* Waits until the log holds this text. */
void sink_logged(const struct sink *k, const char *text);
/* Fails the test unless the nth holds this text. */
void sink_holds(const struct sink *k, size_t n, const char *text);

#endif
