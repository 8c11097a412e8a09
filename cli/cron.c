#define _XOPEN_SOURCE 700 /* realpath */
#include "cli/cron.h"

#include <dirent.h>
#include <limits.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/language.h"
#include "lib/buf.h"
#include "lib/mem.h"

#define LINE_BYTES 8192
#define BLANKS " \t"
#define CRON_D "/etc/cron.d"

/* --- the line to add --- */

/* For the shell, and for cron, to which a bare % is a newline. */
static void
word_add(struct buf *out, const char *text)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                "0123456789_./:@,+-";

    if (text[0] != '\0' && strspn(text, plain) == strlen(text)) {
        buf_text(out, text);
        return;
    }
    buf_char(out, '\'');
    for (; *text != '\0'; text++) {
        if (*text == '\'') {
            buf_text(out, "'\\''");
        } else if (*text == '%') {
            buf_text(out, "\\%");
        } else {
            buf_char(out, *text);
        }
    }
    buf_char(out, '\'');
}

/* Absolute, since cron starts elsewhere; what is not there stays as it is. */
static void
path_add(struct buf *out, const char *path)
{
    char whole[PATH_MAX];

    word_add(out, realpath(path, whole) == NULL ? path : whole);
}

static void
setting_add(struct buf *out, const struct options *o, const char *name)
{
    enum conf_source from = conf_from(o->conf, name);

    if (from == CONF_FROM_FLAG || from == CONF_FROM_ENVIRONMENT) {
        buf_format(out, " --%s=", name);
        word_add(out, conf_text(o->conf, name));
    }
}

char *
cron_line(const struct options *o, const char *outbox)
{
    const char *key = conf_text(o->conf, "key");
    char program[PATH_MAX];
    ssize_t len = readlink("/proc/self/exe", program, sizeof program - 1);
    struct buf out;
    char *line;

    program[len < 0 ? 0 : len] = '\0';
    buf_init(&out, LINE_BYTES);
    buf_text(&out, "*/15 * * * * ");
    word_add(&out, len <= 0 ? "dondoc" : program);
    buf_text(&out, " push");
    if (o->file[0] != '\0') {
        buf_text(&out, " --config=");
        path_add(&out, o->file);
    }
    setting_add(&out, o, "server");
    setting_add(&out, o, "server-key");
    setting_add(&out, o, "province");
    if (conf_from(o->conf, "timeout") == CONF_FROM_FLAG) {
        buf_format(&out, " --timeout=%ld", conf_int(o->conf, "timeout"));
    }
    if (conf_from(o->conf, "key") != CONF_FROM_FILE || key[0] != '/') {
        buf_text(&out, " --key=");
        path_add(&out, key);
    }
    buf_text(&out, " --outbox=");
    path_add(&out, outbox);
    if (language_now() == LANGUAGE_VI) {
        buf_text(&out, " --lang=vi");
    }
    line = mem_copy_text(buf_str(&out));
    buf_fini(&out);
    return line;
}

/* --- a line that is there --- */

/* Skips one field and the blanks after it. */
static const char *
field_skip(const char *at)
{
    at += strcspn(at, BLANKS);
    return at + strspn(at, BLANKS);
}

/* The command: behind five fields of time, or one that begins with @, and the user. */
static const char *
command_of(const char *line, const char *user)
{
    const char *at = line + strspn(line, BLANKS);
    size_t len;

    if (*at == '\0' || strchr("0123456789*@", *at) == NULL) {
        return NULL; /* a remark, or an assignment */
    }
    for (int i = *at == '@' ? 4 : 0; i < 5; i++) {
        at = field_skip(at);
    }
    if (user == NULL) {
        return at;
    }
    len = strcspn(at, BLANKS);
    return len == strlen(user) && strncmp(at, user, len) == 0 ? field_skip(at) : NULL;
}

/* "dondoc push", also as /usr/bin/dondoc push, and followed by nothing that is a word
 * of another name. */
static bool
runs_push(const char *command)
{
    for (const char *at = command; (at = strstr(at, "dondoc")) != NULL; at++) {
        const char *next = at + strlen("dondoc");
        size_t blanks = strspn(next, BLANKS);

        if ((at == command || strchr(" \t/;&|(\"'", at[-1]) != NULL) && blanks > 0 &&
            strncmp(next + blanks, "push", 4) == 0 &&
            (next[blanks + 4] == '\0' ||
             strchr(" \t\r;&|>", next[blanks + 4]) != NULL)) {
            return true;
        }
    }
    return false;
}

bool
cron_names(const char *line, const char *outbox)
{
    size_t len = strlen(outbox);

    for (const char *at = line; len > 0 && (at = strstr(at, outbox)) != NULL; at++) {
        if (at > line && strchr(" \t='\"", at[-1]) != NULL &&
            strchr(" \t'\";&|>", at[len]) != NULL) { /* (also at the end) */
            return true;
        }
    }
    return false;
}

bool
cron_sends(const char *line, const char *user, const char *outbox, const char *config)
{
    static const char *const others[] = {"--dry-run", "--probe", "--template",
                                         "--help"};
    const char *command = command_of(line, user);

    if (command == NULL || !runs_push(command)) {
        return false;
    }
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        if (strstr(command, others[i]) != NULL) {
            return false;
        }
    }
    if (strstr(command, "--outbox") != NULL) {
        return cron_names(command, outbox);
    }
    return config[0] == '\0' || strstr(command, "--config") == NULL ||
           strstr(command, config) != NULL;
}

static char *
stream_find(FILE *f, const char *user, const char *outbox, const char *config)
{
    char line[LINE_BYTES];
    char *found = NULL;

    while (found == NULL && fgets(line, sizeof line, f) != NULL) {
        line[strcspn(line, "\r\n")] = '\0';
        if (cron_sends(line, user, outbox, config)) {
            found = mem_copy_text(line);
        }
    }
    return found;
}

static char *
folder_find(const char *outbox, const char *config)
{
    const struct passwd *me = getpwuid(geteuid());
    DIR *list = me == NULL ? NULL : opendir(CRON_D);
    const struct dirent *entry;
    char *found = NULL;

    while (list != NULL && found == NULL && (entry = readdir(list)) != NULL) {
        char path[PATH_MAX];
        FILE *f;

        if (strchr(entry->d_name, '.') != NULL) {
            continue; /* cron does not read them either */
        }
        (void)snprintf(path, sizeof path, CRON_D "/%s", entry->d_name);
        f = fopen(path, "r");
        if (f != NULL) {
            found = stream_find(f, me->pw_name, outbox, config);
            (void)fclose(f); /* only read */
        }
    }
    if (list != NULL) {
        (void)closedir(list); /* only read */
    }
    return found;
}

char *
cron_find(const char *outbox, const char *config)
{
    FILE *f = popen("crontab -l 2>/dev/null", "r");
    char *found = NULL;

    if (f != NULL) {
        found = stream_find(f, NULL, outbox, config);
        (void)pclose(f); /* no crontab, or no cron: no line */
    }
    return found != NULL ? found : folder_find(outbox, config);
}
