// SPDX-License-Identifier: MIT
// What many sources of core/ include; compiled once. A source still names what it uses.
// Not nlohmann/json.hpp: each source would pay for its inline functions again, precompiled or not.
#include <openssl/ssl.h>
#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <charconv>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <set>
#include <sluice/sdk/auth.hpp>
#include <sluice/sdk/endpoint.hpp>
#include <sluice/sdk/filter.hpp>
#include <sluice/sdk/indexer.hpp>
#include <sluice/sdk/manifest.hpp>
#include <sluice/sdk/media.hpp>
#include <sluice/sdk/resolver.hpp>
#include <sluice/sdk/services.hpp>
#include <sluice/sdk/store.hpp>
#include <span>
#include <string>
#include <string_view>
#include <thread>
#include <variant>
#include <vector>
