// SPDX-License-Identifier: MIT
#include "core/pipeline/principals.hpp"

#include <sys/socket.h>

namespace sluice::pipeline {

std::shared_ptr<Principals::Response> Principals::Enter(std::string_view pipeline, std::string_view principal,
                                                        std::uint32_t limit) {
  const std::lock_guard lock(mutex_);
  const auto at = accounts_.try_emplace({std::string(principal), std::string(pipeline)}).first;
  auto& account = at->second;
  if (limit != 0 && account.responses >= limit) return nullptr;
  auto response = std::make_shared<Response>(*this, at);
  if (account.responses++ == 0) idle_.erase(account.left);
  return response;
}

void Principals::Leave(const Response& response) {
  const std::lock_guard lock(mutex_);
  if (response.connection_) cuttable_.erase(response.cuttable_);
  auto& account = response.at_->second;
  if (response.streams_) {
    --account.active.streams;
    account.active.bytes -= response.bytes_;
  }
  if (--account.responses > 0) return;
  account.left = ++departures_;
  idle_.emplace(account.left, response.at_);
  if (idle_.size() <= most_idle_) return;
  accounts_.erase(idle_.begin()->second);
  idle_.erase(idle_.begin());
  ++forgotten_;
}

Principals::Report Principals::Look() const {
  const std::lock_guard lock(mutex_);
  Report report{.entries = {}, .forgotten = forgotten_};
  for (const auto& [who, account] : accounts_) {
    report.entries.push_back(
        {.principal = who.first, .pipeline = who.second, .active = account.active, .total = account.total});
  }
  return report;
}

std::size_t Principals::Cut(const std::string& backend, const std::string& subject) {
  const std::lock_guard lock(mutex_);
  const auto [first, last] = cuttable_.equal_range({backend, subject});
  std::size_t cut = 0;
  for (auto response = first; response != last; ++response, ++cut) {
    ::shutdown(response->second->connection_.get(), SHUT_RDWR);
  }
  return cut;
}

void Principals::Response::MakeCuttable(const std::string& backend, net::FileDescriptor connection) {
  const std::lock_guard lock(of_.mutex_);
  if (connection_ || !connection) return;
  connection_ = std::move(connection);
  cuttable_ = of_.cuttable_.emplace(std::pair(backend, at_->first.first), this);
}

void Principals::Response::BeginStream() {
  const std::lock_guard lock(of_.mutex_);
  streams_ = true;
  auto& account = at_->second;
  ++account.active.streams;
  ++account.total.streams;
  account.active.bytes += bytes_;
}

void Principals::Response::Reach(std::uint64_t bytes) {
  const std::lock_guard lock(of_.mutex_);
  if (bytes <= bytes_) return;
  auto& account = at_->second;
  account.total.bytes += bytes - bytes_;
  if (streams_) account.active.bytes += bytes - bytes_;
  bytes_ = bytes;
  if (usage_ != nullptr) usage_->Reach(bytes);
}

}  // namespace sluice::pipeline
