/* Telling the world that work begins; and reading small files. */
#include "lib/service_private.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "lib/diag.h"
#include "lib/mem.h"
#include "lib/version.h"

#define READY_TEXT_BYTES 2048

char *
service_file_read(const char *path, size_t max_bytes, size_t *bytes, char *why,
                  size_t why_bytes)
{
    FILE *f = fopen(path, "re");
    size_t room = 0;
    size_t len = 0;
    char *text = NULL;

    if (f == NULL) {
        (void)snprintf(why, why_bytes, "file=%s reason=\"%s\"", path, strerror(errno));
        return NULL;
    }
    do {
        room = room == 0 ? 4096 : room * 2;
        text = mem_grow(text, room + 1);
        len += fread(text + len, 1, room - len, f);
    } while (len == room && len <= max_bytes);
    if (ferror(f) || len > max_bytes) {
        (void)snprintf(why, why_bytes, "file=%s reason=\"%s\"", path,
                       len > max_bytes ? "too large" : strerror(errno));
        mem_free(&text);
    } else {
        text[len] = '\0';
        *bytes = len;
    }
    (void)fclose(f); /* only read */
    return text;
}

/* sd_notify(3): one datagram. */
void
service_notify(const char *state)
{
    const char *path = getenv("NOTIFY_SOCKET");
    struct sockaddr_un to = {.sun_family = AF_UNIX};
    size_t len = path == NULL ? 0 : strlen(path);
    int fd;

    if (len < 2 || len >= sizeof to.sun_path || (path[0] != '/' && path[0] != '@')) {
        return;
    }
    memcpy(to.sun_path, path, len);
    if (path[0] == '@') {
        to.sun_path[0] = '\0'; /* an abstract name */
    }
    fd = socket(AF_UNIX, SOCK_DGRAM, 0);
    if (fd < 0 || fcntl(fd, F_SETFD, FD_CLOEXEC) != 0 ||
        sendto(fd, state, strlen(state), 0, (const struct sockaddr *)&to,
               (socklen_t)(offsetof(struct sockaddr_un, sun_path) + len)) < 0) {
        diag_warn("notify", "socket=%s reason=\"%s\"", path, strerror(errno));
    }
    if (fd >= 0) {
        (void)close(fd); /* sent, or said */
    }
}

/* Under another name first, so that who waits for the file finds it whole. */
static void
service_ready_file_write(const struct service *s, const char *text)
{
    const char *path = conf_text(s->conf, "ready-file");
    char half[4096];
    FILE *f;
    int len;

    if (path[0] == '\0') {
        return;
    }
    len = snprintf(half, sizeof half, "%s.new", path);
    f = len > 0 && (size_t)len < sizeof half ? fopen(half, "we") : NULL;
    if (f == NULL || fprintf(f, "%s\n", text) < 0 || fflush(f) != 0 ||
        rename(half, path) != 0) {
        diag_fatal(EXIT_CONFIG, "ready_file",
                   "setting=ready-file file=%s reason=\"%s\"", path, strerror(errno));
    }
    (void)fclose(f); /* flushed above */
}

void
service_ready_file_remove(const struct service *s)
{
    const char *path = conf_text(s->conf, "ready-file");

    if (path[0] != '\0') {
        (void)unlink(path); /* mostly not there */
    }
}

void
service_ready(struct service *s, const char *format, ...)
{
    char text[READY_TEXT_BYTES];
    va_list args;
    int len;

    va_start(args, format);
    len = vsnprintf(text, sizeof text, format, args);
    va_end(args);
    MUST(len >= 0 && (size_t)len < sizeof text);
    service_ready_file_write(s, text);
    service_notify("READY=1");
    /* Last, so that who waits for the line finds the file. */
    diag_info("ready", "version=%s instance=%s province=%s %s", DONDOC_VERSION,
              s->instance, conf_text(s->conf, "province"), text);
}
