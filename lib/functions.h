/*
 * functions - the Redis Functions of lib/functions*.lua, embedded by the Makefile
 * (build/gen/functions_lua.c). Raise FUNCTIONS_VERSION here, VERSION and the name in
 * the first line of the Lua file together when the arguments, the answers or the
 * effects of a Function change. Each release loads and calls its own library, so two of
 * them are served side by side.
 */
#ifndef DONDOC_FUNCTIONS_H
#define DONDOC_FUNCTIONS_H

#include <stddef.h>

#include "lib/redis.h"
#include "lib/status.h"

#define FUNCTIONS_VERSION "3"
#define FUNCTIONS_NAME "dondoc" /* version 1's library; later ones add _<version> */
#define FUNCTIONS_LIBRARY FUNCTIONS_NAME "_" FUNCTIONS_VERSION

#define FUNCTION_APPEND "dd_append_" FUNCTIONS_VERSION
#define FUNCTION_APPLY "dd_apply_" FUNCTIONS_VERSION
#define FUNCTION_LOG "dd_log_" FUNCTIONS_VERSION
#define FUNCTION_TRIM "dd_trim_" FUNCTIONS_VERSION

extern const char functions_lua[];
extern const size_t functions_lua_len;

/*
 * functions_tidy - delete the libraries of older releases that no live instance names
 * in its ops hash (field `functions`; one without it is of version 1). To be called now
 * and then by every service. Whoever needs one after all loads it again.
 * Errors: ST_AGAIN the connection; ST_BAD, ST_DENIED Redis refused: try later.
 */
MUST_USE enum status functions_tidy(struct redis *r);

#endif
