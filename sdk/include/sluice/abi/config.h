/* SPDX-License-Identifier: MIT */
/**
 * \file
 * Configuration of one component, already valid against its schema, defaults filled in, read by JSON Pointer (RFC
 * 6901).
 */
#ifndef SLUICE_ABI_CONFIG_H_
#define SLUICE_ABI_CONFIG_H_

#include <sluice/abi/base.h>

#ifdef __cplusplus
extern "C" {
#endif

/** What stands at a pointer. Append only. */
typedef uint32_t sluice_config_type;
enum {
  SLUICE_CONFIG_ABSENT = 0,
  SLUICE_CONFIG_NULL = 1,
  SLUICE_CONFIG_BOOLEAN = 2,
  SLUICE_CONFIG_INTEGER = 3,
  SLUICE_CONFIG_NUMBER = 4,
  SLUICE_CONFIG_STRING = 5,
  SLUICE_CONFIG_ARRAY = 6,
  SLUICE_CONFIG_OBJECT = 7
};

/**
 * Valid until `create` returns, like every text it hands out. A getter answers non-zero and writes `out` when the value
 * is there with that type; otherwise it answers 0 and leaves `out` alone. The empty pointer names the whole document.
 * Threads: [control].
 */
typedef struct sluice_config {
  uint32_t struct_size;
  uint32_t reserved;
  const void* ctx;
  sluice_str json; /* the whole document as JSON text; secrets included */
  /** What stands there; SLUICE_CONFIG_ABSENT when nothing does. */
  sluice_config_type (*type)(const struct sluice_config* config, sluice_str pointer);
  /** 1 for true, 0 for false. */
  uint32_t (*get_bool)(const struct sluice_config* config, sluice_str pointer, uint32_t* out);
  /** Whole numbers that fit; 1.0 is none. */
  uint32_t (*get_int)(const struct sluice_config* config, sluice_str pointer, int64_t* out);
  /** Any number, whole ones too. */
  uint32_t (*get_double)(const struct sluice_config* config, sluice_str pointer, double* out);
  /** UTF-8, without quotes and escapes. */
  uint32_t (*get_string)(const struct sluice_config* config, sluice_str pointer, sluice_str* out);
  /** Number of elements of an array or members of an object; 0 for anything else. */
  size_t (*size)(const struct sluice_config* config, sluice_str pointer);
  /** The key of member `index`, from 0, of the object there, in file order; as it is, not escaped for a pointer. */
  uint32_t (*get_key)(const struct sluice_config* config, sluice_str pointer, size_t index, sluice_str* out);
} sluice_config;

#ifdef __cplusplus
}
#endif

#endif /* SLUICE_ABI_CONFIG_H_ */
