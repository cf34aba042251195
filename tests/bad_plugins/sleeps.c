/* SPDX-License-Identifier: MIT */
/* Breaks: a call comes back 80 ms after its deadline, unless the credential is "fast". Then it lets the viewer in; if
 * the credential is "early" it has said so in time. A filter is late for every response. */
#define _POSIX_C_SOURCE 200809L
#define BAD_AUTHENTICATE Sleep
#define BAD_COMPONENTS sleepers
#define BAD_COMPONENT_COUNT 2
#include <sluice/abi/auth.h>
#include <sluice/abi/filter.h>
#include <sluice/abi/plugin.h>
#include <string.h>
#include <time.h>
static void SleepPast(int64_t deadline_ns) {
  const int64_t until_ns = deadline_ns + 80000000;
  const struct timespec until = {until_ns / 1000000000, until_ns % 1000000000};
  while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL) != 0) {
  }
}
static int IsSecret(const sluice_credentials* credentials, const char* word) {
  return credentials->secret.size == strlen(word) && memcmp(credentials->secret.data, word, strlen(word)) == 0;
}
static sluice_status Sleep(void* self, const sluice_call* call, const sluice_credentials* credentials,
                           sluice_principal_sink out, sluice_error* error) {
  sluice_principal principal;
  (void)self, (void)error;
  if (IsSecret(credentials, "fast")) return SLUICE_OK;
  memset(&principal, 0, sizeof(principal));
  principal.struct_size = (uint32_t)sizeof(principal);
  principal.subject.data = "late";
  principal.subject.size = 4;
  if (IsSecret(credentials, "early")) out.put(out.ctx, &principal);
  SleepPast(call->deadline_ns);
  if (!IsSecret(credentials, "early")) out.put(out.ctx, &principal);
  return SLUICE_OK;
}
static sluice_status SleepOnResponse(void* self, const sluice_call* call, const sluice_response_head* head,
                                     sluice_head_edit edit, sluice_error* error) {
  (void)self, (void)head, (void)edit, (void)error;
  SleepPast(call->deadline_ns);
  return SLUICE_OK;
}
static const sluice_filter_table filter_table = {
    (uint32_t)sizeof(sluice_filter_table), 0, NULL, SleepOnResponse, NULL, NULL, NULL, NULL, NULL, NULL};
static const sluice_component* const sleepers[2];
#include "plugin.h"
static const sluice_component filter_component = {(uint32_t)sizeof(sluice_component),
                                                  0,
                                                  SLUICE_FILTER_KIND,
                                                  BAD_TYPE,
                                                  "A filter for tests",
                                                  "{\"type\": \"object\"}",
                                                  &filter_table,
                                                  Create,
                                                  Destroy,
                                                  NULL,
                                                  0,
                                                  NULL,
                                                  0};
static const sluice_component* const sleepers[2] = {&component, &filter_component};
