/*
 * stack_acl - a stack in which every service is a Redis user of its own, with the rules
 * of etc/redis-users. `default` stays on for the test itself, which looks at
 * everything. Every stack is one, unless DONDOC_TEST_ACL=0.
 */
#ifndef DONDOC_TESTS_STACK_ACL_H
#define DONDOC_TESTS_STACK_ACL_H

#include <stdbool.h>

#include "tests/support/stack.h"

bool stack_acl_asked(void);
/* Users, passwords and Redis; its socket is the one of any stack. */
struct redis_server *stack_acl_redis(struct stack *s);
/* The file with the password of a user. */
void stack_acl_password(const struct stack *s, const char *user, char out[200]);
/* Connected as that user, with the first write (`watch` has none); fails the test
 * otherwise. */
struct redis *stack_acl_client(const struct stack *s, const char *user);
/* Fails the cmocka test if Redis has refused anything since its start, or since ACL LOG
 * RESET. */
void stack_acl_want_clean(const struct stack *s);

#endif
