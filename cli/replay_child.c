/*
 * Processes of a replay: they die when this one does, however that comes about (the
 * kernel sees to it), and a small one that waits for our end removes the directory.
 */
#include "cli/flow.h"
#include "cli/replay_private.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "cli/cli.h"
#include "cli/language.h"

#define END_US 3000000
#define REMOVE_TRIES 100
#define TMP_BYTES_MAX 60u
#define ENVIRONMENT_MAX 512
#define TAIL_BYTES 600
#define CHILD_FAILED 127
#define PAUSE_MS 2

extern char **environ;

void
replay_pause_ms(long ms)
{
    struct timespec t = {ms / 1000, ms % 1000 * 1000000};

    (void)nanosleep(&t, NULL); /* shorter does no harm */
}

int
replay_failed(const char *what)
{
    (void)fprintf(stderr,
                  words("Không chuẩn bị được nơi tính lại: %s: %s\nĐề nghị xem thư mục "
                        "TMPDIR còn chỗ và ghi được không.\n",
                        "No place to compute in could be made: %s: %s\nPlease see that "
                        "the directory TMPDIR has room and can be written.\n"),
                  what, strerror(errno));
    return EXIT_UNAVAILABLE;
}

/* --- the directory --- */

static void
dir_empty(const char *path)
{
    char name[SCRATCH_PATH_BYTES + 260];
    struct dirent *at;
    DIR *d = opendir(path);

    while (d != NULL && (at = readdir(d)) != NULL) {
        if (strcmp(at->d_name, ".") != 0 && strcmp(at->d_name, "..") != 0) {
            (void)snprintf(name, sizeof name, "%s/%s", path, at->d_name);
            (void)unlink(name); /* what stays is seen by rmdir */
        }
    }
    if (d != NULL) {
        (void)closedir(d);
    }
}

/* In the cleaner: until the other end of the pipe is closed, by whatever. The last
 * words of the dying may still make a file, so more than once. */
static void
clean(const char *path, int hold)
{
    char none;
    int i;

    while (read(hold, &none, 1) < 0 && errno == EINTR) {
        /* a signal is not the end */
    }
    for (i = 0; i < REMOVE_TRIES; i++) {
        dir_empty(path);
        if (rmdir(path) == 0 || errno == ENOENT) {
            break;
        }
        replay_pause_ms(20);
    }
    _exit(0);
}

static int
cleaner_start(struct scratch *s)
{
    int ends[2];

    if (pipe(ends) != 0) {
        return replay_failed("pipe");
    }
    (void)fflush(NULL); /* what was said already is not said twice */
    s->cleaner = fork();
    if (s->cleaner == 0) {
        (void)close(ends[1]);
        (void)setpgid(0, 0); /* Ctrl-C is not for it */
        clean(s->dir, ends[0]);
    }
    (void)close(ends[0]);
    s->hold = ends[1];
    if (s->cleaner < 0 || fcntl(ends[1], F_SETFD, FD_CLOEXEC) != 0) {
        s->cleaner = 0;
        return replay_failed("fork");
    }
    return EXIT_DONE;
}

int
scratch_dir(struct scratch *s)
{
    const char *tmp = getenv("TMPDIR");
    int code;

    if (tmp == NULL || tmp[0] != '/' || strlen(tmp) > TMP_BYTES_MAX) {
        tmp = "/tmp";
    }
    (void)snprintf(s->dir, sizeof s->dir, "%s/dondoc-replay-XXXXXX", tmp);
    if (mkdtemp(s->dir) == NULL) {
        s->dir[0] = '\0';
        return replay_failed(tmp);
    }
    code = cleaner_start(s);
    if (code != EXIT_DONE) {
        (void)rmdir(s->dir); /* it is empty yet */
    }
    return code;
}

void
scratch_path(const struct scratch *s, const char *name, char out[SCRATCH_NAME_BYTES])
{
    (void)snprintf(out, SCRATCH_NAME_BYTES, "%s/%.22s", s->dir, name);
}

/* --- processes --- */

/* Settings of ours must not reach a service that stands apart from the others. */
static void
environment_take(char *out[ENVIRONMENT_MAX])
{
    size_t count = 0;
    size_t i;

    for (i = 0; environ[i] != NULL && count + 1 < ENVIRONMENT_MAX; i++) {
        if (strncmp(environ[i], "DONDOC_", 7) != 0 &&
            strncmp(environ[i], "NOTIFY_SOCKET=", 14) != 0) {
            out[count++] = environ[i];
        }
    }
    out[count] = NULL;
}

/* In the child: a group of its own (Ctrl-C is for us), dead when we are. */
static void
child_exec(const char *log_path, const char *program, const char *const *argv,
           pid_t parent)
{
    char *environment[ENVIRONMENT_MAX];
    int log = open(log_path, O_WRONLY | O_CREAT | O_APPEND, 0600);
    int null = open("/dev/null", O_RDONLY);

    (void)setpgid(0, 0);
    if (log < 0 || null < 0 || dup2(null, STDIN_FILENO) < 0 ||
        dup2(log, STDOUT_FILENO) < 0 || dup2(log, STDERR_FILENO) < 0 ||
        prctl(PR_SET_PDEATHSIG, SIGKILL) < 0 || getppid() != parent) {
        _exit(CHILD_FAILED);
    }
    environment_take(environment);
    /* execve takes the vector without const and does not change it. */
    (void)execve(program, (char **)(void *)argv, environment);
    _exit(CHILD_FAILED);
}

int
scratch_start(const struct scratch *s, const char *name, const char *program,
              const char *const *argv, pid_t *out)
{
    char log[SCRATCH_NAME_BYTES];
    pid_t parent = getpid();
    pid_t pid;

    scratch_path(s, name, log);
    (void)fflush(NULL);
    pid = fork();
    if (pid == 0) {
        child_exec(log, program, argv, parent);
    }
    if (pid < 0) {
        return replay_failed("fork");
    }
    *out = pid;
    return EXIT_DONE;
}

/* The end of a log, for who has to find out. */
void
scratch_tail(const struct scratch *s, const char *name)
{
    char path[SCRATCH_NAME_BYTES];
    char text[TAIL_BYTES + 1];
    size_t len = 0;
    FILE *f;

    scratch_path(s, name, path);
    f = fopen(path, "r");
    if (f == NULL) {
        return;
    }
    if (fseek(f, -TAIL_BYTES, SEEK_END) != 0) {
        rewind(f);
    }
    len = fread(text, 1, TAIL_BYTES, f);
    text[len] = '\0';
    (void)fclose(f);
    flow_print(stderr, text, false);
    (void)fputc('\n', stderr);
}

bool
scratch_ended(pid_t *pid)
{
    if (*pid > 0 && waitpid(*pid, NULL, WNOHANG) == *pid) {
        *pid = 0;
        return true;
    }
    return false;
}

int
scratch_lost(const struct scratch *s, const char *name, const char *program)
{
    (void)fprintf(stderr,
                  words("%s tự kết thúc khi tính lại; dòng cuối của nó:\n",
                        "%s ended by itself while computing; its last lines:\n"),
                  program);
    scratch_tail(s, name);
    return EXIT_UNAVAILABLE;
}

void
scratch_end(pid_t *pid, int sig)
{
    struct mono start = mono_now();

    if (*pid <= 0) {
        return;
    }
    (void)kill(*pid, sig); /* gone already: waitpid says so */
    while (!scratch_ended(pid)) {
        if (mono_since_us(start) > END_US) {
            (void)kill(*pid, SIGKILL);
            (void)waitpid(*pid, NULL, 0);
            *pid = 0;
            return;
        }
        replay_pause_ms(PAUSE_MS);
    }
}
