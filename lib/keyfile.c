#include "lib/keyfile.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/crypto.h"
#include "lib/disk.h"

#define KEYFILE_MAX_BYTES 4096
#define KEYFILE_PATH_BYTES 4096
#define BLANKS " \t\r"

struct keyfile_fault {
    const char *path;
    char *why;
    size_t why_bytes;
};

static enum status keyfile_fail(const struct keyfile_fault *f, enum status st,
                                const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static enum status
keyfile_fail(const struct keyfile_fault *f, enum status st, const char *format, ...)
{
    va_list args;
    int len = snprintf(f->why, f->why_bytes, "%s: ", f->path);

    if (len > 0 && (size_t)len < f->why_bytes) {
        va_start(args, format);
        (void)vsnprintf(f->why + len, f->why_bytes - (size_t)len, format, args);
        va_end(args);
    }
    return st;
}

/* text: zero-terminated, cut into lines and words. */
static enum status
keyfile_parse(char *text, struct bus_keys *keys, const struct keyfile_fault *f)
{
    static const char *const names[] = {"public", "secret"};
    char *into[] = {keys->public_key, keys->secret_key};
    struct bus_keys made;
    char *lines = NULL;
    size_t number = 0;

    memset(keys, 0, sizeof *keys);
    for (char *line = text; line != NULL; line = lines) {
        char *words = NULL;
        char *name;
        char *value;
        size_t which = 0;

        lines = strchr(line, '\n');
        if (lines != NULL) {
            *lines++ = '\0';
        }
        number++;
        name = strtok_r(line, BLANKS, &words);
        if (name == NULL || name[0] == '#') {
            continue;
        }
        value = strtok_r(NULL, BLANKS, &words);
        while (which < 2 && strcmp(name, names[which]) != 0) {
            which++;
        }
        if (which == 2 || value == NULL || into[which][0] != '\0' ||
            strtok_r(NULL, BLANKS, &words) != NULL || !bus_key_valid(value)) {
            return keyfile_fail(
                f, ST_BAD,
                "line %zu is not \"public KEY\" or \"secret KEY\", each "
                "once, with 40 characters of Z85 (and not the pair of "
                "the manual); dondoc keys new makes a file",
                number);
        }
        memcpy(into[which], value, BUS_KEY_BYTES);
    }
    if (keys->secret_key[0] == '\0' || keys->public_key[0] == '\0') {
        return keyfile_fail(f, ST_BAD, "the line \"%s KEY\" is missing",
                            keys->secret_key[0] == '\0' ? "secret" : "public");
    }
    if (bus_keys_from_secret(keys->secret_key, &made) != ST_OK ||
        strcmp(made.public_key, keys->public_key) != 0) {
        crypto_wipe(&made, sizeof made);
        return keyfile_fail(
            f, ST_BAD,
            "the public key does not belong to the secret one: the file "
            "was edited or mixed up; make a new pair");
    }
    crypto_wipe(&made, sizeof made);
    return ST_OK;
}

/* The folder of path, with its last /; "./" for none. False: too long. */
static bool
keyfile_folder(const char *path, char out[KEYFILE_PATH_BYTES])
{
    const char *slash = strrchr(path, '/');
    int len = slash == NULL ? 0 : (int)(slash + 1 - path);
    int made = len == 0 ? snprintf(out, KEYFILE_PATH_BYTES, "./")
                        : snprintf(out, KEYFILE_PATH_BYTES, "%.*s", len, path);

    return made > 0 && made < KEYFILE_PATH_BYTES;
}

/* May somebody else, who is not root, put another file of this name there? */
static bool
keyfile_folder_open(const char *folder)
{
    struct stat info;

    return stat(folder, &info) != 0 || (info.st_mode & (S_IWGRP | S_IWOTH)) != 0 ||
           (info.st_uid != geteuid() && info.st_uid != 0);
}

/* What path names, when it is a link, and that it is the file which was opened. */
static enum status
keyfile_link(const struct stat *opened, const struct keyfile_fault *f)
{
    char folder[KEYFILE_PATH_BYTES];
    char target[KEYFILE_PATH_BYTES];
    char whole[2 * KEYFILE_PATH_BYTES];
    struct stat info;
    ssize_t len;

    if (lstat(f->path, &info) != 0 || !S_ISLNK(info.st_mode)) {
        return ST_OK;
    }
    len = readlink(f->path, target, sizeof target);
    if (len <= 0 || len >= KEYFILE_PATH_BYTES || !keyfile_folder(f->path, folder)) {
        return keyfile_fail(f, ST_DENIED,
                            "is a link that cannot be followed; name the file "
                            "itself");
    }
    target[len] = '\0';
    (void)snprintf(whole, sizeof whole, "%s%s", target[0] == '/' ? "" : folder, target);
    if (lstat(whole, &info) != 0 || !S_ISREG(info.st_mode) ||
        info.st_dev != opened->st_dev || info.st_ino != opened->st_ino) {
        return keyfile_fail(f, ST_DENIED,
                            "is a link, and %s is not the plain file that it leads to; "
                            "name the file itself",
                            whole);
    }
    if (keyfile_folder_open(folder) || !keyfile_folder(whole, target) ||
        keyfile_folder_open(target)) {
        return keyfile_fail(f, ST_DENIED,
                            "is a link, and others may write into its folder or that "
                            "of %s, and so choose what is read; name the file itself, "
                            "or take the folder from them (chmod go-w)",
                            whole);
    }
    return ST_OK;
}

enum status
keyfile_keyring(const char *path, char *why, size_t why_bytes)
{
    struct keyfile_fault f = {path, why, why_bytes};
    struct stat info;

    if (stat(path, &info) != 0) {
        return keyfile_fail(&f, ST_GONE, "%s", strerror(errno));
    }
    if (!S_ISREG(info.st_mode)) { /* a FIFO would never end */
        return keyfile_fail(&f, ST_BAD, "is not a plain file");
    }
    if ((info.st_mode & (S_IWGRP | S_IWOTH)) != 0) {
        return keyfile_fail(&f, ST_DENIED,
                            "mode %03o lets others write it, and so let anybody in; "
                            "run: chmod go-w %s, then look at its keys",
                            (unsigned)(info.st_mode & 0777), path);
    }
    return keyfile_link(&info, &f);
}

/* One that systemd put there for us alone (LoadCredential): it lets a user in by an
 * ACL, whose mask stands where a group's rights do. */
static bool
keyfile_credential(const char *path)
{
    const char *folder = getenv("CREDENTIALS_DIRECTORY");
    size_t len = folder == NULL ? 0 : strlen(folder);

    return len > 1 && strncmp(path, folder, len) == 0 && path[len] == '/' &&
           strchr(path + len + 1, '/') == NULL;
}

static enum status
keyfile_load(int fd, char text[KEYFILE_MAX_BYTES + 1], const struct keyfile_fault *f)
{
    struct stat info;
    size_t len = 0;

    if (fstat(fd, &info) != 0 || !S_ISREG(info.st_mode)) {
        return keyfile_fail(f, ST_BAD, "is not a plain file");
    }
    if (keyfile_link(&info, f) != ST_OK) {
        return ST_DENIED;
    }
    if ((info.st_mode & (keyfile_credential(f->path) ? S_IRWXO : S_IRWXG | S_IRWXO)) !=
        0) {
        return keyfile_fail(f, ST_DENIED,
                            "mode %03o lets others read the secret key; run: chmod 600 "
                            "%s (and make a new pair if somebody may have read it)",
                            (unsigned)(info.st_mode & 0777), f->path);
    }
    while (len <= KEYFILE_MAX_BYTES) {
        ssize_t got = read(fd, text + len, KEYFILE_MAX_BYTES + 1 - len);

        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got < 0) {
            return keyfile_fail(f, ST_GONE, "%s", strerror(errno));
        }
        if (got == 0) {
            break;
        }
        len += (size_t)got;
    }
    if (len > KEYFILE_MAX_BYTES || memchr(text, '\0', len) != NULL) {
        return keyfile_fail(f, ST_BAD, "is not a key file (over %d bytes, or binary)",
                            KEYFILE_MAX_BYTES);
    }
    text[len] = '\0';
    return ST_OK;
}

enum status
keyfile_read(const char *path, struct bus_keys *keys, char *why, size_t why_bytes)
{
    struct keyfile_fault f = {path, why, why_bytes};
    char text[KEYFILE_MAX_BYTES + 1];
    struct bus_keys read;
    enum status st;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);

    if (fd < 0) {
        return keyfile_fail(&f, ST_GONE, "%s%s", strerror(errno),
                            errno == ENOENT ? "; dondoc keys new makes one" : "");
    }
    st = keyfile_load(fd, text, &f);
    if (st == ST_OK) {
        st = keyfile_parse(text, &read, &f);
    }
    if (st == ST_OK) {
        *keys = read;
    }
    crypto_wipe(text, sizeof text);
    crypto_wipe(&read, sizeof read);
    (void)close(fd); /* only read */
    return st;
}

enum status
keyfile_write(const char *path, const struct bus_keys *keys, const char *about,
              char *why, size_t why_bytes)
{
    struct keyfile_fault f = {path, why, why_bytes};
    char text[512];
    int len;
    bool done;
    int fd;

    len = snprintf(text, sizeof text, "# %.200s\npublic %s\nsecret %s\n",
                   about[0] == '\0' ? "dondoc key pair: keep it here, copy it nowhere"
                                    : about,
                   keys->public_key, keys->secret_key);
    fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, S_IRUSR | S_IWUSR);
    if (fd < 0) {
        int cause = errno;

        crypto_wipe(text, sizeof text);
        if (cause == EEXIST) {
            return keyfile_fail(&f, ST_STALE,
                                "is there already and is never overwritten; choose "
                                "another name, or move it away");
        }
        return keyfile_fail(&f, ST_BAD, "%s", strerror(cause));
    }
    /* fchmod: the umask may take away what 0600 gives, e.g. our own right to read. */
    done = fchmod(fd, S_IRUSR | S_IWUSR) == 0 && disk_put(fd, text, (size_t)len);
    done = close(fd) == 0 && done;
    crypto_wipe(text, sizeof text);
    if (!done || !disk_sync_folder(path)) {
        int cause = errno;

        (void)unlink(path); /* no half file; if this fails too, read refuses it */
        return keyfile_fail(&f, ST_BAD, "%s", strerror(cause));
    }
    return ST_OK;
}
