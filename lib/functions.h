/*
 * functions - the Redis Functions of lib/functions.lua, embedded by the Makefile
 * (build/gen/functions_lua.c). Raise FUNCTIONS_VERSION and VERSION in the Lua file
 * together when the arguments or the answers of a Function change: an instance whose
 * version is not the loaded one is answered VERSION and nothing is written.
 */
#ifndef DONDOC_FUNCTIONS_H
#define DONDOC_FUNCTIONS_H

#include <stddef.h>

#define FUNCTIONS_LIBRARY "dondoc"
#define FUNCTIONS_VERSION "1"

extern const char functions_lua[];
extern const size_t functions_lua_len;

#endif
