/* SPDX-License-Identifier: MIT */
/**
 * \file
 * A small, correct auth plugin in C whose parts can be taken out one at a time: each file of this folder defines the
 * part that it breaks and includes this. The file good.c breaks nothing.
 */
#ifndef SLUICE_TESTS_BAD_PLUGIN_H_
#define SLUICE_TESTS_BAD_PLUGIN_H_

#include <sluice/abi/auth.h>
#include <sluice/abi/plugin.h>
#include <stddef.h>
#include <string.h>

#ifdef __cplusplus
extern "C" {
#endif

#ifndef BAD_ID
#define BAD_ID "org.example.bad"
#endif
#ifndef BAD_TYPE
#define BAD_TYPE "bad"
#endif
#ifndef BAD_KIND
#define BAD_KIND SLUICE_AUTH_KIND
#endif
#ifndef BAD_SCHEMA
#define BAD_SCHEMA                                                           \
  "{\"type\": \"object\", \"additionalProperties\": false, \"properties\": " \
  "{\"secret\": {\"type\": \"string\", \"default\": \"open\", \"description\": \"the word\", \"secret\": true}}}"
#endif
#ifndef BAD_AUTHENTICATE
/** Every credential belongs to "bad". */
static sluice_status Authenticate(void* self, const sluice_call* call, const sluice_credentials* credentials,
                                  sluice_principal_sink out, sluice_error* error) {
  sluice_principal principal;
  (void)self, (void)call, (void)credentials, (void)error;
  memset(&principal, 0, sizeof(principal));
  principal.struct_size = (uint32_t)sizeof(principal);
  principal.subject.data = "bad";
  principal.subject.size = 3;
  out.put(out.ctx, &principal);
  return SLUICE_OK;
}
#define BAD_AUTHENTICATE Authenticate
#endif
#ifndef BAD_CREATE
static int instance;
static sluice_status Create(const sluice_host* host, sluice_str name, const sluice_config* config, void** out,
                            sluice_error* error) {
  (void)host, (void)name, (void)config, (void)error;
  *out = &instance;
  return SLUICE_OK;
}
#define BAD_CREATE Create
#endif
#ifndef BAD_DESTROY
static void Destroy(void* self) { (void)self; }
#define BAD_DESTROY Destroy
#endif
#ifndef BAD_MIGRATIONS
#define BAD_MIGRATIONS NULL
#define BAD_MIGRATION_COUNT 0
#endif
#ifndef BAD_INIT
#define BAD_INIT NULL
#endif

static const sluice_auth_table table = {(uint32_t)sizeof(sluice_auth_table), 0, BAD_AUTHENTICATE, NULL, NULL, NULL};

#ifndef BAD_TABLE
#define BAD_TABLE &table
#endif

static const sluice_component component = {(uint32_t)sizeof(sluice_component),
                                           0,
                                           BAD_KIND,
                                           BAD_TYPE,
                                           "A plugin for tests",
                                           BAD_SCHEMA,
                                           BAD_TABLE,
                                           BAD_CREATE,
                                           BAD_DESTROY,
                                           BAD_MIGRATIONS,
                                           BAD_MIGRATION_COUNT,
                                           NULL,
                                           0};

#ifndef BAD_COMPONENTS
static const sluice_component* const components[] = {&component};
#define BAD_COMPONENTS components
#endif
#ifndef BAD_COMPONENT_COUNT
#define BAD_COMPONENT_COUNT 1
#endif
#ifndef BAD_STRUCT_SIZE
#define BAD_STRUCT_SIZE (uint32_t)sizeof(sluice_plugin_entry)
#endif
#ifndef BAD_ABI_MAJOR
#define BAD_ABI_MAJOR SLUICE_ABI_MAJOR
#endif

#ifndef BAD_NO_MARKER
SLUICE_ABI_MARKER;
#endif

#ifndef BAD_NO_SYMBOL
SLUICE_EXPORT extern const sluice_plugin_entry sluice_plugin;
const sluice_plugin_entry sluice_plugin = {BAD_STRUCT_SIZE,
                                           BAD_ABI_MAJOR,
                                           SLUICE_ABI_MINOR,
                                           BAD_COMPONENT_COUNT,
                                           BAD_ID,
                                           "1.0.0",
                                           "MIT",
                                           "tests",
                                           BAD_COMPONENTS,
                                           BAD_INIT,
                                           NULL};
#endif

#ifdef __cplusplus
}
#endif

#endif /* SLUICE_TESTS_BAD_PLUGIN_H_ */
