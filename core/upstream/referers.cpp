// SPDX-License-Identifier: MIT
#include "core/upstream/referers.hpp"

#include <algorithm>

namespace sluice::upstream {
namespace {

std::string UrlOf(const Origin& origin) { return TargetAt(origin, "/").url; }

}  // namespace

bool IsRefererStatus(int status) { return status == 401 || status == 403 || status == 412 || status == 451; }

void Referers::Leave(const Target& from) {
  if (!first_) first_ = from.origin;
  previous_ = from;
  said_.clear();
}

std::optional<std::string> Referers::Next(const Target& at) {
  if (count_ == kMost) return std::nullopt;
  const auto& previous = previous_ ? *previous_ : at;
  std::vector<std::string> all;
  if (previous.origin == at.origin) all.push_back(previous.url);
  all.push_back(UrlOf(previous.origin));
  all.push_back(UrlOf(first_ ? *first_ : at.origin));
  const auto next = std::find_if(all.begin(), all.end(), [&](const std::string& referer) {
    return std::find(said_.begin(), said_.end(), referer) == said_.end();
  });
  if (next == all.end()) return std::nullopt;
  ++count_;
  said_.push_back(*next);
  return std::move(*next);
}

}  // namespace sluice::upstream
