/* SPDX-License-Identifier: MIT */
/* The layout as a C compiler sees it, from headers that must be C11. */
#include "tests/abi/all_headers.h"

_Static_assert(sizeof(void*) == 8, "the frozen layout is that of LP64");

#define FROZEN_SIZE(type, size) _Static_assert(sizeof(type) == (size), #type " has changed its size");
#define FROZEN_FIELD(type, field, offset) \
  _Static_assert(offsetof(type, field) == (offset), #type "." #field " has moved");
#define FROZEN_VALUE(name, value) _Static_assert((name) == (value), #name " has changed its value");
#include "tests/abi/layout.inc"

/* A whole plugin in C: what an author without C++ writes. */
SLUICE_ABI_MARKER;

static sluice_status Resolve(void* self, const sluice_call* call, const sluice_request_head* head,
                             sluice_source_sink out, sluice_error* error) {
  const sluice_source source = {.struct_size = sizeof(source), .url = *(const sluice_str*)self};
  (void)call;
  (void)error;
  if (SLUICE_HAS(head, principal)) out.put(out.ctx, &source);
  return SLUICE_OK;
}

static const sluice_resolver_table kTable = {.struct_size = sizeof(kTable), .resolve = Resolve};

static sluice_status Create(const sluice_host* host, sluice_str name, const sluice_config* config, void** out,
                            sluice_error* error) {
  static sluice_str url = {"https://c.example/", 18};
  (void)host;
  (void)name;
  (void)config;
  (void)error;
  *out = &url;
  return SLUICE_OK;
}
static void Destroy(void* self) { (void)self; }

const sluice_component kWrittenInC = {.struct_size = sizeof(kWrittenInC),
                                      .kind = SLUICE_RESOLVER_KIND,
                                      .type = "c",
                                      .summary = "Written in C",
                                      .config_schema = "{}",
                                      .table = &kTable,
                                      .create = Create,
                                      .destroy = Destroy};
