/*
 * dondoc play FILE - plays a script (doc/play-format.md) into services started with
 * --simulated: programmes, the clock, reports, and what must come of them. Time comes
 * from the script. Stops at the first expectation that is not met.
 */
#include "cli/flow.h"
#include "cli/play.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/language.h"
#include "lib/mem.h"

#define SCRIPT_BYTES (1u << 20)
#define EVENTS_ARENA (16u * WIRE_ARENA_BYTES)

static const struct option_row rows[] = {
    READING_REDIS_ROWS,
    {"ops-server", CONF_TEXT, "", 0, 0,
     "địa chỉ vận hành của ingest (mặc định: như server)",
     "ingest's endpoint for operators (default: that of server)"},
    {"ops-key", CONF_TEXT, "", 0, 0, "tệp khóa vai trò ops (mặc định: như key)",
     "key file of role ops (default: that of key)"},
    {"wait", CONF_INT, "30", 1, 3600, "chờ các dịch vụ đọc hết sổ, giây",
     "how long to wait for the services to catch up, seconds"},
    {"check-script", CONF_SWITCH, "false", 0, 0, "chỉ đọc kịch bản, không chạy",
     "only read the script, play nothing"},
};

static const struct option_spec spec = {
    .command = "play",
    .synopsis = "FILE [--ops-server tcp://… --ops-key TỆP --server tcp://… --key TỆP]",
    .vi =
        "Chạy một kịch bản vào các dịch vụ khởi động với --simulated. Dừng ở điều mong "
        "đợi đầu tiên không đúng (mã thoát 65).\nCách viết kịch bản: "
        "doc/play-format.md.\n",
    .en = "Plays a script into services started with --simulated. Stops at the first\n"
          "expectation that is not met (exit status 65). The format: "
          "doc/play-format.md.\n",
    .rows = rows,
    .count = sizeof rows / sizeof *rows,
    .link = true,
};

void
play_say(const struct play *p, const char *format, ...)
{
    char when[WHEN_BYTES];
    va_list args;

    when_say(p->clock_ms, when);
    (void)printf("%s %s  ", words("[mô phỏng]", "[mô phỏng, simulated]"), when);
    va_start(args, format);
    flow_vprintf(stdout, format, args);
    va_end(args);
    (void)putchar('\n');
    (void)fflush(stdout); /* seen as it happens; main checks stdout at the end */
}

int
play_stop(const struct play *p, int code, const char *format, ...)
{
    va_list args;

    (void)fflush(stdout);
    (void)fprintf(stderr, words("%s dòng %zu: ", "%s line %zu: "),
                  words("[mô phỏng]", "[mô phỏng, simulated]"), p->step->line);
    va_start(args, format);
    flow_vprintf(stderr, format, args);
    va_end(args);
    (void)fputc('\n', stderr);
    return code;
}

/* --- the script --- */

static int
script_read(const char *path, struct play_script *out)
{
    struct play_fault fault;
    char why[512];
    size_t bytes;
    char *text = options_file_read(path, SCRIPT_BYTES, &bytes, why, sizeof why);
    enum status st;

    if (text == NULL) {
        (void)fprintf(
            stderr,
            words("Không đọc được kịch bản: %s\n", "The script cannot be read: %s\n"),
            why);
        return EXIT_DATA;
    }
    st = play_script_parse(text, out, &fault);
    mem_free(&text);
    if (st != ST_OK) {
        (void)fprintf(stderr, words("%s dòng %zu: %s\n", "%s line %zu: %s\n"), path,
                      fault.line, words(fault.vi, fault.en));
        return EXIT_DATA;
    }
    return EXIT_DONE;
}

/* --- steps --- */

static int
step_do(struct play *p)
{
    int code;

    switch (p->step->kind) {
    case PLAY_SAY:
        play_say(p, "%s", p->step->text);
        return EXIT_DONE;
    case PLAY_PROGRAMME:
        code = play_programme(p);
        break;
    case PLAY_CLOCK:
        code = play_clock(p);
        break;
    case PLAY_PUSH:
        code = play_push(p);
        break;
    default:
        return play_expect(p);
    }
    if (code == EXIT_DONE) { /* so that alerts are shown in the step they come of */
        code = play_settle(p, false);
    }
    return code == EXIT_DONE ? play_alerts(p) : code;
}

static int
steps_do(struct play *p, const struct play_script *script)
{
    int code = EXIT_DONE;
    size_t i;

    for (i = 0; code == EXIT_DONE && i < script->count; i++) {
        p->step = &script->steps[i];
        code = step_do(p);
    }
    if (code == EXIT_DONE) {
        play_say(p,
                 words("hết kịch bản, %zu bước, mọi điều mong đợi đều đúng",
                       "the end: %zu steps, everything as expected"),
                 script->count);
    }
    return code;
}

/* --- connections --- */

static int
links_open(struct play *p)
{
    const struct conf *c = p->options->conf;
    struct link_target ops;
    struct link_target units;
    struct unit_reply reply;
    int code;

    link_target_from(p->options, &units);
    ops = units;
    if (conf_text(c, "ops-server")[0] != '\0') {
        ops.endpoint = conf_text(c, "ops-server");
    }
    if (conf_text(c, "ops-key")[0] != '\0') {
        ops.key_file = conf_text(c, "ops-key");
    }
    code = link_open(&ops, &p->ops);
    if (code == EXIT_DONE) {
        code = link_hello(p->ops, false, p->ops_answers, &reply);
    }
    if (code == EXIT_DONE && !reply.info.simulated) {
        (void)fputs(words("Máy chủ này không chạy với --simulated: không nhận kịch bản "
                          "mô phỏng.\n",
                          "This server was not started with --simulated: it takes no "
                          "script.\n"),
                    stderr);
        code = EXIT_REFUSED;
    }
    if (code == EXIT_DONE) {
        p->clock_ms = reply.info.now_ms; /* where an earlier script left it */
        code = link_open(&units, &p->push.link);
    }
    return code;
}

static int
play_run(struct play *p, const struct play_script *script)
{
    int code = reading_open(&p->reading, p->options);

    if (code == EXIT_DONE) {
        p->alerts_after = p->reading.scorer.out;
        p->ops_answers = arena_new(WIRE_ARENA_BYTES);
        p->push.answers = arena_new(WIRE_ARENA_BYTES);
        p->push.hello = arena_new(WIRE_ARENA_BYTES);
        p->events = arena_new(EVENTS_ARENA);
        code = links_open(p);
        if (code == EXIT_DONE) {
            code = steps_do(p, script);
        }
        link_close(&p->ops);
        link_close(&p->push.link);
        arena_free(&p->ops_answers);
        arena_free(&p->push.answers);
        arena_free(&p->push.hello);
        arena_free(&p->events);
        table_free(&p->pushed);
        reading_close(&p->reading);
    }
    return code;
}

int
cli_play(int argc, char **argv)
{
    struct play_script script = {0};
    struct play p = {0};
    struct options o;
    int code;

    if (!options_take(&o, &spec, argc, argv, &code)) {
        return code;
    }
    if (o.operand_count != 1) {
        code = options_usage("play", "%s",
                             words("cần một kịch bản", "one script is needed"));
    } else {
        code = script_read(o.operands[0], &script);
        if (code == EXIT_DONE && !conf_switch(o.conf, "check-script")) {
            p.options = &o;
            p.wait_s = conf_int(o.conf, "wait");
            code = play_run(&p, &script);
        }
        play_script_free(&script);
    }
    options_fini(&o);
    return code;
}
