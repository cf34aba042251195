/* SPDX-License-Identifier: MIT */
#ifndef TESTS_ABI_ALL_HEADERS_H_
#define TESTS_ABI_ALL_HEADERS_H_

#include <sluice/abi/admin.h>
#include <sluice/abi/auth.h>
#include <sluice/abi/clock.h>
#include <sluice/abi/components.h>
#include <sluice/abi/database.h>
#include <sluice/abi/endpoint.h>
#include <sluice/abi/filter.h>
#include <sluice/abi/http.h>
#include <sluice/abi/indexer.h>
#include <sluice/abi/kv.h>
#include <sluice/abi/links.h>
#include <sluice/abi/log.h>
#include <sluice/abi/manifest.h>
#include <sluice/abi/media.h>
#include <sluice/abi/metrics.h>
#include <sluice/abi/plugin.h>
#include <sluice/abi/resolver.h>
#include <sluice/abi/secrets.h>
#include <sluice/abi/sessions.h>
#include <sluice/abi/store.h>
#include <sluice/abi/tasks.h>
#include <sluice/abi/usage.h>

#endif /* TESTS_ABI_ALL_HEADERS_H_ */
