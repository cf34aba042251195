// SPDX-License-Identifier: MIT
#include "tests/fakes/debrid/world.hpp"

#include <algorithm>

namespace sluice::fakes::debrid {
namespace {

Response Page(int status, std::string type, std::string body) {
  return {.status = status, .headers = {{"Content-Type", std::move(type)}}, .body = std::move(body)};
}

Fault Always(std::string endpoint, Response answer) {
  return {.endpoint = std::move(endpoint), .answer = std::move(answer)};
}

}  // namespace

Fault TooManyRequests(std::string endpoint, const std::string& retry_after) {
  auto answer = Page(429, "application/json", R"({"detail":"300 per 1 minute"})");
  answer.headers.push_back({"Retry-After", retry_after});
  return Always(std::move(endpoint), std::move(answer));
}
Fault ServerError(std::string endpoint, int status) {
  return Always(std::move(endpoint), Page(status, "text/plain", "Internal Server Error"));
}
Fault MalformedJson(std::string endpoint) {
  return Always(std::move(endpoint), Page(200, "application/json", R"({"success":true,"data":[{"id":)"));
}
Fault WrongType(std::string endpoint) {
  return Always(std::move(endpoint), Page(200, "application/octet-stream", R"({"success":true,"data":null})"));
}
Fault HtmlPage(std::string endpoint, int status) {
  return Always(std::move(endpoint), Page(status, "text/html", "<!doctype html><title>Just a moment</title>"));
}
Fault Reset(std::string endpoint) { return Always(std::move(endpoint), {.reset = true}); }

std::optional<Fault> FaultByName(std::string_view name, std::string endpoint) {
  if (name == "429") return TooManyRequests(std::move(endpoint), "30");
  if (name == "500") return ServerError(std::move(endpoint), 500);
  if (name == "malformed") return MalformedJson(std::move(endpoint));
  if (name == "type") return WrongType(std::move(endpoint));
  if (name == "html") return HtmlPage(std::move(endpoint), 502);
  if (name == "reset") return Reset(std::move(endpoint));
  return std::nullopt;
}

Time World::Now() const {
  const Time start = clock_ ? clock_() : std::chrono::sys_days(std::chrono::year(2026) / std::chrono::January / 1);
  const std::lock_guard lock(mutex_);
  return start + passed_;
}

void World::Advance(std::chrono::milliseconds by) {
  const std::lock_guard lock(mutex_);
  passed_ += by;
}

void World::AddAccount(Account account) {
  const std::lock_guard lock(mutex_);
  const auto key = account.key;
  accounts_[key] = std::move(account);
}

std::optional<Account> World::FindAccount(std::string_view key) const {
  const std::lock_guard lock(mutex_);
  const auto found = accounts_.find(key);
  return found == accounts_.end() ? std::nullopt : std::optional(found->second);
}

void World::AddContent(Content content) {
  const std::lock_guard lock(mutex_);
  const auto key = std::pair(content.kind, content.hash);
  library_[key] = std::move(content);
}

std::optional<Content> World::FindContent(Kind kind, std::string_view hash) const {
  const std::lock_guard lock(mutex_);
  const auto found = library_.find({kind, std::string(hash)});
  return found == library_.end() ? std::nullopt : std::optional(found->second);
}

Held World::Hold(const std::string& key, const Content& content) {
  const auto now = Now();
  const std::lock_guard lock(mutex_);
  auto& all = held_[key];
  const auto found = std::find_if(all.begin(), all.end(), [&](const Held& one) {
    return one.content.kind == content.kind && one.content.hash == content.hash;
  });
  if (found != all.end()) return *found;
  all.insert(all.begin(), {.id = next_id_++, .content = content, .added_at = now});
  return all.front();
}

std::vector<Held> World::HeldBy(const std::string& key, Kind kind) const {
  const std::lock_guard lock(mutex_);
  std::vector<Held> out;
  const auto found = held_.find(key);
  if (found == held_.end()) return out;
  std::copy_if(found->second.begin(), found->second.end(), std::back_inserter(out),
               [&](const Held& one) { return one.content.kind == kind; });
  return out;
}

bool World::LetGo(const std::string& key, Kind kind, std::uint64_t id) {
  const std::lock_guard lock(mutex_);
  return std::erase_if(held_[key], [&](const Held& one) { return one.id == id && one.content.kind == kind; }) > 0;
}

void World::Break(Fault fault) {
  const std::lock_guard lock(mutex_);
  faults_.push_back(std::move(fault));
}

std::optional<Fault> World::Strike(std::string_view endpoint) {
  const std::lock_guard lock(mutex_);
  for (auto& fault : faults_) {
    if (fault.times == 0 || (!fault.endpoint.empty() && fault.endpoint != endpoint)) continue;
    if (fault.times > 0) --fault.times;
    return fault;
  }
  return std::nullopt;
}

bool World::Count(const std::string& counter, std::uint32_t limit, std::chrono::seconds period) {
  const auto now = Now();
  const std::lock_guard lock(mutex_);
  auto& times = counters_[counter];
  std::erase_if(times, [&](Time time) { return time <= now - period; });
  times.push_back(now);
  if (times.size() <= limit) return true;
  ++crossed_;
  return false;
}

std::size_t World::crossed() const {
  const std::lock_guard lock(mutex_);
  return crossed_;
}

void World::Log(std::string endpoint) {
  const std::lock_guard lock(mutex_);
  ++counts_[std::move(endpoint)];
}

std::size_t World::Requests(std::string_view endpoint) const {
  const std::lock_guard lock(mutex_);
  const auto found = counts_.find(endpoint);
  return found == counts_.end() ? 0 : found->second;
}

std::map<std::string, std::size_t> World::counts() const {
  const std::lock_guard lock(mutex_);
  return {counts_.begin(), counts_.end()};
}

void World::Violate(std::string what) {
  const std::lock_guard lock(mutex_);
  violations_.push_back(std::move(what));
}

std::vector<std::string> World::violations() const {
  const std::lock_guard lock(mutex_);
  return violations_;
}

Step StepAt(const Held& held, Time now) {
  Step present{.state = "metaDL"};
  for (const auto& step : held.content.timeline)
    if (held.added_at + step.after <= now) present = step;
  return present;
}

}  // namespace sluice::fakes::debrid
