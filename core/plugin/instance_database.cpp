// SPDX-License-Identifier: MIT
#include "core/plugin/instance_database.hpp"

#include <algorithm>

#include "core/plugin/without_place.hpp"
#include "core/state/database.hpp"
#include "core/state/digest.hpp"
#include "core/telemetry/log.hpp"

namespace sluice::plugin {
namespace {

constexpr std::size_t kMaxPlainBytes = 28;  // PostgreSQL cuts names off after 63

bool IsWord(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'; }

/// As WithoutPlace; the log is told what it was.
template <typename Outcome>
Outcome Hidden(Outcome outcome) {
  if (!outcome && outcome.error().code == sdk::Errc::kUpstreamFailed) {
    telemetry::Log(telemetry::Level::kDebug, "the database failed", {{"cause", outcome.error().message}});
  }
  return WithoutPlace(std::move(outcome), "the database is away");
}

class PrefixedTransaction final : public sdk::SqlTransaction {
 public:
  PrefixedTransaction(sdk::SqlTransaction& transaction, std::string_view prefix)
      : transaction_(transaction), prefix_(prefix) {}
  using sdk::SqlTransaction::Run;
  sdk::Result<sdk::SqlResult> Run(std::string_view sql, std::span<const sdk::SqlParam> params) override {
    return Hidden(transaction_.Run(WithTables(sql, prefix_), params));
  }

 private:
  sdk::SqlTransaction& transaction_;
  const std::string_view prefix_;
};

}  // namespace

std::string TablePrefix(std::string_view kind, std::string_view component) {
  auto name = std::string(kind) + "_" + std::string(component);
  const bool plain = name.size() <= kMaxPlainBytes && std::all_of(name.begin(), name.end(), IsWord) &&
                     component.find('_') == std::string_view::npos;
  if (!plain) {
    const auto digest = state::Sha256Hex(name).substr(0, 8);
    std::replace_if(
        name.begin(), name.end(), [](char c) { return !IsWord(c); }, '_');
    name = name.substr(0, kMaxPlainBytes - 1 - digest.size()) + "_" + digest;
  }
  return name + "_";
}

std::string WithTables(std::string_view sql, std::string_view prefix) {
  std::string out;
  out.reserve(sql.size() + 4 * prefix.size());
  while (!sql.empty()) {
    const auto open = sql.find('{');
    out += sql.substr(0, open);
    if (open == std::string_view::npos) break;
    sql.remove_prefix(open + 1);
    const auto close = std::find_if_not(sql.begin(), sql.end(), IsWord);
    const std::string_view name(sql.begin(), close);
    if (name.empty() || close == sql.end() || *close != '}') {
      out += '{';
      continue;
    }
    out.append(prefix).append(name);
    sql.remove_prefix(name.size() + 1);
  }
  return out;
}

state::Schema SchemaOf(std::string_view kind, std::string_view component, const std::vector<std::string>& migrations) {
  const auto prefix = TablePrefix(kind, component);
  state::Schema schema{.owner = std::string(kind) + "/" + std::string(component), .scripts = {}};
  for (const auto& script : migrations) schema.scripts.push_back(WithTables(script, prefix));
  return schema;
}

InstanceDatabase::InstanceDatabase(state::Database& database, std::string_view kind, std::string_view component,
                                   const std::vector<std::string>& migrations)
    : database_(database),
      prefix_(TablePrefix(kind, component)),
      tables_(database, SchemaOf(kind, component, migrations)) {}

sdk::Result<sdk::SqlResult> InstanceDatabase::Read(const sdk::Call& call, std::string_view sql,
                                                   std::span<const sdk::SqlParam> params) {
  if (auto ready = Hidden(tables_.Ensure(call)); !ready) return std::move(ready).error();
  return Hidden(database_.Read(call, WithTables(sql, prefix_), params));
}

sdk::Status InstanceDatabase::Transact(const sdk::Call& call, const sdk::SqlWork& work) {
  if (auto ready = Hidden(tables_.Ensure(call)); !ready) return ready;
  bool refused = false;
  auto done = database_.Transact(call, [&](sdk::SqlTransaction& transaction) {
    PrefixedTransaction prefixed(transaction, prefix_);
    auto result = work(prefixed);
    refused = !result;
    return result;
  });
  return refused ? done : Hidden(std::move(done));  // what the plugin itself says is its own
}

}  // namespace sluice::plugin
