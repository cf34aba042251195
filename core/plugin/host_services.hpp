// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// What core offers to plugin instances. Core's modules implement these; core/plugin turns them into C tables.

#include <sluice/sdk/services.hpp>
#include <string_view>

#include "core/plugin/instance_components.hpp"

namespace sluice::state {
class Database;
class KvStore;
class Secrets;
class Sessions;
}  // namespace sluice::state

namespace prometheus {
class Registry;
}

namespace sluice::plugin {

class TaskThreads;

/// Shared by all instances; core/plugin adds what is per instance (name spaces, names in logs and metrics).
/// A null pointer: the host does not have that service. Everything outlives the Registry. Threads: [any].
struct HostServices {
  sdk::HttpService* http = nullptr;
  state::KvStore* kv = nullptr;
  state::Database* database = nullptr;
  state::Secrets* secrets = nullptr;
  state::Sessions* sessions = nullptr;
  sdk::LinksService* links = nullptr;
  sdk::UsageService* usage = nullptr;
  sdk::AdminService* admin = nullptr;
  prometheus::Registry* metrics = nullptr;
  TaskThreads* tasks = nullptr;
  FindInstance find = {};  ///< Empty: components cannot call each other.
  std::string_view server_version;
};

}  // namespace sluice::plugin
