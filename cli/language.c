#include "cli/language.h"

#include <stdlib.h>
#include <string.h>

static enum language language = LANGUAGE_EN;

void
language_begin(void)
{
    static const char *const names[] = {"LC_ALL", "LC_MESSAGES", "LANG"};
    const char *own = getenv("DONDOC_LANG");

    language = LANGUAGE_EN;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const char *value = getenv(names[i]);

        if (value != NULL && value[0] != '\0') {
            language = strncmp(value, "vi", 2) == 0 ? LANGUAGE_VI : LANGUAGE_EN;
            break;
        }
    }
    if (own != NULL) {
        (void)language_set(own); /* a wrong one is said when the settings are read */
    }
}

bool
language_set(const char *text)
{
    if (strcmp(text, "vi") == 0) {
        language = LANGUAGE_VI;
    } else if (strcmp(text, "en") == 0) {
        language = LANGUAGE_EN;
    } else {
        return text[0] == '\0';
    }
    return true;
}

enum language
language_now(void)
{
    return language;
}

const char *
words(const char *vi, const char *en)
{
    return language == LANGUAGE_VI ? vi : en;
}
