/* SPDX-License-Identifier: MIT */
/**
 * \file
 * What a plugin file exports: one constant, `sluice_plugin`, and a marker in an ELF section.
 */
#ifndef SLUICE_ABI_PLUGIN_H_
#define SLUICE_ABI_PLUGIN_H_

#include <sluice/abi/base.h>
#include <sluice/abi/config.h>

#ifdef __cplusplus
extern "C" {
#endif

/** The host as one instance sees it. Valid until that instance is destroyed (for `init`: until `deinit` returned). */
typedef struct sluice_host {
  uint32_t struct_size;
  uint32_t abi_major;
  uint32_t abi_minor;
  uint32_t reserved;
  sluice_str server_version; /* "1.4.2" */
  const void* ctx;
  /**
   * [any] The table of an interface id ("sluice.log/1"), as long-lived as `host`; null when this host does not have it,
   * or does not offer it here: `init` gets log, clock and http alone, and admin is for endpoints.
   */
  const void* (*service)(const struct sluice_host* host, sluice_str id);
} sluice_host;

/** A column of a component's that holds what `seal` of sluice.secrets/1 made, with the text of the row's id as context.
 * `sluice secrets rotate` seals it anew with the server's present key. Element of an array. */
typedef struct sluice_sealed_column {
  const char* table;  /* without braces: "keys" */
  const char* id;     /* column of the row's id, TEXT, unique */
  const char* column; /* BYTEA; may be NULL in a row */
  const char* key_id; /* column of the name of the key that it was sealed with, TEXT */
} sluice_sealed_column;

/** One component type: what it is and how instances of it are made. */
typedef struct sluice_component {
  uint32_t struct_size;
  uint32_t reserved;
  const char* kind;          /* interface id with revision: "sluice.store/1" */
  const char* type;          /* name used in configuration, [a-z][a-z0-9-]*, unique within the kind: "torbox" */
  const char* summary;       /* one line for people */
  const char* config_schema; /* JSON text, the subset of JSON Schema in docs/sdk/configuration.md */
  const void* table;         /* sluice_store_table and so on, by kind */
  /**
   * [control] Makes one instance. `name` is the instance's name in the configuration; `config` is valid for the call,
   * `host` until `destroy` has returned. On SLUICE_OK `*out` is set, and not null. Any error refuses the configuration,
   * at start and on a reload, and its message is the fault that the operator reads; no `destroy` follows.
   * SLUICE_INVALID_ARGUMENT: a value that the schema cannot refuse. SLUICE_UNSUPPORTED: a service is missing.
   */
  sluice_status (*create)(const sluice_host* host, sluice_str name, const sluice_config* config, void** out,
                          sluice_error* error);
  /** [control] Last call on `self`, once for each instance, when no other call is running and no stream is open. */
  void (*destroy)(void* self);
  /**
   * What the instance keeps in the database (sluice.database/1): SQL texts of one version each, the first one first,
   * which the host runs once, in order, before the instance's first statement. Tables are written {name}. What was
   * released never changes: a change is one more text. Null with a count of 0: nothing.
   */
  const char* const* migrations;
  size_t migration_count;
  const sluice_sealed_column* sealed_columns; /* may be null when sealed_column_count is 0 */
  size_t sealed_column_count;
} sluice_component;

/** The entry. Constant data with static lifetime: reading it runs no code of the plugin. */
typedef struct sluice_plugin_entry {
  uint32_t struct_size;
  uint32_t abi_major;
  uint32_t abi_minor;
  uint32_t component_count;
  const char* id;        /* reverse domain: "org.example.shelf" */
  const char* version;   /* semantic version of the plugin */
  const char* license;   /* SPDX expression */
  const char* build_tag; /* for people: compiler, commit */
  const sluice_component* const* components;
  /** [control] May be null. Once, after loading and before anything else; any error: the plugin is refused, and neither
   * `create` nor `deinit` is called. */
  sluice_status (*init)(const sluice_host* host, sluice_error* error);
  /** [control] May be null. Once, when the server ends, after the last `destroy`. A process that ends by force never
   * calls it. The code stays mapped. */
  void (*deinit)(void);
} sluice_plugin_entry;

/** Name of the exported constant. */
#define SLUICE_PLUGIN_SYMBOL "sluice_plugin"

/** ELF section that marks a plugin file; readable without loading it. Its end is the ABI major. */
#define SLUICE_ABI_SECTION "sluice_abi_1"

#define SLUICE_EXPORT __attribute__((visibility("default")))

/** Puts the marker into the file. Once per plugin, at namespace scope. SLUICE_PLUGIN of the C++ SDK does it itself. */
#define SLUICE_ABI_MARKER                                                                                            \
  __attribute__((used, section(SLUICE_ABI_SECTION))) static const uint32_t sluice_abi_marker[2] = {SLUICE_ABI_MAJOR, \
                                                                                                   SLUICE_ABI_MINOR}

#ifdef __cplusplus
}
#endif

#endif /* SLUICE_ABI_PLUGIN_H_ */
