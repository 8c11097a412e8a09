/* The files behind the settings: courier.yaml, passwords, secrets. */
#include "courier/settings.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "lib/crypto.h"
#include "lib/yaml.h"

#define SECRET_BYTES_MAX 1024

/* At most max bytes of a file, mem_free them; NULL and why. */
static char *
file_read(const char *path, size_t max, size_t *bytes, char *why, size_t why_bytes)
{
    FILE *f = fopen(path, "re");
    char *text;

    if (f == NULL) {
        (void)snprintf(why, why_bytes, "%.150s: %s", path, strerror(errno));
        return NULL;
    }
    text = mem_alloc(max + 2);
    *bytes = fread(text, 1, max + 1, f);
    if (ferror(f) != 0 || *bytes > max) {
        (void)snprintf(why, why_bytes, "%.150s: %s", path,
                       *bytes > max ? "too large" : strerror(errno));
        mem_free(&text);
    }
    (void)fclose(f); /* only read */
    return text;
}

static const char *
secret_read(const char *path, struct arena *a, char *why, size_t why_bytes)
{
    struct stat info;
    size_t bytes = 0;
    char *text = file_read(path, SECRET_BYTES_MAX, &bytes, why, why_bytes);
    const char *kept = NULL;

    if (text == NULL) {
        return NULL;
    }
    text[strcspn(text, "\r\n")] = '\0';
    if (stat(path, &info) == 0 && (info.st_mode & S_IROTH) != 0) {
        (void)snprintf(why, why_bytes, "%.150s: everybody may read it: chmod o-rwx",
                       path);
    } else if (text[0] == '\0') {
        (void)snprintf(why, why_bytes, "%.150s: its first line is empty", path);
    } else {
        kept = arena_text(a, text);
    }
    crypto_wipe(text, bytes);
    mem_free(&text);
    return kept;
}

enum status
settings_load(const char *path, struct settings **out, char *why, size_t why_bytes)
{
    char reason[512];
    size_t bytes = 0;
    char *text = file_read(path, YAML_BYTES_MAX, &bytes, why, why_bytes);
    enum status st;

    if (text == NULL) {
        return ST_BAD;
    }
    st = settings_parse(text, bytes, secret_read, out, reason, sizeof reason);
    if (st != ST_OK) {
        (void)snprintf(why, why_bytes, "%.150s: %s", path, reason);
    }
    mem_free(&text);
    return st;
}
